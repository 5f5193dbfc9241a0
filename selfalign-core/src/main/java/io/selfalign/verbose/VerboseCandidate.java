package io.selfalign.verbose;

import io.selfalign.data.Query;
import java.util.Optional;

/**
 * An answer of stage 4 as filters see it.
 *
 * @param query what was asked
 * @param answer what the model answered, stripped, not empty
 * @param closed whether the answer came to its end
 * @param engraved the answer of stage 2 to the same query, which the model was engraved with, if
 *     there is one
 */
public record VerboseCandidate(
    Query query, String answer, boolean closed, Optional<String> engraved) {}
