package io.selfalign.eval;

import io.selfalign.data.Traceable;
import java.util.List;
import java.util.Optional;

/**
 * Two systems' answers to a question.
 *
 * @param id the question's id
 * @param parents the question's id
 * @param group the question's category, if it has one
 * @param question what was asked
 * @param answer the answer of the system that is measured
 * @param other the answer of the system that it is measured against
 * @param fingerprint the measured model's fingerprint, if it is known
 * @param opponent the system that it is measured against
 */
public record AnswerPair(
    String id,
    List<String> parents,
    Optional<String> group,
    String question,
    String answer,
    String other,
    Optional<String> fingerprint,
    Opponent opponent)
    implements Traceable {
  /** Copies the list. */
  public AnswerPair {
    parents = List.copyOf(parents);
  }
}
