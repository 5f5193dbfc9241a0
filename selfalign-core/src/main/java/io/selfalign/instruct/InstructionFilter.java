package io.selfalign.instruct;

import io.selfalign.pipeline.Settings;
import java.util.Optional;
import java.util.function.Function;

/**
 * A reason by which instructions are not kept. {@link InstructionFilters} has those of the method;
 * one's own may implement this, or use {@link #of}.
 *
 * <p>Implementations are pure functions of the candidate and their settings, and safe for use by
 * several threads: a run that is resumed must come to the same verdicts.
 */
public interface InstructionFilter {
  /**
   * The reason that the ledger and counters have for what it drops: lower-case letters, digits and
   * underscores.
   */
  String name();

  /**
   * Whether the reason says not to keep a candidate.
   *
   * @return nothing to keep it, else what was found, for the ledger; it may be empty
   */
  Optional<String> reject(Candidate candidate);

  /**
   * What decides its verdicts besides its name. A run that was begun with other settings is not
   * resumed.
   */
  default Settings settings() {
    return Settings.none();
  }

  /** A filter without settings. */
  static InstructionFilter of(String name, Function<Candidate, Optional<String>> reject) {
    return new InstructionFilter() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Optional<String> reject(Candidate candidate) {
        return reject.apply(candidate);
      }

      @Override
      public String toString() {
        return name;
      }
    };
  }
}
