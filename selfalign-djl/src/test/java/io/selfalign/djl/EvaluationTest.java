package io.selfalign.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.selfalign.data.Traceable;
import io.selfalign.eval.ChoiceQuestion;
import io.selfalign.eval.Evaluation;
import io.selfalign.eval.EvaluationResult;
import io.selfalign.eval.HasMetrics;
import io.selfalign.eval.Hhh;
import io.selfalign.eval.Metric;
import io.selfalign.eval.MultipleChoice;
import io.selfalign.eval.PreferenceEvaluation;
import io.selfalign.eval.ReplyPair;
import io.selfalign.eval.ScoredChoices;
import io.selfalign.eval.ScoredPair;
import io.selfalign.eval.TrueFalseRanking;
import io.selfalign.eval.TruthfulQa;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.RunResult;
import io.selfalign.testing.ScriptedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * TruthfulQA and HHH, which are not part of the project, scored as transformers scores them:
 * src/test/python/eval_golden.py writes what is compared with. {@code mvn verify -Dtest.excluded=
 * -Dselfalign.shared.data=FOLDER} runs these tests.
 */
@Tag("shared-data")
class EvaluationTest {
  private static final double TOLERANCE = 1e-4;

  @TempDir Path temporary;

  private static Path data() {
    String data = System.getProperty("selfalign.shared.data");
    assertThat(data).as("the system property selfalign.shared.data").isNotNull();
    return Path.of(data);
  }

  private static JsonNode golden(String model) throws IOException {
    return JsonMapper.shared()
        .readTree(Files.readString(Path.of("src/test/resources/eval", model + ".json")));
  }

