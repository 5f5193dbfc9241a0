package io.selfalign.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.selfalign.data.RecordRandom;
import io.selfalign.eval.ChoiceQuestion.Choice;
import io.selfalign.model.ScoreRequest;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.RunResult;
import io.selfalign.testing.ScriptedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MultipleChoiceTest {
  @TempDir Path temporary;

  private static ChoiceQuestion question(String id, Choice... choices) {
    return new ChoiceQuestion(id, Optional.of("g"), "Why " + id + "?", List.of(choices));
  }

  private static Choice right(String text) {
    return new Choice(text, true, true);
  }

  private static Choice wrong(String text) {
    return new Choice(text, false, true);
  }

  private static ScriptedModel model(Map<String, Double> scores) {
    return ScriptedModel.builder()
        .scorer(request -> scores.getOrDefault(request.continuation(), -50.0))
        .build();
  }

  @Test
  void mc1_and_mc2_are_the_published_formulas() {
    ScriptedModel model =
        model(Map.of(" a", Math.log(0.2), " b", Math.log(0.1), " c", Math.log(0.3)));
    ChoiceQuestion q =
        question("q", right("a"), new Choice("b", true, false), wrong("c"), wrong("d"));
    EvaluationResult result = MultipleChoice.builder(model).build().evaluate(List.of(q));
    assertThat(result.figure("mc1").value()).isZero();
    assertThat(result.figure("mc2").value()).isCloseTo(0.3 / 0.6, within(1e-9));
    assertThat(result.figure("mc1").chance()).contains(1 / 3.0);
    assertThat(result.figure("mc2").chance()).contains(0.5);
    assertThat(result.figure("mc1", "g").items()).isEqualTo(1);
    assertThat(model.scoreRequests().get(0).prompt()).isEqualTo("Q: Why q?\nA:");
  }

  @Test
  void answers_so_long_that_their_probability_is_0_in_doubles_still_have_a_share() {
    ScriptedModel model = model(Map.of(" a", -2000.0, " b", -2000 + Math.log(3)));
    EvaluationResult result =
        MultipleChoice.builder(model)
            .build()
            .evaluate(List.of(question("q", right("a"), wrong("b"))));
    assertThat(result.figure("mc2").value()).isCloseTo(0.25, within(1e-9));
  }

  @Test
  void a_model_to_which_all_choices_are_alike_has_the_chance_level() {
    List<ChoiceQuestion> questions =
        List.of(
            question("1", right("a"), wrong("b")),
            question("2", right("a"), wrong("b"), wrong("c"), wrong("d")));
    EvaluationResult result = MultipleChoice.builder(model(Map.of())).build().evaluate(questions);
    assertThat(result.figure("mc1").value()).isEqualTo(0.375);
    assertThat(result.figure("mc1").chance()).contains(0.375);
  }

  /**
   * Questions with as many choices as TruthfulQA's 817, of which 40 have 2, 87 have 3 and so on.
   */
  private static List<ChoiceQuestion> asManyAsTruthfulQa() {
    int[] questions = {40, 87, 208, 197, 127, 82, 36, 16, 10, 10, 2, 2};
    List<ChoiceQuestion> all = new ArrayList<>();
    for (int extra = 0; extra < questions.length; extra++) {
      for (int i = 0; i < questions[extra]; i++) {
        List<Choice> choices = new ArrayList<>(List.of(right("a")));
        for (int j = 0; j <= extra; j++) {
          choices.add(wrong("w" + j));
        }
        all.add(question(String.valueOf(all.size()), choices.toArray(Choice[]::new)));
      }
    }
    return all;
  }

  @Test
  void truthfulqas_chance_level_is_what_guessing_scores_and_the_published_one_is_in_its_interval() {
    ScriptedModel guessing =
        ScriptedModel.builder()
            .scorer(r -> -RecordRandom.of(7, "guess", r.prompt() + r.continuation()).uniform(0))
            .build();
    for (ScriptedModel knowsNothing : List.of(guessing, model(Map.of()))) {
      Metric mc1 =
          MultipleChoice.builder(knowsNothing).build().evaluate(asManyAsTruthfulQa()).figure("mc1");
      assertThat(mc1.items()).isEqualTo(817);
      assertThat(mc1.chance().orElseThrow()).isCloseTo(0.222507, within(1e-6));
      for (double chance : new double[] {mc1.chance().orElseThrow(), 0.226}) {
        assertThat(chance).isBetween(mc1.interval().low(), mc1.interval().high());
      }
    }
  }

  @Test
  void the_ranking_compares_true_with_false_for_every_choice_of_mc1() {
    ScriptedModel model =
        ScriptedModel.builder()
            .scorer(
                r -> r.continuation().equals(" true") && r.prompt().contains("A: last") ? -1 : -3)
            .build();
    ChoiceQuestion q =
        question(
            "q", wrong("a"), wrong("b"), wrong("c"), new Choice("x", true, false), right("last"));
    EvaluationResult result = TrueFalseRanking.builder(model).build().evaluate(List.of(q));
    assertThat(result.figure("true_false_mc1").value()).isEqualTo(1);
    assertThat(result.figure("true_false_mc1").chance()).contains(0.25);
    assertThat(model.scoreRequests())
        .hasSize(8)
        .extracting(ScoreRequest::prompt)
        .noneMatch(prompt -> prompt.contains("A: x"));
  }

  @Test
  void a_question_that_does_not_fit_is_skipped_with_its_length() {
    ScriptedModel model = ScriptedModel.builder().contextLength(30).scorer(r -> -1).build();
    ChoiceQuestion tooLong = question("long", right("a".repeat(40)), wrong("b"));
    EvaluationResult result =
        MultipleChoice.builder(model)
            .build()
            .evaluate(List.of(tooLong, question("q", right("a"), wrong("b"))));
    assertThat(result.measured()).extracting(EvaluationResult.Item::id).containsExactly("q");
    assertThat(result.skipped())
        .containsExactly(new Skipped("long", "too_long", "56 tokens, at most 30"));
    assertThat(result.summary().skipped()).containsExactly(Map.entry("too_long", 1L));
  }

  @Test
  void an_interrupted_run_resumes_to_the_same_bytes_and_scores_nothing_twice() throws IOException {
    List<ChoiceQuestion> questions = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      questions.add(question("q" + i, right("a" + i), wrong("b" + i)));
    }
    ScriptedModel whole = ScriptedModel.builder().scorer(r -> -r.prompt().hashCode() % 7).build();
    RunResult expected = run(whole, questions, "whole");

    ScriptedModel dying =
        ScriptedModel.builder()
            .scorer(
                r -> {
                  if (r.prompt().contains("q6")) {
                    throw new IllegalStateException("power cut");
                  }
                  return -r.prompt().hashCode() % 7;
                })
            .build();
    assertThatThrownBy(() -> run(dying, questions, "cut")).hasMessageContaining("power cut");
    ScriptedModel again = ScriptedModel.builder().scorer(r -> -r.prompt().hashCode() % 7).build();
    RunResult resumed = run(again, questions, "cut");

    assertThat(again.scoreRequests()).hasSize(8);
    String records = "stages/truthfulqa-mc/records.jsonl";
    assertThat(Files.readString(resumed.directory().path().resolve(records)))
        .isEqualTo(Files.readString(expected.directory().path().resolve(records)));
    assertThat(stage(again).result(resumed).summary())
        .isEqualTo(stage(whole).result(expected).summary());
  }

  private static MultipleChoice stage(ScriptedModel model) {
    return MultipleChoice.builder(model).unitSize(2).build();
  }

  private RunResult run(ScriptedModel model, List<ChoiceQuestion> questions, String folder) {
    return Pipeline.of(stage(model), Dataset.of(ChoiceQuestion.class, questions))
        .in(temporary.resolve(folder))
        .run();
  }
}
