package io.selfalign.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.eval.ChoiceQuestion.Choice;
import io.selfalign.model.ScoreRequest;
import io.selfalign.testing.ScriptedModel;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PromptStyleTest {
  private static final ChoiceQuestion QUESTION =
      new ChoiceQuestion(
          "q",
          Optional.empty(),
          " Why {question} and $1? ",
          List.of(new Choice("Right.", true, true), new Choice("Wrong.", false, true)));

  /** What a model that is measured with a style is asked. */
  private static List<ScoreRequest> asked(PromptStyle style) {
    ScriptedModel model = ScriptedModel.builder().scorer(request -> -1).build();
    EvaluationResult result =
        MultipleChoice.builder(model).style(style).build().evaluate(List.of(QUESTION));
    assertThat(result.promptStyle()).isEqualTo(style.name());
    return model.scoreRequests();
  }

  private static void assertAsked(PromptStyle style, String prompt, String... continuations) {
    assertThat(asked(style)).extracting(ScoreRequest::prompt).containsOnly(prompt);
    assertThat(asked(style)).extracting(ScoreRequest::continuation).containsExactly(continuations);
  }

  @Test
  void the_plain_style_is_the_question_alone_with_the_space_before_the_answer() {
    assertAsked(PromptStyle.plain(), "Q: Why {question} and $1?\nA:", " Right.", " Wrong.");
  }

  @Test
  void few_shot_puts_the_users_examples_before_the_question() {
    assertAsked(
        PromptStyle.fewShot("\nQ: Is it?\nA: It is.\n\nQ: Was it?\nA: No.\n"),
        "Q: Is it?\nA: It is.\n\nQ: Was it?\nA: No.\n\nQ: Why {question} and $1?\nA:",
        " Right.",
        " Wrong.");
  }

  @Test
  void a_persona_is_asked_as_an_assistant_or_by_a_template_of_its_own() {
    assertAsked(
        PromptStyle.persona("Ada answers at length.\n"),
        "Ada answers at length.\n\n## User\nWhy {question} and $1?\n\n## Assistant\n",
        "Right.",
        "Wrong.");
    assertAsked(
        PromptStyle.persona("Ada is asked: {question} Ada:  "),
        "Ada is asked: Why {question} and $1? Ada:",
        "  Right.",
        "  Wrong.");
  }

  @Test
  void two_styles_are_not_the_same_run() {
    ScriptedModel model = ScriptedModel.builder().build();
    assertThat(MultipleChoice.builder(model).style(PromptStyle.persona("a")).build().settings())
        .isNotEqualTo(
            MultipleChoice.builder(model).style(PromptStyle.persona("b")).build().settings());
  }

  @Test
  void a_template_without_the_question_or_with_two_is_refused() {
    assertThatThrownBy(() -> new PromptStyle("mine", "Answer:"))
        .hasMessage("the template of prompt style 'mine' must have {question} once");
    assertThatThrownBy(() -> PromptStyle.persona("{question} {question}"))
        .hasMessage("the template of prompt style 'persona' must have {question} once");
  }
}
