package io.selfalign.verbose;

import io.selfalign.pipeline.Settings;
import java.util.Optional;

/**
 * Decides whether an extensive answer is dropped. {@link VerboseFilters} has the standard ones;
 * one's own may be added to them or take their place.
 *
 * <p>A filter is a pure function of the candidate, and safe for use by several threads.
 */
public interface VerboseFilter {
  /** The reason under which the ledger has what is dropped, such as {@code too_short}. */
  String name();

  /**
   * Why an answer is dropped, for the ledger (may be an empty text); or nothing if it is not. The
   * answer has come through the filters before this one: the first that drops it decides.
   */
  Optional<String> reject(VerboseCandidate candidate);

  /** Everything that decides besides the name, such as a threshold. */
  default Settings settings() {
    return Settings.none();
  }
}
