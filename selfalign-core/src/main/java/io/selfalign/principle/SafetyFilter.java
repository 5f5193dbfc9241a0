package io.selfalign.principle;

import io.selfalign.pipeline.Settings;
import java.util.List;
import java.util.Optional;

/**
 * Finds answers that do what the principles forbid: a harmful request, answered in spite of them.
 * It sees many answers at once, all that came through the {@link AnswerFilter}s. The default is
 * {@link PrincipleCheck}, which asks the model itself if that can tell; one's own may ask a
 * classifier.
 *
 * <p>What it says of an answer must not depend on the others. Safe for use by several threads.
 */
public interface SafetyFilter {
  /** The reason under which the ledger has what is dropped. */
  String REASON = "unsafe";

  /**
   * Judges answers.
   *
   * @return for each candidate, in their order, why it is unsafe, or nothing if it is not
   */
  List<Optional<String>> judge(List<Candidate> candidates);

  /** Everything that decides, such as a model's fingerprint and a threshold. */
  Settings settings();

  /** Takes every answer for safe. */
  static SafetyFilter none() {
    return new SafetyFilter() {
      @Override
      public List<Optional<String>> judge(List<Candidate> candidates) {
        return candidates.stream().map(c -> Optional.<String>empty()).toList();
      }

      @Override
      public Settings settings() {
        return Settings.none();
      }
    };
  }
}
