package io.selfalign.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.Demonstration;
import io.selfalign.data.Drop;
import io.selfalign.data.Instruction;
import io.selfalign.data.JsonLine;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.principle.PromptFrame;
import io.selfalign.testing.ScriptedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class RespondCommandTest {
  private static final String IN =
      """
      {"instruction":"Say good things.","input":" about rain ","source":"mine","id":7}
      {"instruction":"Say bad things."}

      {"instruction":"Say good things again.","id":"again","question_type":""}
      """;

  @TempDir Path temporary;

  private final ScriptedModel model =
      ScriptedModel.builder()
          .contextLength(14_000)
          .whenPromptContains("Say good", reply("Good things are said of rain. ".repeat(2)))
          .otherwise("Nonsense.")
          .build();

  private static String reply(String answer) {
    return PromptFrame.standard().selfIdentification()
        + " Topic: rain. Limit: none. Rules: 7 (candor).)\n\n## Alina\n"
        + answer
        + "\n\n# Conversation\n";
  }

  private CommandRun respond(String in, String... options) {
    List<String> args = new ArrayList<>(List.of("respond", "--model", "tiny"));
    args.addAll(List.of(options));
    return CommandRun.of((folder, o) -> model, in, args.toArray(String[]::new));
  }

  private CommandRun respondIn(String folder, String... options) {
    List<String> args = new ArrayList<>();
    args.addAll(
        List.of("--work", temporary.resolve(folder).toString(), "--instructions-file", "-"));
    args.addAll(List.of("--min-characters", "10"));
    args.addAll(List.of(options));
    return respond(IN, args.toArray(String[]::new));
  }

  @Test
  void the_run_directory_has_what_was_kept_and_dropped_and_the_summary_counts_it() {
    CommandRun run = respondIn("run");
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    JsonLine summary = run.records().get(0);
    assertThat(run.records()).hasSize(1);
    assertThat(summary.integer("demonstrations")).isEqualTo(2);
    JsonNode stage = summary.object().get("stages").get(1);
    assertThat(stage.get("name").stringValue()).isEqualTo("demonstrations");
    assertThat(stage.get("kept").intValue()).isEqualTo(2);
    assertThat(stage.get("dropped")).hasToString("{\"missing_self_identification\":1}");
    assertThat(stage.get("counters").get("principle_7_candor").intValue()).isEqualTo(2);

    RunDirectory directory = RunDirectory.open(temporary.resolve("run"));
    List<Demonstration> kept = directory.records("demonstrations", Demonstration.class).toList();
    assertThat(kept).extracting(Demonstration::id).containsExactly("7", "again");
    assertThat(kept.get(0).query()).isEqualTo("Say good things.\n\nabout rain");
    assertThat(kept.get(0).source()).contains("mine");
    assertThat(kept.get(1).questionType()).isEmpty();
    assertThat(directory.drops("demonstrations").toList())
        .extracting(Drop::id)
        .containsExactly("line-2");
  }

  @Test
  void running_again_generates_nothing_and_says_the_same() {
    CommandRun first = respondIn("run");
    long generations = model.generations();
    assertThat(respondIn("run")).isEqualTo(first);
    assertThat(model.generations()).isEqualTo(generations);
  }

  @Test
  void other_options_are_refused_unless_the_stage_may_start_anew() {
    respondIn("run");
    CommandRun changed = respondIn("run", "--temperature", "0.7");
    assertThat(changed.status()).isEqualTo(1);
    assertThat(changed.err()).contains("option 'sampling.temperature' is 0.7, but was 0.5");
    assertThat(respondIn("run", "--temperature", "0.7", "--restart").status()).isZero();
  }

  @Test
  void files_of_ones_own_are_used() throws IOException {
    Path principles = Files.writeString(temporary.resolve("rules.txt"), "1 (kind). Be kind.\n");
    Path exemplars =
        Files.writeString(
            temporary.resolve("exemplars.jsonl"),
            "{\"id\":\"a\",\"turns\":[{\"query\":\"Who?\",\"thoughts\":[\"By {principle: kind}.\"],"
                + "\"answer\":\"You.\"}]}\n");
    CommandRun run =
        respondIn(
            "run",
            "--principles",
            principles.toString(),
            "--exemplars",
            exemplars.toString(),
            "--persona",
            "Juno");
    assertThat(run.status()).isZero();
    assertThat(model.requests().get(0).prompt())
        .contains("# Rules\n1 (kind). Be kind.\n", "By rule 1 (kind).", "## Juno\nYou.");
  }

  @Test
  void exemplars_are_selected_and_rules_left_out() {
    respondIn("run", "--select", "coverage", "--shown", "2", "--without-principle", "Creative");
    String prompt = model.requests().get(0).prompt();
    assertThat(prompt.split("# Conversation\n", -1)).hasSize(4);
    assertThat(prompt).contains("15 (operational).").doesNotContain("(creative)");
  }

  @Test
  void the_instructions_of_the_run_directory_are_answered_and_can_be_traced() {
    Path work = temporary.resolve("run");
    Instruction instruction =
        new Instruction(
            "self-instruct-0-1",
            List.of(),
            "Say good things.",
            Optional.of("about rain"),
            Optional.empty(),
            "self-instruct",
            Optional.empty(),
            Optional.empty(),
            "self-instruct-0",
            "some model",
            "temperature=1.0");
    Pipeline.Builder stageOne = Pipeline.builder();
    stageOne.source("instructions", Dataset.of(Instruction.class, List.of(instruction)));
    stageOne.build().in(work).run();

    CommandRun run = respond("", "--work", work.toString(), "--min-characters", "10");

    assertThat(run.status()).as(run.err()).isZero();
    RunDirectory directory = RunDirectory.open(work);
    Demonstration made = directory.records("demonstrations", Demonstration.class).toList().get(0);
    assertThat(made.query()).isEqualTo("Say good things.\n\nabout rain");
    assertThat(made.source()).contains("self-instruct");
    assertThat(directory.trace(made.id()))
        .extracting(record -> record.stage() + " " + record.id())
        .contains("instructions self-instruct-0-1");
  }

  @Test
  void without_instructions_it_asks_for_them() {
    CommandRun run = respond("", "--work", temporary.resolve("run").toString());
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("--instructions-file FILE").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"text\":\"a\"} | stdin:1: field 'instruction' is missing",
        "{\"instruction\":\" \"} | stdin:1: field 'instruction' is blank",
        "{\"instruction\":\"a\",\"id\":[1]} | stdin:1: field 'id' must be a string",
        "{\"instruction\":\"a\",\"id\":1}{ | stdin:1: more follows",
        "`` | -: has no instructions",
      })
  void a_wrong_line_is_named(String in, String message) {
    CommandRun run =
        respond(in, "--work", temporary.resolve("x").toString(), "--instructions-file", "-");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains(message).hasLineCount(1);
  }

  @Test
  void an_id_that_comes_twice_is_named_with_both_places() {
    String line = "{\"instruction\":\"a\",\"id\":1}\n";
    CommandRun run =
        respond(line + line, "--work", temporary.toString(), "--instructions-file", "-");
    assertThat(run.err()).contains("stdin:2: id '1' is also at stdin:1; make ids unique");
  }

  @ParameterizedTest
  @CsvSource({
    "--select, random, --shown, 9, k is 9",
    "--without, bravery, --shown, 1, --without is 'bravery'",
    "--without-principle, bravery, --shown, 1, there is no principle 'bravery'",
    "--persona, '', --shown, 1, persona is blank",
    "--top-p, 2, --shown, 1, --top-p is 2.0",
    "--safety-margin, NaN, --shown, 1, --safety-margin is NaN",
    "--workers, 0, --shown, 1, --workers is 0"
  })
  void wrong_options_are_wrong_usage(String a, String b, String c, String d, String message) {
    CommandRun run = respondIn("run", a, b, c, d);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(message).hasLineCount(1);
  }
}
