package io.selfalign.trial;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What all frames of a trial have in common.
 *
 * @param model the model's name
 * @param fingerprint the model's fingerprint
 * @param sampling how replies were sampled, as {@link io.selfalign.model.GenerationOptions#summary}
 *     writes it; each frame's stop strings come to it
 * @param thoughtTokens the most tokens of thoughts
 * @param seed the seed
 * @param questions how many questions there are of each kind
 */
public record TrialSetting(
    String model,
    String fingerprint,
    String sampling,
    int thoughtTokens,
    long seed,
    Map<QuestionKind, Integer> questions) {
  /** Copies the map. */
  public TrialSetting {
    questions = Collections.unmodifiableMap(new LinkedHashMap<>(questions));
  }
}
