package io.selfalign.eval;

import io.selfalign.data.Traceable;
import java.util.List;
import java.util.Optional;

/**
 * An answer to an {@link OpenQuestion}.
 *
 * @param id the question's id
 * @param parents the question's id
 * @param group the question's category, if it has one
 * @param question what was asked
 * @param right reference answers that are true
 * @param wrong reference answers that are false
 * @param answer what was answered, without white space around it; may be empty
 * @param finished whether it came to its end: false if the token limit cut it
 * @param system the name of the model or system that answered
 * @param fingerprint the model's fingerprint, if it is known
 */
public record GeneratedAnswer(
    String id,
    List<String> parents,
    Optional<String> group,
    String question,
    List<String> right,
    List<String> wrong,
    String answer,
    boolean finished,
    String system,
    Optional<String> fingerprint)
    implements Traceable {
  /** Copies the lists. */
  public GeneratedAnswer {
    parents = List.copyOf(parents);
    right = List.copyOf(right);
    wrong = List.copyOf(wrong);
  }

  /** Another system's answer, from a file. */
  public static GeneratedAnswer of(OpenQuestion question, String answer, String system) {
    return of(question, answer, true, system, Optional.empty());
  }

  static GeneratedAnswer of(
      OpenQuestion question,
      String answer,
      boolean finished,
      String system,
      Optional<String> fingerprint) {
    return new GeneratedAnswer(
        question.id(),
        List.of(question.id()),
        question.group(),
        question.question(),
        question.right(),
        question.wrong(),
        answer.strip(),
        finished,
        system,
        fingerprint);
  }
}
