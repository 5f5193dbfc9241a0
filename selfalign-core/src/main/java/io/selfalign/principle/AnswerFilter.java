package io.selfalign.principle;

import io.selfalign.pipeline.Settings;
import java.util.Optional;

/**
 * Decides whether an answer is dropped. {@link AnswerFilters} has those of SELF-ALIGN; one's own
 * may be added to them or take their place.
 *
 * <p>A filter is a pure function of the candidate, and safe for use by several threads.
 */
public interface AnswerFilter {
  /** The reason under which the ledger has what is dropped, such as {@code too_short}. */
  String name();

  /**
   * Why an answer is dropped, for the ledger (may be an empty text); or nothing if it is not. The
   * answer has come through the filters before this one: the first that drops it decides.
   */
  Optional<String> reject(Candidate candidate);

  /** Everything that decides besides the name, such as a threshold. */
  default Settings settings() {
    return Settings.none();
  }
}
