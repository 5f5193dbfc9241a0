package io.selfalign.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.error.SelfAlignException;
import io.selfalign.pipeline.SampleRun.Answering;
import io.selfalign.pipeline.SampleRun.Composition;
import io.selfalign.pipeline.SampleRun.Inventing;
import io.selfalign.testing.ScriptedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A run in which every single step that changes the directory fails once. */
class CrashTest {
  private static final int ROUNDS = 3;

  @TempDir Path temporary;

  /** What becomes of the step that fails. */
  enum Failure {
    /** It has no effect. */
    BEFORE,
    /** It is done, but nobody is told. */
    AFTER,
    /** A write does half of its work. */
    HALF
  }

  /** Fails at one step, and at all after it, as a process does that is dead. */
  private static final class FailingStorage implements Storage {
    private final Storage real = new FileStorage();
    private final int failAt;
    private final Failure failure;
    private int steps;

    FailingStorage(int failAt, Failure failure) {
      this.failAt = failAt;
      this.failure = failure;
    }

    private interface Step {
      void run() throws IOException;
    }

    private void step(Step step, Step half) throws IOException {
      int number = steps++;
      if (number < failAt) {
        step.run();
        return;
      }
      if (number == failAt && failure != Failure.BEFORE) {
        (failure == Failure.HALF ? half : step).run();
      }
      throw new IOException("No space left on device");
    }

    @Override
    public Output open(Path file, long keep) throws IOException {
      Output[] opened = new Output[1];
      Step open = () -> opened[0] = real.open(file, keep);
      try {
        step(open, open);
      } catch (IOException e) {
        if (opened[0] != null) {
          opened[0].close();
        }
        throw e;
      }
      return new Output() {
        @Override
        public void write(byte[] bytes, int length) throws IOException {
          step(() -> opened[0].write(bytes, length), () -> opened[0].write(bytes, length / 2));
        }

        @Override
        public void force() throws IOException {
          step(opened[0]::force, opened[0]::force);
        }

        @Override
        public void close() throws IOException {
          opened[0].close();
        }
      };
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      step(() -> real.rename(from, to), () -> {});
    }

    @Override
    public void createFolder(Path folder) throws IOException {
      step(() -> real.createFolder(folder), () -> {});
    }

    @Override
    public void delete(Path file) throws IOException {
      step(() -> real.delete(file), () -> {});
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
      step(() -> real.forceFolder(folder), () -> {});
    }
  }

  @ParameterizedTest
  @EnumSource
  void whichever_step_fails_running_again_ends_with_the_same_data(Failure failure) {
    Path whole = temporary.resolve("whole");
    SampleRun.compose(SampleRun.model(), ROUNDS).pipeline().in(whole).run();
    Map<String, String> expected = SampleRun.data(whole);

    boolean failed = true;
    int step = 0;
    for (; failed; step++) {
      Path directory = temporary.resolve("step-" + step);
      FailingStorage storage = new FailingStorage(step, failure);
      ScriptedModel first = SampleRun.model();
      failed = fails(SampleRun.compose(first, ROUNDS), directory, storage);
      long committed = committedGenerations(directory);
      ScriptedModel second = SampleRun.model();
      SampleRun.compose(second, ROUNDS).pipeline().in(directory).run();

      assertThat(SampleRun.data(directory)).as("after step %d", step).isEqualTo(expected);
      assertThat(committed + second.generations())
          .as("generations committed and asked again after step %d", step)
          .isEqualTo(generations());
    }
    assertThat(step).isGreaterThan(50);
  }

  @ParameterizedTest
  @EnumSource
  void whichever_step_of_beginning_anew_fails_running_again_does_it(Failure failure) {
    Path whole = temporary.resolve("whole");
    SampleRun.compose(SampleRun.model(), ROUNDS).pipeline().in(whole).run();
    Map<String, String> expected = SampleRun.data(whole);
    RunOptions anew = RunOptions.builder().restartWhenChanged(true).build();

    boolean failed = true;
    for (int step = 0; failed; step++) {
      Path directory = temporary.resolve("step-" + step);
      SampleRun.compose(SampleRun.model(), 2).pipeline().in(directory).run();
      String before = SampleRun.data(directory).get("stages/questions/records.jsonl");
      Composition changed = SampleRun.compose(SampleRun.model(), ROUNDS);
      failed = false;
      try {
        new Run(changed.pipeline(), directory, anew, new FailingStorage(step, failure)).run();
      } catch (SelfAlignException e) {
        failed = true;
      }
      SampleRun.compose(SampleRun.model(), ROUNDS).pipeline().in(directory, anew).run();

      Map<String, String> data = SampleRun.data(directory);
      assertThat(data.entrySet())
          .as("what was set aside is still there after step %d", step)
          .anyMatch(
              e ->
                  e.getKey().startsWith("aside")
                      && e.getKey().contains("questions/records")
                      && e.getValue().equals(before));
      data.keySet().removeIf(name -> name.startsWith("aside"));
      assertThat(data).as("after step %d", step).isEqualTo(expected);
    }
  }

  @Test
  void a_full_disk_is_named_with_what_is_safe() {
    Composition composition =
        SampleRun.compose(
            new Inventing(SampleRun.model(), 3), new Answering(SampleRun.model(), "plain", 4));
    assertThatThrownBy(
            () ->
                new Run(
                        composition.pipeline(),
                        temporary,
                        RunOptions.defaults(),
                        new FailingStorage(45, Failure.HALF))
                    .run())
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("No space left on device")
        .hasMessageMatching(".*free some space and run again, \\d+ units are committed and safe");
  }

  private static boolean fails(Composition composition, Path directory, Storage storage) {
    try {
      new Run(composition.pipeline(), directory, RunOptions.defaults(), storage).run();
      return false;
    } catch (SelfAlignException e) {
      return true;
    }
  }

  /** How many of the model's answers are committed. */
  private static long committedGenerations(Path directory) {
    if (!Files.exists(directory.resolve("manifest.json"))) {
      return 0;
    }
    long committed = 0;
    RunDirectory run = RunDirectory.open(directory);
    for (String stage : run.stageNames()) {
      StageSummary summary = run.stage(stage);
      if (!stage.equals("seeds")) {
        committed += summary.records() + summary.drops().values().stream().mapToLong(n -> n).sum();
      }
    }
    return committed;
  }

  /** How many answers a whole run asks for. */
  private long generations() {
    return committedGenerations(temporary.resolve("whole"));
  }
}
