package io.selfalign.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.Instruction;
import io.selfalign.data.JsonLine;
import io.selfalign.data.RecordRandom;
import io.selfalign.error.SelfAlignException;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.testing.ScriptedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstructCommandTest {
  private static final String SEED_TASK =
      "{\"id\":\"own\",\"instruction\":\"Name a lake in the north.\",\"output\":\"Inari.\"}\n";

  @TempDir Path temporary;

  /** Six words by chance, then a task that is too short. */
  private static String tasks(String prompt, RecordRandom random) {
    StringBuilder words = new StringBuilder(" Say");
    for (int i = 0; i < 6; i++) {
      words.append(" w").append(random.bits(i, 0) & 0xffff);
    }
    return words + ".\nOutput: Yes.\n\n9. Instruction: Stop.\nOutput: No.\n\n9. Instruction:";
  }

  private static ScriptedModel.Builder writing() {
    return ScriptedModel.builder()
        .contextLength(50_000)
        .when(prompt -> prompt.endsWith("Instruction:"), InstructCommandTest::tasks);
  }

  private CommandRun run(ScriptedModel model, String in, String... more) {
    List<String> args = new ArrayList<>(List.of("instruct", "--model=m"));
    args.add("--work=" + temporary.resolve("run"));
    args.addAll(Arrays.asList(more));
    return CommandRun.of((folder, options) -> model, in, args.toArray(String[]::new));
  }

  @Test
  void writes_a_summary_and_the_run_directory() {
    CommandRun run = run(writing().build(), "", "--instructions=10", "--requests-per-round=4");

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.records()).hasSize(1);
    JsonLine summary = run.records().get(0);
    assertThat(summary.object().get("instructions").asInt()).isEqualTo(10);
    assertThat(summary.object().at("/stages/1/name").asString()).isEqualTo("self-instruct");
    assertThat(summary.object().at("/stages/1/kept").asInt()).isEqualTo(10);
    assertThat(summary.object().at("/stages/1/dropped/too_short").asInt()).isPositive();
    assertThat(summary.object().at("/stages/1/counters/requests").asInt()).isPositive();
    List<Instruction> made =
        RunDirectory.open(temporary.resolve("run"))
            .records("instructions", Instruction.class)
            .toList();
    assertThat(made).hasSize(10).allMatch(i -> i.instruction().startsWith("Say w"));
  }

  @Test
  void goes_on_after_a_failure_and_a_complete_run_asks_nothing() {
    String[] options = {"--instructions=10", "--requests-per-round=2"};
    CommandRun died =
        run(writing().failAt(5, () -> new SelfAlignException("died")).build(), "", options);
    assertThat(died).isEqualTo(new CommandRun(1, "", "selfalign instruct: died\n"));
    ScriptedModel second = writing().build();
    CommandRun run = run(second, "", options);
    assertThat(run.status()).isZero();
    assertThat(second.requests()).extracting("id").doesNotContain("self-instruct-0-0");
    long asked = second.generations();
    assertThat(run(second, "", options)).isEqualTo(run);
    assertThat(second.generations()).isEqualTo(asked);
  }

  @Test
  void another_option_is_refused_unless_the_run_begins_anew() {
    run(writing().build(), "", "--instructions=3");
    CommandRun other = run(writing().build(), "", "--instructions=3", "--temperature=0.5");
    assertThat(other.status()).isEqualTo(1);
    assertThat(other.err()).contains("temperature=0.5", "but was").hasLineCount(1);
    CommandRun anew =
        run(writing().build(), "", "--instructions=3", "--temperature=0.5", "--restart");
    assertThat(anew.status()).isZero();
  }

  @Test
  void seeds_may_come_from_standard_input() {
    ScriptedModel model = writing().build();
    CommandRun run = run(model, SEED_TASK, "--seeds=-", "--instructions=1");
    assertThat(run.status()).isZero();
    assertThat(model.requests()).allMatch(r -> r.prompt().contains("Name a lake in the north."));
    assertThat(run(model, "{}\n", "--seeds=-").err())
        .isEqualTo("selfalign instruct: stdin:1: field 'id' is missing\n");
    assertThat(run(model, "", "--seeds=-", "--topics=-").status()).isEqualTo(2);
  }

  @Test
  void the_introduction_may_be_ones_own() throws IOException {
    Path file = Files.writeString(temporary.resolve("intro.txt"), "Ten of {count} tasks.\n");
    ScriptedModel model = writing().build();
    assertThat(run(model, "", "--instructions=1", "--introduction=" + file).status()).isZero();
    assertThat(model.requests())
        .allMatch(r -> r.prompt().startsWith("Ten of 20 tasks.\n\n1. Instruction: "));
    CommandRun missing = run(model, "", "--introduction=" + temporary.resolve("none"));
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.err())
        .endsWith("none: can't be read as UTF-8 text: no such file or folder\n");
    Files.writeString(file, " ");
    assertThat(run(model, "", "--introduction=" + file).err())
        .startsWith("selfalign instruct: --introduction is blank");
  }

  @Test
  void a_model_that_writes_nothing_of_use_ends_with_a_reason() {
    ScriptedModel model = ScriptedModel.builder().contextLength(50_000).otherwise(" hm").build();
    String[] options = {"--instructions=5", "--requests-per-round=2", "--patience=2"};
    CommandRun run = run(model, "", options);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith(
            "selfalign instruct: stage 'self-instruct' has 0 of 5 instructions, and its last 2"
                + " rounds (4 requests) kept none: dropped {cut_off=4}.")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "--instructions=-1, --instructions is -1",
    "--topic-instructions=-1, --topic-instructions is -1",
    "--temperature=-1, --temperature is -1.0",
    "--top-p=2, --top-p is 2.0",
    "--max-new-tokens=0, --max-new-tokens is 0",
    "--epochs=0, --epochs is 0",
    "--examples=0, --examples is 0",
    "--threshold=2, --threshold is 2.0",
    "--patience=0, --patience is 0",
    "--workers=0, --workers is 0",
    "--without=too_shrt, --without: no filter has the name 'too_shrt'"
  })
  void an_option_that_can_not_be_is_wrong_usage(String option, String message) {
    CommandRun run = run(writing().build(), "", option);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).startsWith("selfalign instruct: " + message).hasLineCount(1);
  }

  @Test
  void progress_tells_what_is_kept_and_dropped() {
    ScriptedModel model = writing().build();
    CommandRun run = run(model, "", "--instructions=3", "--progress");
    assertThat(run.err()).contains("self-instruct: 3 kept,", "too_short");
  }
}
