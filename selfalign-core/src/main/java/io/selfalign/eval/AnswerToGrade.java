package io.selfalign.eval;

import java.util.List;

/**
 * An answer to grade by a {@link Rubric}.
 *
 * @param id identifies the answer in its call
 * @param question what was asked
 * @param answer what was answered
 * @param right reference answers that are true; may be empty
 * @param wrong reference answers that are false; may be empty
 */
public record AnswerToGrade(
    String id, String question, String answer, List<String> right, List<String> wrong) {
  /** Copies the lists. */
  public AnswerToGrade {
    right = List.copyOf(right);
    wrong = List.copyOf(wrong);
  }
}
