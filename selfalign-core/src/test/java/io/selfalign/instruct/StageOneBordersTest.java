package io.selfalign.instruct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Instruction;
import io.selfalign.error.CancelledException;
import io.selfalign.instruct.Writers.Composition;
import io.selfalign.pipeline.Run;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.pipeline.RunEvent.StageEnded;
import io.selfalign.pipeline.RunEvent.UnitCommitted;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.testing.ScriptedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of stage 1 that are stopped after each of their units, with a torn write behind it. */
class StageOneBordersTest {
  @TempDir Path temporary;

  private static InstructStages inEpochs(ScriptedModel model) {
    return Writers.stages(model, 30, 20)
        .selfInstruct(Writers.selfInstruct(30).requestsPerRound(2).epochs(3).build());
  }

  @Test
  void a_run_in_epochs_stopped_after_any_unit_ends_as_if_it_had_not_been() throws Exception {
    assertEndsTheSame(() -> Writers.compose(inEpochs(Writers.good().build())));
  }

  @Test
  void a_run_that_accepts_fewer_stopped_after_any_unit_ends_as_if_it_had_not_been()
      throws Exception {
    assertEndsTheSame(
        () -> {
          ScriptedModel model =
              ScriptedModel.builder()
                  .contextLength(20_000)
                  .when(
                      prompt -> prompt.endsWith("Instruction:"),
                      (prompt, random) ->
                          " Name the oldest bridge of the city.\nOutput: It is the old one.")
                  .whenPromptContains("Plan:", Writers::guided)
                  .whenPromptContains("tomorrow", " nothing comes to my mind")
                  .otherwise(Writers::topics)
                  .build();
          return Writers.compose(
              Writers.stages(model, 5, 3)
                  .selfInstruct(Writers.selfInstruct(5).patience(3).acceptFewer(true).build())
                  .topics(Writers.topics().patience(2).acceptFewer(true).build()));
        });
  }

  private void assertEndsTheSame(Supplier<Composition> composition) throws IOException {
    Path whole = temporary.resolve("whole");
    List<String> units = new ArrayList<>();
    composition
        .get()
        .pipeline()
        .in(
            whole,
            RunOptions.builder()
                .listener(
                    event -> {
                      if (event instanceof UnitCommitted committed) {
                        units.add(committed.stage());
                      }
                    })
                .build())
        .run();
    Map<String, String> expected = Writers.data(whole);
    assertThat(units).hasSizeGreaterThan(6).contains("self-instruct", "topic-instruct");
    for (int stop = 1; stop < units.size(); stop++) {
      Path directory = temporary.resolve("stopped-" + stop);
      boolean ended = stopAfter(composition.get(), directory, stop);
      if (!ended) {
        tear(directory, units.get(stop - 1));
      }
      composition.get().pipeline().in(directory).run();
      assertThat(Writers.data(directory)).as("stopped after unit %d", stop).isEqualTo(expected);
    }
    RunDirectory.open(whole).records("instructions", Instruction.class).toList();
  }

  /** Whether the stage of the last unit has ended, too. */
  private static boolean stopAfter(Composition composition, Path directory, int units) {
    AtomicReference<Run> run = new AtomicReference<>();
    List<String> committed = new ArrayList<>();
    List<String> ended = new ArrayList<>();
    run.set(
        composition
            .pipeline()
            .in(
                directory,
                RunOptions.builder()
                    .listener(
                        event -> {
                          if (event instanceof UnitCommitted unit) {
                            committed.add(unit.stage());
                            if (committed.size() == units) {
                              run.get().cancel();
                            }
                          } else if (event instanceof StageEnded end) {
                            ended.add(end.stage());
                          }
                        })
                    .build()));
    assertThatThrownBy(() -> run.get().run()).isInstanceOf(CancelledException.class);
    assertThat(committed).hasSize(units);
    return ended.contains(committed.get(units - 1));
  }

  /** Leaves what a process leaves that dies while it writes the next unit. */
  private static void tear(Path directory, String stage) throws IOException {
    Path folder = directory.resolve("stages").resolve(stage);
    for (String file : List.of("records.jsonl", "drops.jsonl", "journal.jsonl")) {
      List<String> lines =
          Files.exists(folder.resolve(file)) ? Files.readAllLines(folder.resolve(file)) : List.of();
      String last = lines.isEmpty() ? "{\"id\":\"torn\"}" : lines.get(lines.size() - 1);
      Files.writeString(
          folder.resolve(file),
          (file.startsWith("journal") ? "" : last + "\n") + last.substring(0, last.length() / 2),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }
}
