package io.selfalign.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.selfalign.data.JsonLine;
import io.selfalign.testing.ScriptedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvalCommandTest {
  @TempDir Path temporary;

  private final ScriptedModel model =
      ScriptedModel.builder()
          .contextLength(5000)
          .scorer(request -> request.continuation().contains("Lima") ? -1 : -2)
          .otherwise(" An answer.")
          .build();

  private Path task;
  private Path questions;

  @BeforeEach
  void writeFiles() throws IOException {
    task =
        Files.writeString(
            temporary.resolve("task.json"),
            "{\"name\":\"capitals\",\"type\":\"multiple-choice\",\"items\":["
                + "{\"question\":\"Peru?\",\"choices\":[\"Lima.\",\"Cusco.\"],\"answer\":0},"
                + "{\"question\":\"Not Peru?\",\"choices\":[\"Lima.\",\"Quito.\"],\"answer\":1}]}");
    questions =
        Files.writeString(
            temporary.resolve("questions.jsonl"),
            """
            {"question_id":1,"category":"a","turns":["What?"]}
            {"question_id":2,"category":"b","turns":["Why?"]}
            """);
  }

  private CommandRun eval(String... options) {
    List<String> args = new ArrayList<>(List.of("eval"));
    args.addAll(List.of(options));
    return CommandRun.of((folder, o) -> model, "", args.toArray(String[]::new));
  }

  private CommandRun task(String... options) {
    List<String> args =
        new ArrayList<>(List.of("task", "--model", "tiny", "--data", task.toString()));
    args.addAll(List.of(options));
    return eval(args.toArray(String[]::new));
  }

  private static JsonLine last(CommandRun run) {
    assertThat(run.status()).as(run.err()).isZero();
    return run.records().get(run.records().size() - 1);
  }

  @Test
  void each_item_has_a_record_and_the_summary_is_last() {
    CommandRun run = task();
    JsonLine summary = last(run);
    assertThat(run.err()).isEmpty();
    assertThat(run.records()).hasSize(3);
    assertThat(run.records().get(0).object().get("figures").get("mc1").doubleValue()).isEqualTo(1);
    assertThat(summary.text("benchmark")).isEqualTo("capitals");
    assertThat(summary.text("prompt_style")).isEqualTo("plain");
    assertThat(summary.integer("items")).isEqualTo(2);
    assertThat(summary.object().at("/figures/0/interval/value").doubleValue()).isEqualTo(0.5);
    assertThat(summary.object().at("/figures/0/chance").doubleValue()).isEqualTo(0.5);
    assertThat(last(task("--limit", "1")).integer("items")).isEqualTo(1);
  }

  @Test
  void a_task_may_have_its_own_prompt_groups_ids_and_several_right_choices() throws IOException {
    Files.writeString(
        task,
        """
        {"name": "rivers", "type": "multiple-choice", "prompt": "{question} It is ",
         "items": [
          {"id": "r", "group": "Peru", "question": "Which?", "choices": ["a", "Lima", "b"],
           "answer": [0, 1]},
          {"question": "Where?", "choices": ["a", "b"], "answer": 1}]}
        """);
    CommandRun run = task();
    JsonLine summary = last(run);
    assertThat(run.records().get(0).text("id")).isEqualTo("r");
    assertThat(run.records().get(1).text("id")).isEqualTo("rivers-2");
    assertThat(summary.text("prompt_style")).isEqualTo("task");
    assertThat(figure(summary, "mc1", "Peru")).isEqualTo(1);
    assertThat(figure(summary, "mc1", null)).isEqualTo(0.75);
    assertThat(figure(summary, "mc2", "Peru"))
        .isCloseTo(1 - 1 / (2 + Math.E), within(1e-12)); // -2, -1, -2
    assertThat(model.scoreRequests().get(1).prompt()).isEqualTo("Which? It is");
    assertThat(model.scoreRequests().get(1).continuation()).isEqualTo(" Lima");
  }

  @Test
  void a_task_may_be_to_answer_in_ones_own_words() throws IOException {
    Files.writeString(
        task,
        """
        {"name": "open", "type": "generation", "items": [
          {"question": "What?", "right": ["An answer", "No."], "wrong": ["It is wrong"]},
          {"question": "Why?", "right": ["Because."]},
          {"id": "long", "question": "%s", "right": ["Yes."]}]}
        """
            .formatted("Oh ".repeat(2000)));
    CommandRun run = task();
    JsonLine summary = last(run);
    assertThat(run.records().get(0).text("answer")).isEqualTo("An answer.");
    assertThat(summary.text("benchmark")).isEqualTo("open");
    assertThat(summary.object().get("skipped")).hasToString("{\"too_long\":1}");
    assertThat(summary.object().at("/skipped_items/0/id").stringValue()).isEqualTo("long");
    assertThat(figure(summary, "exact_match", null)).isEqualTo(0.5);
    assertThat(figure(summary, "rouge_1", null)).isEqualTo(0.5);
    assertThat(figure(summary, "rouge_1_difference", null)).isEqualTo(1);
  }

  @Test
  void the_users_examples_or_persona_come_before_the_question() throws IOException {
    Path text = Files.writeString(temporary.resolve("text.txt"), "Q: Is it?\nA: It is.\n");
    assertThat(last(task("--few-shot", text.toString())).text("prompt_style"))
        .isEqualTo("few-shot");
    assertThat(model.scoreRequests().get(0).prompt())
        .isEqualTo("Q: Is it?\nA: It is.\n\nQ: Peru?\nA:");
    assertThat(last(task("--persona", text.toString())).text("prompt_style")).isEqualTo("persona");
    assertThat(model.scoreRequests().get(4).prompt())
        .isEqualTo("Q: Is it?\nA: It is.\n\n## User\nPeru?\n\n## Assistant\n");
    assertThat(task("--persona", text.toString(), "--few-shot", text.toString()).status())
        .isEqualTo(2);
  }

  /** A figure of a summary, of all items where the group is null. */
  private static double figure(JsonLine summary, String name, @Nullable String group) {
    return summary
        .object()
        .get("figures")
        .valueStream()
        .filter(f -> f.get("name").stringValue().equals(name))
        .filter(
            f ->
                Objects.equals(
                    f.get("group").isNull() ? null : f.get("group").stringValue(), group))
        .findFirst()
        .orElseThrow()
        .at("/interval/value")
        .doubleValue();
  }

  @Test
  void with_a_run_directory_the_same_command_scores_nothing_again() {
    String work = temporary.resolve("run").toString();
    CommandRun first = task("--work", work);
    int scored = model.scoreRequests().size();
    assertThat(task("--work", work)).isEqualTo(first);
    assertThat(model.scoreRequests()).hasSize(scored);
  }

  @Test
  void outputs_are_compared() throws IOException {
    Path file = Files.writeString(temporary.resolve("a.jsonl"), task().out());
    CommandRun run = eval("compare", "--result", "base=" + file, "--result", "final=" + file);
    JsonLine line = last(run);
    assertThat(line.object().get("models")).hasToString("[\"base\",\"final\"]");
    assertThat(line.object().at("/changes/0").isNull()).isTrue();
    assertThat(line.object().at("/changes/1/value").doubleValue()).isZero();
    assertThat(eval("compare", "--result", "base").status()).isEqualTo(2);
  }

  @Test
  void answers_are_compared_with_a_file_of_answers() throws IOException {
    Path answers =
        Files.writeString(
            temporary.resolve("answers.jsonl"), "{\"question_id\":2,\"text\":\"Because.\"}\n");
    JsonLine summary =
        last(
            eval(
                "vicuna",
                "--model",
                "tiny",
                "--data",
                questions.toString(),
                "--against",
                answers.toString()));
    assertThat(summary.integer("items")).isEqualTo(1);
    assertThat(summary.object().get("skipped")).hasToString("{\"no_counterpart\":1}");
    assertThat(summary.object().get("figures").toString())
        .contains("order_flip", "relative_score", "own_model_preferred");
  }

  @ParameterizedTest
  @CsvSource({
    "--limit, 0, --limit is 0",
    "--persona, missing.txt, missing.txt: can't be read: no such file or folder",
  })
  void wrong_options_are_told(String option, String value, String message) {
    CommandRun run = task(option, value);
    assertThat(run.status()).isNotZero();
    assertThat(run.err()).contains(message).hasLineCount(1);
  }

  @Test
  void a_benchmark_must_be_named_and_a_wrong_file_is_told_by_its_place() throws IOException {
    assertThat(eval().status()).isEqualTo(2);
    Files.writeString(task, "{\"name\":\"t\",\n\"type\":\"quiz\",\"items\":[]}");
    CommandRun run = task();
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("task.json:2: field 'type' is 'quiz', but must be");
  }
}
