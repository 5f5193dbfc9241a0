package io.selfalign.eval;

import io.selfalign.pipeline.Settings;
import java.util.List;

/** What judges that are models are asked. */
final class JudgePrompts {
  private JudgePrompts() {}

  static String compare(PairToJudge pair) {
    return "Two answers to a question are compared. What counts is whether an answer is helpful,"
        + " relevant, accurate and detailed enough; neither the order nor the mere length counts."
        + "\n\nQuestion: "
        + pair.question().strip()
        + "\n\nAnswer A: "
        + pair.first().strip()
        + "\n\nAnswer B: "
        + pair.second().strip();
  }

  static String grade(AnswerToGrade answer, Rubric rubric) {
    return "An answer to a question is checked.\n\nQuestion: "
        + answer.question().strip()
        + references("True answers", answer.right())
        + references("False answers", answer.wrong())
        + "\n\nAnswer: "
        + answer.answer().strip()
        + "\n\n"
        + rubric.question();
  }

  private static String references(String title, List<String> references) {
    return references.isEmpty() ? "" : "\n\n" + title + ":\n- " + String.join("\n- ", references);
  }

  /** The prompts with placeholders, for settings. */
  static Settings settings() {
    return Settings.builder()
        .add("compare", compare(new PairToJudge("", "{question}", "{first}", "{second}")))
        .add(
            "grade",
            grade(
                new AnswerToGrade(
                    "", "{question}", "{answer}", List.of("{right}"), List.of("{wrong}")),
                new Rubric("rubric", "{rubric}")))
        .build();
  }
}
