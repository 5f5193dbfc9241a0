package io.selfalign.data;

import java.util.List;
import java.util.Optional;

/**
 * A query with the answer that a model gave under principles: what stage 2 makes, and what stage 3
 * trains on.
 *
 * @param id the id of its query
 * @param parents the ids of the records it was made from: its query
 * @param query what was asked
 * @param thoughts what the model wrote down for itself before it answered, never blank
 * @param answer what it answered, never blank
 * @param principles the principles that the thoughts name, each once, in the order of their numbers
 * @param cuts the parts of the generated text that are not in the answer, such as the last word of
 *     one that did not come to its end
 * @param source what made the query, if that is known
 * @param questionType the query's kind, if it has one
 * @param exemplars the ids of the exemplars that the prompt showed, in its order
 * @param promptSha256 the SHA-256 of the whole prompt in UTF-8, in hexadecimal
 * @param model the fingerprint of the model that wrote it
 * @param sampling how it was sampled
 */
public record Demonstration(
    String id,
    List<String> parents,
    String query,
    String thoughts,
    String answer,
    List<AppliedPrinciple> principles,
    List<Cut> cuts,
    Optional<String> source,
    Optional<String> questionType,
    List<String> exemplars,
    String promptSha256,
    String model,
    Sampling sampling)
    implements Answered {
  /** The reason of the cut that takes the last word from an answer that did not come to its end. */
  public static final String TRIMMED = "trimmed";

  /**
   * Checks the texts, and copies the lists.
   *
   * @throws IllegalArgumentException if a text is blank or has an unpaired surrogate
   */
  public Demonstration {
    FieldChecks.checkText("id", id);
    parents = List.copyOf(parents);
    FieldChecks.checkText("query", query);
    FieldChecks.checkText("thoughts", thoughts);
    FieldChecks.checkText("answer", answer);
    principles = List.copyOf(principles);
    cuts = List.copyOf(cuts);
    exemplars = List.copyOf(exemplars);
    FieldChecks.checkLine("prompt_sha256", promptSha256);
    FieldChecks.checkText("model", model);
  }

  @Override
  public boolean closed() {
    return !trimmed();
  }

  /** Whether the answer did not come to its end, and lost its last word. */
  public boolean trimmed() {
    return cuts.stream().anyMatch(cut -> cut.reason().equals(TRIMMED));
  }
}
