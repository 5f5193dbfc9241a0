package io.selfalign.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.selfalign.data.JsonLines;
import io.selfalign.data.Query;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.eval.ChoiceQuestion;
import io.selfalign.eval.ChoiceQuestion.Choice;
import io.selfalign.eval.Comparison;
import io.selfalign.eval.EvaluationResult;
import io.selfalign.eval.EvaluationResult.Item;
import io.selfalign.eval.Interval;
import io.selfalign.eval.MultipleChoice;
import io.selfalign.eval.Opponent;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.principle.PrincipleDrivenAlignment;
import io.selfalign.principle.PromptFrame;
import io.selfalign.testing.ScriptedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is in a page, of runs that have little. */
class RunReportTest {
  private static final List<Choice> CHOICES =
      List.of(new Choice("good", true, true), new Choice("bad", false, true));

  @TempDir Path directory;

  private static Pipeline queries() {
    Pipeline.Builder pipeline = Pipeline.builder();
    pipeline.source("queries", Dataset.of(Query.class, List.of(Query.of("q", "What?"))));
    return pipeline.build();
  }

  @Test
  void what_a_run_does_not_have_is_a_sentence() throws IOException {
    queries().in(directory).run();
    String page = Files.readString(RunReport.of(directory).write());
    assertThat(page)
        .contains(
            "This run wrote no instructions of its own.",
            "This run answered nothing under principles.",
            "This run has trained nothing yet.",
            "No evaluation was added to this run");
  }

  @Test
  void the_measurement_of_the_check_is_in_the_page() throws IOException {
    String answer = "It is long known, and often told, that people ask and others answer. ";
    ScriptedModel model =
        ScriptedModel.builder()
            .contextLength(20_000)
            .scorer(request -> -1)
            .otherwise(
                PromptFrame.standard().selfIdentification()
                    + " By my rule 9 (candor).\n\n## Alina\n"
                    + answer.repeat(3))
            .build();
    PrincipleDrivenAlignment stage =
        PrincipleDrivenAlignment.builder(model)
            .filters(List.of())
            .sampling(GenerationOptions.builder().maxNewTokens(900).build())
            .build();
    Pipeline.of(stage, Dataset.of(Query.class, List.of(Query.of("q", "What?"))))
        .in(directory)
        .run();
    String page = Files.readString(RunReport.of(directory).write());
    Matcher data = Pattern.compile("id=\"data\">(.*?)</script>", Pattern.DOTALL).matcher(page);
    assertThat(data.find()).isTrue();
    JsonNode principles = JsonMapper.shared().readTree(data.group(1)).get("principles");
    assertThat(principles.get("disagreeing").intValue()).isEqualTo(1);
    assertThat(principles.at("/self_check/used").booleanValue()).isFalse();
    assertThat(principles.at("/self_check/measured/auc").doubleValue()).isEqualTo(0.5);
    assertThat(principles.at("/self_check/measured/min_auc").doubleValue()).isEqualTo(0.75);
    assertThat(principles.at("/self_check/measured/pairs").intValue()).isEqualTo(40);
    assertThat(principles.at("/self_check/measured/found").doubleValue()).isZero();
    assertThat(principles.at("/self_check/measured/false_drops").doubleValue()).isZero();
    assertThat(principles.at("/self_check/measured/max_false_drops").doubleValue()).isEqualTo(0.05);
  }

  @Test
  void a_listener_writes_the_page_of_any_pipeline() {
    queries().in(directory, RunOptions.builder().listener(RunReport.listener()).build()).run();
    assertThat(directory.resolve(RunReport.FILE)).exists();
  }

  @Test
  void results_of_models_are_kept_in_order_and_replaced_by_benchmark() {
    queries().in(directory).run();
    EvaluationResult first = ReportRuns.evaluation("base", 0.2);
    EvaluationResult second = ReportRuns.evaluation("base", 0.5);
    RunReport.of(directory)
        .addEvaluation("base", first)
        .addEvaluation("final", first)
        .addEvaluation("base", second);
    Map<String, List<EvaluationResult>> kept = RunReport.of(directory).evaluations();
    assertThat(kept.keySet()).containsExactly("base", "final");
    assertThat(kept.get("base")).containsExactly(second);
    assertThatThrownBy(() -> RunReport.of(directory).addEvaluation(" ", first))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("model");
  }

