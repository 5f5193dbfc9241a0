package io.selfalign.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.JsonLine;
import io.selfalign.data.RecordRandom;
import io.selfalign.error.SelfAlignException;
import io.selfalign.principle.PromptFrame;
import io.selfalign.testing.ScriptedModel;
import io.selfalign.testing.ScriptedTrainableModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class RunCommandTest {
  @TempDir Path temporary;

  private final ScriptedTrainableModel model =
      ScriptedTrainableModel.of(
          ScriptedModel.builder()
              .contextLength(20_000)
              .scorer(request -> request.continuation().equals(" Yes") ? -4.0 : -1.0)
              .when(
                  prompt -> prompt.endsWith("Instruction:"),
                  (prompt, random) ->
                      " Tell of " + words(random, 6) + ".\nOutput: So.\n\n31. Instruction: X\n")
              .when(
                  prompt -> prompt.contains("(candor)"),
                  (prompt, random) ->
                      PromptFrame.standard().selfIdentification()
                          + "\n\n## Alina\n"
                          + words(random, 22)
                          + ".\n\n# Conversation\n")
              .otherwise((prompt, random) -> words(random, 60) + ".\n\n## User\n")
              .build());

  private static String words(RecordRandom random, int count) {
    StringBuilder text = new StringBuilder("Words");
    for (int i = 0; i < count; i++) {
      text.append(' ').append(Long.toString(random.bits(i, 1) >>> 40, 36)).append('a');
    }
    return text.toString();
  }

  private CommandRun run(String... options) {
    List<String> args = new ArrayList<>(List.of("run", "--model", "m", "--instructions", "4"));
    args.addAll(List.of("--work", temporary.resolve("run").toString()));
    args.addAll(List.of(options));
    return CommandRun.of((folder, o) -> model, "", args.toArray(String[]::new));
  }

  @Test
  void the_summary_tells_of_all_stages_and_of_the_adapter() {
    CommandRun first = run();
    assertThat(first.err()).isEmpty();
    assertThat(first.status()).isZero();
    JsonLine summary = first.records().get(0);
    assertThat(Path.of(summary.text("adapter")).resolve("adapter_config.json")).exists();
    List<String> stages =
        summary.object().get("stages").values().stream()
            .map(stage -> stage.get("name").stringValue())
            .toList();
    assertThat(stages).contains("instructions", "demonstrations", "engraving", "verbose-cloning");
    long asked = model.script().generations();
    assertThat(run()).isEqualTo(first);
    assertThat(model.script().generations()).isEqualTo(asked);
  }

  @Test
  void stage_4_can_be_left_out() {
    JsonNode stages = run("--no-verbose-cloning").records().get(0).object().get("stages");
    assertThat(stages.get(stages.size() - 1).get("name").stringValue()).isEqualTo("engraving");
    assertThat(model.trainings()).hasSize(1);
  }

  @Test
  void a_run_with_other_options_is_begun_anew_if_asked_for() {
    assertThat(run().status()).isZero();
    CommandRun refused = run("--rank", "4");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("was begun otherwise");
    assertThat(temporary.resolve("run/aside")).doesNotExist();
    assertThat(run("--rank", "4", "--restart").status()).isZero();
    assertThat(temporary.resolve("run/aside")).isNotEmptyDirectory();
  }

  @Test
  void the_miniature_runs_on_one_thread_unless_another_number_was_asked_for() {
    assertThat(failure(null, "run")).contains("threads: 1.");
    assertThat(failure("3", "run")).contains("threads: 3.");
    assertThat(failure(null, "run", "--model", "m")).contains("threads: null.");
  }

  /** What a run fails with that can't open its model: the number of threads that is set then. */
  private String failure(@Nullable String before, String... command) {
    String property = "ai.djl.pytorch.num_threads";
    String ours = System.getProperty(property);
    List<String> args = new ArrayList<>(List.of(command));
    args.addAll(List.of("--work", temporary.resolve("run").toString()));
    ModelOpener opener =
        (folder, options) -> {
          throw new SelfAlignException("threads: " + System.getProperty(property) + ".");
        };
    try {
      set(property, before);
      return CommandRun.of(opener, "", args.toArray(String[]::new)).err();
    } finally {
      set(property, ours);
    }
  }

  private static void set(String property, @Nullable String value) {
    if (value == null) {
      System.clearProperty(property);
    } else {
      System.setProperty(property, value);
    }
  }

  @ParameterizedTest
  @CsvSource({"--rank, 0", "--instructions, -3", "--topic-instructions, -1"})
  void a_number_that_can_not_be_is_wrong_usage(String option, String value) {
    Path work = temporary.resolve("run");
    CommandRun wrong =
        CommandRun.of((folder, o) -> model, "", "run", "--work", work.toString(), option, value);
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains(option + " is " + value);
    assertThat(work).doesNotExist();
  }
}
