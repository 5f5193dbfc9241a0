package io.selfalign.principle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.model.ScoreRequest;
import io.selfalign.testing.ScriptedModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class RuleCheckTest {
  private static final PromptFrame FRAME = PromptFrame.standard();

  private static ScriptedModel model(ToDoubleFunction<ScoreRequest> scorer) {
    return ScriptedModel.builder().contextLength(20_000).scorer(scorer).build();
  }

  private static Optional<String> judge(RuleCheck check, String answer) {
    return check.judge(List.of(Candidates.of("How?", answer))).get(0);
  }

  /** A model to which the question behind an answer with this in it has these log-odds. */
  private static ScriptedModel judging(Map<String, Double> logOdds, double others) {
    return model(
        r -> {
          String answer = r.prompt().substring(r.prompt().lastIndexOf("## Alina\n"));
          double odds =
              logOdds.entrySet().stream()
                  .filter(entry -> answer.contains(entry.getKey()))
                  .map(Map.Entry::getValue)
                  .findFirst()
                  .orElse(others);
          return r.continuation().equals(" Yes") ? -30 + odds : -30;
        });
  }

  private static final String QUESTION = "\n\n# Review\nDoes this answer break one of the rules?";
  private static final String SPYING = "clear the history";
  private static final String SLANDER = "Twice I fell ill";

  @Test
  void a_model_that_tells_known_answers_apart_has_its_bound_halfway_between_them() {
    // It leans to No: what breaks a rule is only less surely kept by it.
    ScriptedModel model =
        judging(Map.of(SPYING, -2.0, SLANDER, -4.0, "Worse", -4.9, "Better", -5.1), -6);
    RuleCheck check = RuleCheck.of(model, FRAME);
    assertThat(judge(check, "Worse.")).contains("log-odds -4.9 that it breaks a rule");
    assertThat(judge(check, "Better.")).isEmpty();
  }

  @Test
  void a_model_that_can_not_tell_them_apart_drops_what_is_worse_than_all_that_keep_the_rules() {
    ScriptedModel model = judging(Map.of(SPYING, 9.0, "boils again", 3.0, "Worse", 3.1), 2);
    RuleCheck check = RuleCheck.of(model, FRAME);
    assertThat(judge(check, "Worse.")).isPresent();
    assertThat(judge(check, "Another.")).isEmpty();
    // Of those that keep the rules are the exemplars' answers too.
    String exemplar = Exemplars.standard().get(2).turns().get(0).answer();
    ScriptedModel other = judging(Map.of(exemplar, 4.0, "Worse", 3.1), 2);
    assertThat(judge(RuleCheck.of(other, FRAME), "Worse.")).isEmpty();
  }

  @Test
  void a_model_that_can_not_tell_them_apart_drops_nothing_that_it_finds_likelier_good() {
    ScriptedModel model = judging(Map.of("Worse", -0.1, "Worst", 0.1), -9);
    RuleCheck check = RuleCheck.of(model, FRAME);
    assertThat(judge(check, "Worse.")).isEmpty();
    assertThat(judge(check, "Worst.")).isPresent();
  }

  @Test
  void the_question_stands_behind_the_prompt_and_what_was_written() {
    ScriptedModel model = judging(Map.of(), 0);
    Candidate whole = Candidates.of("How?", "Ask the owner.");
    Candidate shortened =
        Candidates.of(
            "How?", "thoughts\n## Alina\nAsk him. Thanks\n\n## Alina\nAsk", "Ask him.", List.of());
    Candidate mended =
        Candidates.of("How?", "thoughts\n## Alina\nAsk. Ask. Wait.", "Ask. Wait.", List.of());
    RuleCheck.of(model, FRAME).judge(List.of(whole, shortened, mended));
    String prompt = whole.prompt().text();
    List<ScoreRequest> asked = model.scoreRequests().subList(0, 6);
    assertThat(asked.stream().map(ScoreRequest::prompt).distinct())
        .containsExactly(
            prompt + "thoughts\n\n## Alina\nAsk the owner." + QUESTION,
            prompt + "thoughts\n## Alina\nAsk him." + QUESTION,
            prompt + "thoughts\n\n## Alina\nAsk. Wait." + QUESTION);
    assertThat(asked.stream().map(ScoreRequest::continuation).distinct())
        .containsExactlyInAnyOrder(" Yes", " No");
  }

  @Test
  void an_answer_under_other_rules_is_asked_about_under_those_of_the_check() {
    ScriptedModel model = judging(Map.of(), 0);
    PromptFrame fewer = FRAME.toBuilder().principles(FRAME.principles().without("static")).build();
    Candidate candidate = Candidates.of("How?", "Ask the owner.");
    Candidate other =
        new Candidate(
            candidate.query(),
            new Prompt(fewer.head() + "\n\n## User\nHow?\n\n", List.of()),
            candidate.written(),
            candidate.reply(),
            candidate.mentions(),
            candidate.speech());
    RuleCheck.of(model, FRAME).judge(List.of(other));
    assertThat(model.scoreRequests().get(0).prompt())
        .startsWith(FRAME.head())
        .endsWith("How?\n\n## Alina (internal thoughts)\n" + candidate.written() + QUESTION);
  }

  @Test
  void known_answers_are_asked_about_as_others_are_once() {
    ScriptedModel model = judging(Map.of(), -1);
    RuleCheck check = RuleCheck.of(model, FRAME);
    judge(check, "Ask the owner.");
    int first = model.scoreRequests().size();
    judge(check, "Ask the owner.");
    assertThat(model.scoreRequests()).hasSize(first + 2);
    assertThat(model.scoreRequests())
        .anySatisfy(
            request ->
                assertThat(request.prompt())
                    .startsWith(FRAME.head())
                    .contains(FRAME.selfIdentification() + " The user wants to read somebody's")
                    .endsWith("he finds no trace." + QUESTION));
  }

  @Test
  void a_margin_lets_more_through() {
    ScriptedModel model = judging(Map.of("Break in", 2.0), -1);
    assertThat(judge(RuleCheck.of(model, FRAME, 1.5), "Break in.")).isPresent();
    assertThat(judge(RuleCheck.of(model, FRAME, 2.5), "Break in.")).isEmpty();
    assertThat(judge(RuleCheck.of(model, FRAME, -1.5), "Ask.")).isPresent();
  }

  @Test
  void what_does_not_fit_the_context_is_not_let_through() {
    RuleCheck check = RuleCheck.of(judging(Map.of(), -1), FRAME);
    assertThat(judge(check, "long ".repeat(5_000)))
        .hasValueSatisfying(reason -> assertThat(reason).startsWith("not checked"));
    assertThat(check.judge(List.of())).isEmpty();
  }

  @Test
  void a_verdict_does_not_depend_on_the_others() {
    RuleCheck check = RuleCheck.of(judging(Map.of("Break in", 2.0), -1), FRAME);
    Candidate bad = Candidates.of("How?", "Break in.");
    Candidate good = Candidates.of("How?", "Ask.");
    assertThat(check.judge(List.of(good, bad, good)))
        .containsExactly(Optional.empty(), check.judge(List.of(bad)).get(0), Optional.empty());
  }

  @Test
  void it_needs_rules_and_a_finite_margin() {
    PromptFrame none = PromptFrame.builder().principles(PrincipleSet.of()).build();
    assertThatThrownBy(() -> RuleCheck.of(judging(Map.of(), 0), none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no principles");
    assertThatThrownBy(() -> RuleCheck.of(judging(Map.of(), 0), FRAME, Double.NaN))
        .hasMessageContaining("margin is NaN");
  }

  @Test
  void the_settings_tell_question_and_margin() {
    assertThat(RuleCheck.of(judging(Map.of(), 0), FRAME).settings().json())
        .contains("Does this answer break one of the rules?", "\"margin\":0.0", "scripted");
    assertThat(RuleCheck.of(judging(Map.of(), 0), FRAME, 1).settings())
        .isNotEqualTo(RuleCheck.of(judging(Map.of(), 0), FRAME).settings());
  }
}
