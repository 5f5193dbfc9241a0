package io.selfalign.djl;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.djl.FaultyFileSystem.Failure;
import io.selfalign.error.SelfAlignException;
import io.selfalign.model.LoraOptions;
import io.selfalign.model.Projection;
import io.selfalign.model.TrainingEvent;
import io.selfalign.model.TrainingExample;
import io.selfalign.model.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A training in which every single step that changes its folder fails once. */
@Timeout(600)
class TrainingFaultTest {
  private static final List<TrainingExample> EXAMPLES =
      List.of(
          new TrainingExample("1", "User: What is tea?", " A drink."),
          new TrainingExample("2", "User: What is rain?", " Water."));

  private static final TrainingOptions OPTIONS =
      TrainingOptions.builder()
          .lora(LoraOptions.builder().rank(1).targets(Projection.O_PROJ).build())
          .learningRate(0.01)
          .epochs(2)
          .checkpointEvery(1)
          .keepCheckpoints(1)
          .resume(true)
          .build();

  @TempDir Path temporary;

  private DjlModel model;

  @BeforeEach
  void open() {
    model = DjlModel.open(Fixtures.folder("llama2-gqa-tied"));
  }

  @AfterEach
  void close() {
    model.close();
  }

  /** Those files of a folder's contents that are in its folder of the name. */
  private static Map<String, String> below(Map<String, String> contents, String name) {
    Map<String, String> below = new TreeMap<>(contents);
    below.keySet().removeIf(file -> !file.startsWith(name + "/"));
    return below;
  }

  @ParameterizedTest
  @EnumSource
  void whichever_step_of_writing_fails_the_same_call_again_ends_with_the_same_bytes(Failure failure)
      throws IOException {
    checkEveryStep(OPTIONS, failure, 1);
  }

  @ParameterizedTest
  @EnumSource
  void the_same_is_true_where_all_weights_are_trained(Failure failure) throws IOException {
    checkEveryStep(OPTIONS.toBuilder().allWeights().build(), failure, 11);
  }

  private void checkEveryStep(TrainingOptions options, Failure failure, int stride)
      throws IOException {
    Path whole = temporary.resolve("whole");
    train(options, whole);
    Map<String, String> expected = FolderContents.of(whole);
    Path all = temporary.resolve("all");
    train(options.toBuilder().keepCheckpoints(100).build(), all);
    Map<String, String> everyCheckpoint = FolderContents.of(all);

    boolean failed = true;
    for (int step = 0; failed; step += stride) {
      Path folder = temporary.resolve("step-" + step);
      FaultyFileSystem files = new FaultyFileSystem(step, failure);
      int written = trainUntilFailure(options, files, folder);
      failed = files.failed();
      if (failure == Failure.POWER_CUT) {
        files.cutPower();
      }
      if (failed) {
        String what = failure + " in " + files.steps().get(step);
        checkWhatIsLeft(folder, written, everyCheckpoint, what);
        train(options, folder);
        assertThat(FolderContents.of(folder)).as(what).isEqualTo(expected);
      } else {
        assertThat(files.steps()).hasSizeGreaterThan(80);
      }
    }
  }

  private void train(TrainingOptions options, Path folder) {
    model.train(EXAMPLES, options, FaultyFileSystem.sound().path(folder));
  }

  /** Trains until writing fails, and gives the last checkpoint's step, 0 if there was none. */
  private int trainUntilFailure(TrainingOptions options, FaultyFileSystem files, Path folder) {
    int[] written = {0};
    try {
      model.train(
          EXAMPLES,
          options,
          files.path(folder),
          event -> {
            if (event instanceof TrainingEvent.CheckpointWritten checkpoint) {
              written[0] = checkpoint.step();
            }
          });
    } catch (SelfAlignException e) {
      assertThat(e)
          .hasMessageStartingWith(folder + ": can't be written: ")
          .hasMessageContaining("No space left on device")
          .hasMessageContaining("free space or choose another folder, and resume");
    }
    return written[0];
  }

  /** All checkpoints are whole, and that of the last event is among them or has a successor. */
  private static void checkWhatIsLeft(
      Path folder, int written, Map<String, String> everyCheckpoint, String what)
      throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Map<String, String> left = FolderContents.of(folder);
    int newest = 0;
    for (int step = 1; step <= OPTIONS.epochs(); step++) {
      Map<String, String> checkpoint = below(left, "checkpoint-" + step);
      if (!checkpoint.isEmpty()) {
        newest = step;
        assertThat(checkpoint)
            .as("checkpoint-%d after %s", step, what)
            .isEqualTo(below(everyCheckpoint, "checkpoint-" + step));
      }
    }
    assertThat(newest).as(what).isGreaterThanOrEqualTo(written);
    for (String file : List.of("adapter_config.json", "config.json", "training.json")) {
      if (left.containsKey(file)) {
        assertThat(left).as(what).containsEntry(file, everyCheckpoint.get(file));
      }
    }
  }
}
