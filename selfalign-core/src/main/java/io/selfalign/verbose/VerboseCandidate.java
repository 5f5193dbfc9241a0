package io.selfalign.verbose;

import io.selfalign.answer.ExemplarCopies.Shown;
import io.selfalign.answer.FrameSpeech;
import io.selfalign.data.Query;
import java.util.List;
import java.util.Optional;

/**
 * An answer of stage 4 as filters see it.
 *
 * @param query what was asked
 * @param answer what the model answered, stripped, not empty
 * @param closed whether the answer came to its end
 * @param engraved the answer of stage 2 to the same query, which the model was engraved with, if
 *     there is one
 * @param speech finds what speaks of the prompt, and of stage 2's frame if that is known
 * @param shown the answers that the prompt showed as examples
 */
public record VerboseCandidate(
    Query query,
    String answer,
    boolean closed,
    Optional<String> engraved,
    FrameSpeech speech,
    List<Shown> shown) {
  /** Copies the list. */
  public VerboseCandidate {
    shown = List.copyOf(shown);
  }
}
