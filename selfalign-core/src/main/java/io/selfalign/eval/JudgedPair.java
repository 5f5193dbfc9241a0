package io.selfalign.eval;

import com.google.common.collect.ImmutableSortedMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a judge said of an {@link AnswerPair}, in both orders.
 *
 * @param id the question's id
 * @param parents the question's id
 * @param group the question's category, if it has one
 * @param opponent the system that the measured one was compared with
 * @param shownFirst the scores where the measured system's answer was shown first
 * @param shownLast the scores where it was shown last, of which the second is its own
 * @param texts what the judge wrote, of both orders; may be empty
 * @param figures the pair's figures by name
 * @param chance what a judge without preference would give, by name
 */
public record JudgedPair(
    String id,
    List<String> parents,
    Optional<String> group,
    Opponent opponent,
    PairScores shownFirst,
    PairScores shownLast,
    List<String> texts,
    Map<String, Double> figures,
    Map<String, Double> chance)
    implements HasMetrics {
  /** Copies the collections. */
  public JudgedPair {
    parents = List.copyOf(parents);
    texts = List.copyOf(texts);
    figures = ImmutableSortedMap.copyOf(figures);
    chance = ImmutableSortedMap.copyOf(chance);
  }
}
