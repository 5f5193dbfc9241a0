package io.selfalign.data;

import java.util.List;
import java.util.Optional;

/**
 * An extensive answer of the engraved model: what stage 4 makes and then trains on.
 *
 * @param id the id of its query, with {@code verbose-} before it
 * @param parents the ids of the records it was made from: its query
 * @param query what was asked
 * @param answer what the model answered, never blank
 * @param source what made the query, if that is known
 * @param questionType the query's kind, if it has one
 * @param promptSha256 the SHA-256 of the whole prompt in UTF-8, in hexadecimal
 * @param model the fingerprint of the model that wrote it, which tells the adapter
 * @param sampling how it was sampled
 * @param closed whether the answer came to its end
 */
public record VerboseAnswer(
    String id,
    List<String> parents,
    String query,
    String answer,
    Optional<String> source,
    Optional<String> questionType,
    String promptSha256,
    String model,
    Sampling sampling,
    boolean closed)
    implements Answered {
  /**
   * Checks the texts, and copies the list.
   *
   * @throws IllegalArgumentException if a text is blank or has an unpaired surrogate
   */
  public VerboseAnswer {
    FieldChecks.checkText("id", id);
    parents = List.copyOf(parents);
    FieldChecks.checkText("query", query);
    FieldChecks.checkText("answer", answer);
    FieldChecks.checkLine("prompt_sha256", promptSha256);
    FieldChecks.checkText("model", model);
  }
}