  /** What a model that gets the first so many of 40 questions right is measured at. */
  private static EvaluationResult measured(String name, int right) {
    List<ChoiceQuestion> questions =
        IntStream.range(0, 40)
            .mapToObj(i -> new ChoiceQuestion("q" + i, Optional.empty(), "Why " + i + "?", CHOICES))
            .toList();
    ScriptedModel model =
        ScriptedModel.builder()
            .name(name)
            .scorer(
                r -> {
                  int i = Integer.parseInt(r.prompt().replaceAll("[^0-9]", ""));
                  return r.continuation().equals(" good") == i < right ? -1 : -2;
                })
            .build();
    return MultipleChoice.builder(model).build().evaluate(questions);
  }

  @Test
  void base_engraved_and_final_model_are_in_one_table_with_the_verbose_tax_last()
      throws IOException {
    queries().in(directory).run();
    Map<String, List<EvaluationResult>> results = new LinkedHashMap<>();
    results.put("base", List.of(measured("base", 10)));
    results.put("engraved", List.of(measured("engraved", 30)));
    results.put("final", List.of(measured("final", 28)));
    String page = Files.readString(RunReport.of(directory).addEvaluations(results).write());
    Matcher data = Pattern.compile("id=\"data\">(.*?)</script>", Pattern.DOTALL).matcher(page);
    assertThat(data.find()).isTrue();
    JsonNode evaluation = JsonMapper.shared().readTree(data.group(1)).get("evaluation");
    assertThat(evaluation.get("models").findValuesAsString("name"))
        .containsExactly("base", "engraved", "final");
    JsonNode mc1 = evaluation.get("rows").get(0);
    assertThat(mc1.get("figure").stringValue()).isEqualTo("mc1");
    assertThat(mc1.at("/values/0/value").doubleValue()).isEqualTo(0.25);
    assertThat(mc1.at("/values/2/value").doubleValue()).isEqualTo(0.7);
    Interval tax =
        Comparison.of(results.get("engraved").get(0), results.get("final").get(0))
            .difference("mc1")
            .interval();
    assertThat(tax.value()).isCloseTo(-0.05, within(1e-12));
    assertThat(mc1.at("/changes/0").isNull()).isTrue();
    assertThat(mc1.at("/changes/1/value").doubleValue()).isEqualTo(0.5);
    assertThat(mc1.at("/changes/2/value").doubleValue()).isEqualTo(tax.value());
    assertThat(mc1.at("/changes/2/low").doubleValue()).isEqualTo(tax.low());
    assertThat(mc1.at("/changes/2/high").doubleValue()).isEqualTo(tax.high());
  }

  @Test
  void no_result_that_was_added_stops_the_report() throws IOException {
    queries().in(directory).run();
    EvaluationResult base = ReportRuns.evaluation("base", 0.2);
    RunReport report = RunReport.of(directory).addEvaluation("base", base);
    List<Item> elsewhere =
        base.measured().stream()
            .map(item -> new Item("other-" + item.id(), item.group(), item.figures()))
            .toList();
    report.addEvaluation("of other items", with(base, Optional.empty(), elsewhere));
    report.addEvaluation(
        "all skipped",
        EvaluationResult.of(base.benchmark(), "m", "m", "plain", List.of(), List.of()));
    for (String name : List.of("one", "two")) {
      Opponent opponent = new Opponent(name, Optional.empty());
      report.addEvaluation("judged", with(base, Optional.of(opponent), base.measured()));
    }
    assertThat(report.evaluations().get("judged")).hasSize(2);
    assertThat(Files.readString(report.write()))
        .contains("of other items", "all skipped", "held-out against one", "held-out against two");
  }

  private static EvaluationResult with(
      EvaluationResult result, Optional<Opponent> opponent, List<Item> measured) {
    return new EvaluationResult(
        result.benchmark(),
        result.model(),
        result.fingerprint(),
        result.promptStyle(),
        opponent,
        measured,
        List.of(),
        result.figures());
  }

