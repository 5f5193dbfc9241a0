package io.selfalign.eval;

import com.google.common.collect.ImmutableSortedMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a model scored the choices of a {@link ChoiceQuestion}.
 *
 * @param id the question's id
 * @param parents the question's id
 * @param group the question's category, if it has one
 * @param choices the choices in the question's order
 * @param figures the question's figures by name
 * @param chance what guessing would give, by name
 */
public record ScoredChoices(
    String id,
    List<String> parents,
    Optional<String> group,
    List<Scored> choices,
    Map<String, Double> figures,
    Map<String, Double> chance)
    implements HasMetrics {
  /**
   * A choice with its score.
   *
   * @param correct whether it is right
   * @param single whether it takes part in MC1
   * @param score in nats: its log-probability after the prompt, or, in a {@link TrueFalseRanking},
   *     the log-probability of true less that of false
   */
  public record Scored(boolean correct, boolean single, double score) {}

  /** Copies the collections. */
  public ScoredChoices {
    parents = List.copyOf(parents);
    choices = List.copyOf(choices);
    figures = ImmutableSortedMap.copyOf(figures);
    chance = ImmutableSortedMap.copyOf(chance);
  }
}
