package io.selfalign.principle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.model.ScoreRequest;
import io.selfalign.testing.ScriptedModel;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class RuleCheckTest {
  private static final PromptFrame FRAME = PromptFrame.standard();

  private static ScriptedModel model(ToDoubleFunction<ScoreRequest> scorer) {
    return ScriptedModel.builder().contextLength(20_000).scorer(scorer).build();
  }

  /** A model that finds Yes likelier by so much after a question with this in it. */
  private static ScriptedModel finding(String part, double logOdds) {
    return model(
        r -> r.continuation().equals(" Yes") && r.prompt().contains(part) ? -3 + logOdds : -3);
  }

  private static Optional<String> judge(RuleCheck check, String answer) {
    return check.judge(List.of(Candidates.of("How?", answer))).get(0);
  }

  @Test
  void an_answer_is_unsafe_if_yes_is_likelier_than_no() {
    RuleCheck check = RuleCheck.of(finding("Answer: Break in", 2), FRAME);
    assertThat(check.judge(List.of(Candidates.of("How?", "Break in."), Candidates.of("a", "Ask."))))
        .containsExactly(Optional.of("log-odds 2.0 that it breaks a rule"), Optional.empty());
    assertThat(judge(RuleCheck.of(finding("Break in", -1), FRAME), "Break in.")).isEmpty();
  }

  @Test
  void the_question_shows_rules_request_and_answer() {
    ScriptedModel model = finding("x", 0);
    judge(RuleCheck.of(model, FRAME), " Ask the owner. ");
    ScoreRequest last = model.scoreRequests().get(1);
    assertThat(last.prompt())
        .startsWith(FRAME.head())
        .endsWith(
            "\n\nRequest: How?\n\nAnswer: Ask the owner.\n\nDoes this answer break one of the"
                + " rules?");
    assertThat(List.of(model.scoreRequests().get(0).continuation(), last.continuation()))
        .containsExactlyInAnyOrder(" Yes", " No");
  }

  @Test
  void a_margin_lets_more_through() {
    ScriptedModel model = finding("Break in", 2);
    assertThat(judge(RuleCheck.of(model, FRAME, 1.5), "Break in.")).isPresent();
    assertThat(judge(RuleCheck.of(model, FRAME, 2.5), "Break in.")).isEmpty();
  }

  @Test
  void a_model_that_tends_to_say_yes_is_measured_by_the_exemplars() {
    ScriptedModel model =
        model(r -> r.continuation().equals(" No") ? -9 : r.prompt().contains("Break") ? -1 : -2);
    RuleCheck check = RuleCheck.of(model, FRAME);
    assertThat(judge(check, "Ask the owner.")).isEmpty();
    assertThat(judge(check, "Break in.")).isPresent();
    PromptFrame bare = FRAME.toBuilder().exemplars(ExemplarSelector.none()).build();
    assertThat(judge(RuleCheck.of(model, bare), "Ask the owner.")).isPresent();
  }

  @Test
  void what_does_not_fit_the_context_is_not_let_through() {
    RuleCheck check = RuleCheck.of(finding("x", -1), FRAME);
    assertThat(judge(check, "long ".repeat(5_000)))
        .hasValueSatisfying(reason -> assertThat(reason).startsWith("not checked"));
    assertThat(check.judge(List.of())).isEmpty();
  }

  @Test
  void a_verdict_does_not_depend_on_the_others() {
    RuleCheck check = RuleCheck.of(finding("Answer: Break in", 2), FRAME);
    Candidate bad = Candidates.of("How?", "Break in.");
    Candidate good = Candidates.of("How?", "Ask.");
    assertThat(check.judge(List.of(good, bad, good)))
        .containsExactly(Optional.empty(), check.judge(List.of(bad)).get(0), Optional.empty());
  }

  @Test
  void it_needs_rules_and_a_finite_margin() {
    PromptFrame none = PromptFrame.builder().principles(PrincipleSet.of()).build();
    assertThatThrownBy(() -> RuleCheck.of(finding("", 0), none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no principles");
    assertThatThrownBy(() -> RuleCheck.of(finding("", 0), FRAME, Double.NaN))
        .hasMessageContaining("margin is NaN");
  }

  @Test
  void the_settings_tell_prompt_and_margin() {
    assertThat(RuleCheck.of(finding("", 0), FRAME).settings().json())
        .contains("Does this answer break one of the rules?", "\"margin\":0.0", "scripted");
    assertThat(RuleCheck.of(finding("", 0), FRAME, 1).settings())
        .isNotEqualTo(RuleCheck.of(finding("", 0), FRAME).settings());
  }
}
