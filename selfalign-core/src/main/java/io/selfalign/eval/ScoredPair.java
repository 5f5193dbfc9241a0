package io.selfalign.eval;

import com.google.common.collect.ImmutableSortedMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a model scored a {@link ReplyPair}, in both orders.
 *
 * @param id the pair's id
 * @param parents the pair's id
 * @param group the pair's subtask, if it has one
 * @param betterFirst in nats, where the better reply is A: the log-probabilities of A and of B
 * @param worseFirst in nats, where the worse reply is A: the log-probabilities of A and of B
 * @param figures the pair's figures by name
 * @param chance what guessing would give, by name
 */
public record ScoredPair(
    String id,
    List<String> parents,
    Optional<String> group,
    List<Double> betterFirst,
    List<Double> worseFirst,
    Map<String, Double> figures,
    Map<String, Double> chance)
    implements HasMetrics {
  /** Copies the collections. */
  public ScoredPair {
    parents = List.copyOf(parents);
    betterFirst = List.copyOf(betterFirst);
    worseFirst = List.copyOf(worseFirst);
    figures = ImmutableSortedMap.copyOf(figures);
    chance = ImmutableSortedMap.copyOf(chance);
  }
}
