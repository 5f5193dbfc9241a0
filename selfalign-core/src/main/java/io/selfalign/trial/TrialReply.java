package io.selfalign.trial;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.Map;
import java.util.Optional;

/**
 * What a model wrote on a question under a frame, with its measures.
 *
 * @param frame the frame's name
 * @param id the question's id
 * @param kind the question's kind
 * @param topic the question's topic, if it has one
 * @param question the question
 * @param thoughts the reply's thoughts; empty if there are none
 * @param answer the reply's answer; empty if there is none
 * @param text all that was generated, as it was
 * @param measures what holds of the reply; a measure that has no meaning for it is absent
 * @param characters the answer's length in characters (Unicode code points)
 * @param tokens how many tokens were generated
 * @param promptTokens how many tokens the prompt has
 */
public record TrialReply(
    String frame,
    String id,
    QuestionKind kind,
    Optional<String> topic,
    String question,
    String thoughts,
    String answer,
    String text,
    Map<Measure, Boolean> measures,
    int characters,
    int tokens,
    int promptTokens) {
  /** Copies the map, in the order of {@link Measure}. */
  public TrialReply {
    measures = ImmutableMap.copyOf(Maps.immutableEnumMap(measures));
  }

  /** Whether the reply has an answer. */
  boolean hasAnswer() {
    return !answer.isEmpty();
  }

  /** A measure as a number, 1 if it holds. */
  Optional<Double> value(Measure measure) {
    return Optional.ofNullable(measures.get(measure)).map(holds -> holds ? 1.0 : 0.0);
  }
}
