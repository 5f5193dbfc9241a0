package io.selfalign.trial;

import io.selfalign.data.Query;
import java.util.Optional;

/**
 * A question to try a prompt with.
 *
 * @param id identifies it in its list; what is sampled for it derives from it
 * @param kind what a good answer does
 * @param topic what it is about, for people
 * @param question its text
 */
public record TrialQuestion(String id, QuestionKind kind, Optional<String> topic, String question) {
  /**
   * Checks the question.
   *
   * @throws IllegalArgumentException if a text is blank or has an unpaired surrogate
   */
  public TrialQuestion {
    Query.of(id, question);
  }

  /** A question about nothing that is named. */
  public static TrialQuestion of(String id, QuestionKind kind, String question) {
    return new TrialQuestion(id, kind, Optional.empty(), question);
  }

  Query query() {
    return Query.of(id, question);
  }
}