  /** A copy of the model whose context has room for the longest replies. */
  private DjlModel open(String name) throws IOException {
    Path folder =
        name.equals("stories260K") ? data().resolve("models").resolve(name) : Fixtures.folder(name);
    Path copy = Files.createDirectories(temporary.resolve(name));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.write(copy.resolve(file.getFileName().toString()), Files.readAllBytes(file));
      }
    }
    JsonMapper json = JsonMapper.shared();
    ObjectNode config = (ObjectNode) json.readTree(copy.resolve("config.json"));
    json.writeValue(copy.resolve("config.json"), config.put("max_position_embeddings", 8192));
    return DjlModel.open(copy, DjlModelOptions.builder().dtype(DType.F32).build());
  }

  private <I extends Traceable, O extends HasMetrics> RunResult run(
      Evaluation<I, O> stage, List<I> items) {
    return Pipeline.of(stage, Dataset.of(stage.inputType(), items))
        .in(temporary.resolve(stage.name()))
        .run();
  }

  private static <O extends HasMetrics> List<O> records(Evaluation<?, O> stage, RunResult run) {
    return run.directory().records(stage.name(), stage.outputType()).toList();
  }

  private static void assertFigure(EvaluationResult result, String figure, JsonNode golden) {
    assertThat(result.figure(figure).value()).isCloseTo(golden.doubleValue(), within(TOLERANCE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"stories260K", "qwen3"})
  void truthfulqa_is_scored_as_by_transformers(String name) throws IOException {
    JsonNode golden = golden(name);
    List<ChoiceQuestion> questions =
        TruthfulQa.multipleChoice(data().resolve("eval/truthfulqa/mc_task.json"));
    try (DjlModel model = open(name)) {
      MultipleChoice stage = MultipleChoice.builder(model).build();
      RunResult run = run(stage, questions);
      List<ScoredChoices> records = records(stage, run);
      assertThat(records).hasSize(817);
      for (int i = 0; i < records.size(); i++) {
        assertScores(records.get(i), golden.get("mc").get(i));
      }
      EvaluationResult result = stage.result(run);
      assertFigure(result, MultipleChoice.MC1, golden.get("figures").get("mc1"));
      assertFigure(result, MultipleChoice.MC2, golden.get("figures").get("mc2"));
      assertThat(result.figure(MultipleChoice.MC1).chance().orElseThrow())
          .isCloseTo(0.2225, within(1e-4));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mc_task.json", "TruthfulQA.csv"})
  void a_uniform_model_scores_the_chance_level_and_the_published_one_is_in_its_interval(
      String file) {
    ScriptedModel uniform = ScriptedModel.builder().scorer(request -> 0).build();
    Metric mc1 =
        MultipleChoice.builder(uniform)
            .build()
            .evaluate(TruthfulQa.multipleChoice(data().resolve("eval/truthfulqa").resolve(file)))
            .figure(MultipleChoice.MC1);
    assertThat(mc1.items()).isEqualTo(817);
    assertThat(mc1.interval().value()).isCloseTo(0.222507, within(1e-6));
    assertThat(mc1.chance().orElseThrow()).isCloseTo(0.222507, within(1e-6));
    assertThat(0.226).isBetween(mc1.interval().low(), mc1.interval().high());
  }

  @ParameterizedTest
  @ValueSource(strings = {"stories260K", "qwen3"})
  void the_csv_file_gives_the_published_figures(String name) throws IOException {
    JsonNode golden = golden(name);
    List<ChoiceQuestion> questions =
        TruthfulQa.multipleChoice(data().resolve("eval/truthfulqa/TruthfulQA.csv"));
    assertThat(questions).hasSize(817).allMatch(question -> question.group().isPresent());
    try (DjlModel model = open(name)) {
      EvaluationResult result = MultipleChoice.builder(model).build().evaluate(questions);
      assertFigure(result, MultipleChoice.MC1, golden.get("figures").get("csv_mc1"));
      assertFigure(result, MultipleChoice.MC2, golden.get("figures").get("csv_mc2"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stories260K", "qwen3"})
  void the_ranking_by_true_and_false_is_that_of_transformers(String name) throws IOException {
    JsonNode golden = golden(name);
    List<ChoiceQuestion> questions =
        TruthfulQa.multipleChoice(data().resolve("eval/truthfulqa/mc_task.json"));
    try (DjlModel model = open(name)) {
      TrueFalseRanking stage = TrueFalseRanking.builder(model).build();
      RunResult run = run(stage, questions);
      List<ScoredChoices> records = records(stage, run);
      assertThat(records).hasSize(817);
      for (int i = 0; i < records.size(); i++) {
        assertScores(records.get(i), golden.get("true_false").get(i));
      }
      assertFigure(
          stage.result(run),
          TrueFalseRanking.TRUE_FALSE_MC1,
          golden.get("figures").get("true_false_mc1"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stories260K", "qwen3"})
  void hhh_is_scored_as_by_transformers(String name) throws IOException {
    JsonNode golden = golden(name);
    List<ReplyPair> pairs = Hhh.read(data().resolve("eval/hhh"));
    try (DjlModel model = open(name)) {
      PreferenceEvaluation stage = PreferenceEvaluation.builder(model).build();
      RunResult run = run(stage, pairs);
      List<ScoredPair> records = records(stage, run);
      assertThat(records).hasSize(221);
      for (int i = 0; i < records.size(); i++) {
        double[] expected = Fixtures.doubles(golden.get("hhh").get(i));
        List<Double> actual =
            Stream.concat(
                    records.get(i).betterFirst().stream(), records.get(i).worseFirst().stream())
                .toList();
        assertClose(records.get(i).id(), actual, expected);
      }
      EvaluationResult result = stage.result(run);
      JsonNode figures = golden.get("figures");
      assertFigure(result, PreferenceEvaluation.ACCURACY, figures.get("hhh"));
      assertFigure(result, PreferenceEvaluation.CONSISTENT, figures.get("hhh_consistent"));
      for (String subtask : Hhh.SUBTASKS) {
        assertThat(result.figure(PreferenceEvaluation.ACCURACY, subtask).value())
            .isCloseTo(figures.get("hhh_" + subtask).doubleValue(), within(TOLERANCE));
      }
    }
  }

  private static void assertScores(ScoredChoices record, JsonNode golden) {
    List<Double> scores = record.choices().stream().map(ScoredChoices.Scored::score).toList();
    assertClose(record.id(), scores, Fixtures.doubles(golden));
  }

  private static void assertClose(String id, List<Double> actual, double[] expected) {
    assertThat(actual).as(id).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual.get(i)).as(id).isCloseTo(expected[i], within(TOLERANCE));
    }
  }
}
