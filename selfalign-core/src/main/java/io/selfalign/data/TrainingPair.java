package io.selfalign.data;

import java.util.List;

/**
 * What a model is trained on, as it is: the prompt, of which nothing is learnt, and how it goes on.
 *
 * @param id the id of the record that it was made from, with {@code pair-} before it
 * @param parents the ids of the records it was made from: a demonstration, an identity pair or an
 *     answer of stage 4
 * @param kind what it was made from, by the name of the record's type, such as {@code
 *     demonstration}
 * @param prompt the whole text before the answer
 * @param completion the answer with what closes it, unless that is a token for the end of sequence
 * @param tokens how many tokens both have together, with such a token
 */
public record TrainingPair(
    String id, List<String> parents, String kind, String prompt, String completion, int tokens)
    implements Traceable {
  /**
   * Checks the pair, and copies the list.
   *
   * @throws IllegalArgumentException if a text is blank or has an unpaired surrogate, or there is
   *     no token
   */
  public TrainingPair {
    FieldChecks.checkText("id", id);
    parents = List.copyOf(parents);
    FieldChecks.checkLine("kind", kind);
    FieldChecks.checkText("prompt", prompt);
    FieldChecks.checkText("completion", completion);
    if (tokens < 1) {
      throw new IllegalArgumentException("field 'tokens' is " + tokens + ", but must be 1 up");
    }
  }
}
