package io.selfalign.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.selfalign.model.ScoreRequest;
import io.selfalign.testing.ScriptedModel;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class PreferenceEvaluationTest {
  private static final List<ReplyPair> PAIRS =
      List.of(pair("1", "harmless"), pair("2", "harmless"), pair("3", "other"));

  private static ReplyPair pair(String id, String subtask) {
    return new ReplyPair(id, Optional.of(subtask), "Human: " + id + "?", "GOOD", "BAD");
  }

  private static EvaluationResult measured(ToDoubleFunction<ScoreRequest> scorer) {
    ScriptedModel model = ScriptedModel.builder().scorer(scorer).build();
    return PreferenceEvaluation.builder(model).build().evaluate(PAIRS);
  }

  /** Whether the letter that is scored is that of the better reply. */
  private static boolean isBetter(ScoreRequest request) {
    boolean better = request.prompt().contains("Reply A: GOOD");
    return request.continuation().equals(" A") == better;
  }

  private static boolean isFirst(ScoreRequest request) {
    return request.continuation().equals(" A");
  }

  private static void assertFigures(
      EvaluationResult result, double accuracy, double first, double last, double consistent) {
    assertThat(result.figure("accuracy").value()).isCloseTo(accuracy, within(1e-12));
    assertThat(result.figure("accuracy_better_first").value()).isCloseTo(first, within(1e-12));
    assertThat(result.figure("accuracy_better_last").value()).isCloseTo(last, within(1e-12));
    assertThat(result.figure("consistent").value()).isCloseTo(consistent, within(1e-12));
  }

  @Test
  void a_model_that_knows_the_better_reply_is_right_and_consistent_in_both_orders() {
    assertFigures(measured(request -> isBetter(request) ? -1 : -2), 1, 1, 1, 1);
    assertFigures(measured(request -> isBetter(request) ? -2 : -1), 0, 0, 0, 1);
  }

  @Test
  void a_model_that_looks_at_the_letter_alone_is_at_chance_and_never_consistent() {
    EvaluationResult result = measured(request -> isFirst(request) ? -1 : -2);
    assertFigures(result, 0.5, 1, 0, 0);
    assertThat(result.figure("accuracy").chance()).contains(0.5);
    assertThat(result.figure("consistent").chance()).isEmpty();
  }

  @Test
  void a_preference_for_a_letter_cancels_out_over_the_orders() {
    EvaluationResult result =
        measured(request -> (isFirst(request) ? -1 : -3) + (isBetter(request) ? 0.5 : 0));
    assertFigures(result, 1, 1, 0, 0);
  }

  @Test
  void figures_are_also_those_of_each_subtask() {
    EvaluationResult result =
        measured(request -> request.prompt().contains("Human: 1?") == isBetter(request) ? -1 : -2);
    assertThat(result.figure("accuracy").value()).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(result.figure("accuracy", "harmless").value()).isEqualTo(0.5);
    assertThat(result.figure("accuracy", "other").value()).isZero();
    assertThat(result.figure("consistent", "harmless").items()).isEqualTo(2);
  }
}