  @Test
  void a_report_that_does_not_fit_into_memory_harms_no_run() {
    assertThatCode(
            () ->
                AfterRun.write(
                    directory,
                    false,
                    folder -> {
                      throw new OutOfMemoryError("no space for " + folder);
                    }))
        .doesNotThrowAnyException();
  }

  @Test
  void pages_written_at_once_do_not_mix_and_leave_nothing_behind() throws IOException {
    Path page = directory.resolve("page.html");
    List<Map<String, Object>> data =
        List.of(Map.of("text", "a".repeat(3_000_000)), Map.of("text", "b"));
    Page.write(page, data.get(0));
    String first = Files.readString(page);
    Page.write(page, data.get(1));
    String second = Files.readString(page);
    IntStream.range(0, 40)
        .parallel()
        .forEach(
            i -> {
              Page.write(page, data.get(i % 2));
              assertThat(page).content().isIn(first, second);
            });
    Path taken = Files.createDirectories(directory.resolve("taken.html/file"));
    assertThatThrownBy(() -> Page.write(taken.getParent(), data.get(1)))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("taken.html: can't be written");
    assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void a_damaged_file_of_results_is_named() throws IOException {
    queries().in(directory).run();
    Files.writeString(directory.resolve("evaluation.jsonl"), "{\"model\": 1}\n");
    assertThatThrownBy(() -> RunReport.of(directory).write())
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("evaluation.jsonl:1");
  }

  @Test
  void a_folder_without_a_run_has_no_report() {
    assertThatThrownBy(() -> RunReport.of(directory))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("is no run directory");
  }

  @Test
  void texts_are_cut_and_made_valid() {
    assertThat(ShownText.clip("x".repeat(2_000), 10))
        .isEqualTo("xxxxxxxxxx… (2,000 characters in all)");
    assertThat(ShownText.clip("a\uD83D\uDE00b", 2)).startsWith("a…");
    assertThat(ShownText.clip("a\uD800b", 9)).isEqualTo("a\uFFFDb");
    assertThat(ShownText.label(" a\u202Eb\nc\u2028d\u0007 ", 20)).isEqualTo("a b c d");
  }

  @Test
  void data_can_end_no_script() {
    String hostile = "</script><!--<script>\u2028&";
    assertThat(Page.embedded(Map.of("text", hostile)))
        .doesNotContain("<", ">", "&", "\u2028")
        .contains("\\u003c/script\\u003e");
  }

  @Test
  void root_verbs_and_nouns_are_found() {
    assertThat(root("Write a short story about a fox.")).isEqualTo("write story");
    assertThat(root("Given a list of numbers, sort the list.")).isEqualTo("sort list");
    assertThat(root("Can you please explain the theory of relativity?"))
        .isEqualTo("explain theory");
    assertThat(root("What is the capital of Peru?")).isEqualTo("what …? capital");
    assertThat(root("Give me three ideas for a party.")).isEqualTo("give idea");
    assertThat(root("Describe.")).isEqualTo("describe -");
    assertThat(RootVerbs.of("Ein Gedicht, bitte.")).isEmpty();
  }

  private static String root(String instruction) {
    RootVerbs.Root root = RootVerbs.of(instruction).orElseThrow();
    return root.verb() + " " + root.noun().orElse("-");
  }

  @Test
  void question_types_without_end_are_counted_together() {
    TopicsSection.Tally tally = new TopicsSection.Tally();
    for (int i = 0; i < 3 * TopicsSection.MOST_TYPES_COUNTED; i++) {
      tally.add("type " + i, "topic");
    }
    assertThat(tally.types()).isEqualTo(TopicsSection.MOST_TYPES_COUNTED + 1);
  }

  @Test
  void a_long_training_has_a_bounded_curve_with_the_same_mean() {
    Curve curve = new Curve();
    for (int step = 1; step <= 100_000; step++) {
      curve.add(
          JsonLines.parse(
                  "log", step, "{\"step\":" + step + ",\"loss\":" + (step % 2 == 0 ? 1 : 3) + "}")
              .object());
    }
    assertThat(curve.points()).hasSizeBetween(300, 600);
    assertThat(curve.points()).allSatisfy(p -> assertThat(p.loss()).isEqualTo(2.0));
  }
}
