package io.selfalign.data;

/**
 * A question about the assistant itself, with an answer: mixed into the training data of stage 3 so
 * that the model knows who it is.
 *
 * @param id identifies the pair
 * @param query the question
 * @param answer the answer
 */
public record IdentityPair(String id, String query, String answer) implements Answered {
  /**
   * Checks the texts.
   *
   * @throws IllegalArgumentException if a text is blank or has an unpaired surrogate
   */
  public IdentityPair {
    FieldChecks.checkText("id", id);
    FieldChecks.checkText("query", query);
    FieldChecks.checkText("answer", answer);
  }
}
