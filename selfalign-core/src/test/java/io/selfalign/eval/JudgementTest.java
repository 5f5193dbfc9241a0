package io.selfalign.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.RunResult;
import io.selfalign.testing.ScriptedJudge;
import io.selfalign.testing.ScriptedModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgementTest {
  private static final ScriptedModel ANSWERING =
      ScriptedModel.builder().otherwise("A long answer of the model.").build();

  @TempDir Path temporary;

  private static List<AnswerPair> pairs(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new AnswerPair(
                    "p" + i,
                    List.of("p" + i),
                    Optional.of(i % 2 == 0 ? "even" : "odd"),
                    "What?",
                    "own, longer",
                    "other",
                    Optional.of("own-model"),
                    new Opponent("other", Optional.of("other-model"))))
        .toList();
  }

  private static EvaluationResult judged(Judge judge) {
    AnswerGeneration answers = AnswerGeneration.builder(ANSWERING).build();
    return PairwiseEvaluation.builder(judge, answers).build().evaluate(pairs(10));
  }

  @Test
  void a_judge_that_always_answers_first_is_exposed() {
    EvaluationResult result = judged(ScriptedJudge.comparing(pair -> new PairScores(9, 2)));
    assertThat(result.figure("order_flip").value()).isEqualTo(1);
    assertThat(result.figure("first_preferred").value()).isEqualTo(1);
    assertThat(result.figure("win").value()).isZero();
    assertThat(result.figure("loss").value()).isZero();
    assertThat(result.figure("tie").value()).isEqualTo(1);
    assertThat(result.figure("relative_score").value()).isEqualTo(1);
  }

  @Test
  void the_other_system_is_named_with_its_fingerprint() {
    Opponent opponent = new Opponent("other", Optional.of("other-model"));
    EvaluationResult result = judged(ScriptedJudge.comparing(pair -> new PairScores(9, 2)));
    assertThat(result.opponent()).contains(opponent);
    assertThat(result.toString()).contains("against other (other-model)");
    assertThat(result.summary().opponent()).contains(opponent);
  }

  @Test
  void results_against_different_systems_are_not_compared() {
    EvaluationResult result = judged(ScriptedJudge.comparing(pair -> new PairScores(9, 2)));
    EvaluationResult renamed = result.against(new Opponent("moved", Optional.of("other-model")));
    EvaluationResult different = result.against(new Opponent("third", Optional.empty()));
    assertThat(Comparison.of(result, renamed).difference("win").interval().value()).isZero();
    assertThatThrownBy(() -> Comparison.of(result, different))
        .hasMessageContaining("other (other-model) and third; compare both models with the same");
  }

  @Test
  void wins_and_scores_are_of_both_orders_and_by_category() {
    EvaluationResult result =
        judged(
            ScriptedJudge.comparing(
                pair -> new PairScores(pair.first().length(), pair.second().length())));
    assertThat(result.figure("win").value()).isEqualTo(1);
    assertThat(result.figure("order_flip").value()).isZero();
    assertThat(result.figure("first_preferred").value()).isEqualTo(0.5);
    assertThat(result.figure("longer_preferred").value()).isEqualTo(1);
    assertThat(result.figure("relative_score", "odd").value()).isCloseTo(11 / 5.0, within(1e-12));
  }

  @Test
  void a_judge_that_prefers_its_own_model_is_told() {
    ScriptedJudge judge =
        ScriptedJudge.comparing(
            pair -> pair.first().equals("other") ? new PairScores(2, 1) : new PairScores(1, 2));
    assertThat(judged(judge.as("other-model")).figure("own_model_preferred").value()).isEqualTo(1);
    assertThat(judged(judge.as("own-model")).figure("own_model_preferred").value()).isZero();
    assertThat(judged(judge.as("third")).figures())
        .noneMatch(figure -> figure.name().equals("own_model_preferred"));
  }

  @Test
  void a_pair_without_a_verdict_in_one_order_is_skipped_with_what_the_judge_wrote() {
    EvaluationResult result =
        judged(
            ScriptedJudge.answering(
                pair ->
                    pair.id().equals("p3-2")
                        ? Verdict.none("unparsable_verdict", "I can't say.")
                        : Verdict.of(new PairScores(1, 1), "")));
    assertThat(result.measured()).hasSize(9);
    assertThat(result.skipped()).extracting(Skipped::id).containsExactly("p3");
    assertThat(result.figure("tie").value()).isEqualTo(1);
  }

  @Test
  void an_answer_that_is_too_long_for_the_judge_is_skipped_with_the_length_of_its_prompt() {
    ScriptedModel small = ScriptedModel.builder().contextLength(30).build();
    for (Judge judge : List.of(LogProbabilityJudge.of(small), ParsedJudge.of(small))) {
      assertThat(judged(judge).skipped())
          .hasSize(10)
          .allSatisfy(
              skipped -> {
                assertThat(skipped.reason()).isEqualTo("too_long");
                assertThat(skipped.detail()).startsWith("for the judge: ");
              });
    }
    assertThat(judged(LogProbabilityJudge.of(small)).skipped().get(0).detail())
        .endsWith(" tokens, at most 30");
  }

  @Test
  void verdicts_are_parsed_from_a_line_with_two_scores() {
    assertThat(ParsedJudge.scores("Well.\nA: 8/10, B: 6.5 / 10")).contains(new PairScores(8, 6.5));
    assertThat(ParsedJudge.scores("7 9")).contains(new PairScores(7, 9));
    assertThat(ParsedJudge.scores("A is 2 points better: 8 and 6")).isEmpty();
    assertThat(ParsedJudge.scores("A: 80, B: 60")).isEmpty();
    assertThat(ParsedJudge.yes("Hm. NO, it isn't")).contains(0.0);
    assertThat(ParsedJudge.yes("Nothing is known")).isEmpty();
  }

  @Test
  void an_unparsable_verdict_is_skipped_or_neutral() {
    ScriptedModel silent = ScriptedModel.builder().otherwise("I can't say.").build();
    List<PairToJudge> pair = List.of(new PairToJudge("1", "What?", "a", "b"));
    assertThat(ParsedJudge.of(silent).compare(pair))
        .containsExactly(Verdict.none("unparsable_verdict", "I can't say."));
    assertThat(ParsedJudge.of(silent, ParsedJudge.Unparsable.NEUTRAL).compare(pair))
        .containsExactly(Verdict.of(new PairScores(5, 5), "I can't say."));
  }

  @Test
  void log_probabilities_become_shares() {
    ScriptedModel model =
        ScriptedModel.builder()
            .scorer(
                r ->
                    List.of(" A", " Yes").contains(r.continuation())
                        ? Math.log(0.3)
                        : Math.log(0.1))
            .build();
    Judge judge = LogProbabilityJudge.of(model);
    PairScores scores =
        judge
            .compare(List.of(new PairToJudge("1", "What?", "a", "b")))
            .get(0)
            .value()
            .orElseThrow();
    assertThat(scores.first()).isCloseTo(0.75, within(1e-12));
    assertThat(scores.second()).isCloseTo(0.25, within(1e-12));
    assertThat(
            judge
                .grade(
                    List.of(new AnswerToGrade("1", "What?", "a", List.of(), List.of())),
                    Rubric.truthful())
                .get(0)
                .value()
                .orElseThrow())
        .isCloseTo(0.75, within(1e-12));
  }

  @Test
  void answers_are_judged_and_compared_with_references() {
    OpenQuestion question =
        new OpenQuestion(
            "q",
            Optional.empty(),
            "What falls?",
            List.of("The rain falls on the hill."),
            List.of("Nothing ever falls."));
    ScriptedModel model =
        ScriptedModel.builder().otherwise(" the rain falls on the hill \nQ: more").build();
    AnswerGeneration answers = AnswerGeneration.builder(model).build();
    AnswerEvaluation judged =
        AnswerEvaluation.builder(answers)
            .judge(
                ScriptedJudge.grading((a, rubric) -> rubric.name().equals("truthful") ? 0.9 : 0.5))
            .build();
    Pipeline.Builder pipeline = Pipeline.builder();
    var source = pipeline.source("questions", Dataset.of(OpenQuestion.class, List.of(question)));
    pipeline.stage(judged, pipeline.stage(answers, source));
    RunResult run = pipeline.build().in(temporary.resolve("run")).run();
    EvaluationResult result = judged.result(run);
    assertThat(result.figure("truthful").value()).isEqualTo(1);
    assertThat(result.figure("informative").value()).isZero();
    assertThat(result.figure("truthful_informative").value()).isZero();
    assertThat(result.figure("exact_match").value()).isEqualTo(1);
    assertThat(result.figure("rouge_l_difference").value()).isGreaterThan(0.5);
    assertThat(result.figure("bleu_difference").value()).isGreaterThan(0.5);
    // "falls" is common with the wrong answer: 1 of 6 words and 1 of 3, F 2/9
    assertThat(result.figure("rouge_1_difference").value()).isCloseTo(1 - 2 / 9.0, within(1e-12));
    assertThat(result.figure("rouge_2_difference").value()).isEqualTo(1);
  }

  @Test
  void bleu_is_the_geometric_mean_of_precisions_times_brevity() {
    assertThat(Bleu.between("a b c d e", "a b c d e")).isCloseTo(1, within(1e-12));
    // p = 4/4, 3/3, 2/2, 1/1 and a reference of 5 tokens
    assertThat(Bleu.between("a b c d", "a b c d e")).isCloseTo(Math.exp(-0.25), within(1e-12));
    // p = 3/4, 2/3, 1/2, and 1 / (2 * 1) for the missing order
    assertThat(Bleu.between("a b c x", "a b c d"))
        .isCloseTo(Math.pow(0.75 * 2 / 3 * 0.5 * 0.5, 0.25), within(1e-12));
    assertThat(Bleu.between("a b c", "a b c")).isZero();
    assertThat(Bleu.tokens("It's 3.5 km, no?"))
        .containsExactly("It", "'", "s", "3.5", "km", ",", "no", "?");
  }
}
