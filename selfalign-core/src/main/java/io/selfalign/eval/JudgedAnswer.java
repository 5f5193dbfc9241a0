package io.selfalign.eval;

import com.google.common.collect.ImmutableSortedMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was found of a {@link GeneratedAnswer}.
 *
 * @param id the question's id
 * @param parents the question's id
 * @param group the question's category, if it has one
 * @param answer what was answered
 * @param grades the judge's grades by rubric, 0 to 1; none without a judge
 * @param texts what the judge wrote, by rubric
 * @param figures the answer's figures by name
 * @param chance empty: there is no chance level of answers in one's own words
 */
public record JudgedAnswer(
    String id,
    List<String> parents,
    Optional<String> group,
    String answer,
    Map<String, Double> grades,
    Map<String, String> texts,
    Map<String, Double> figures,
    Map<String, Double> chance)
    implements HasMetrics {
  /** Copies the collections. */
  public JudgedAnswer {
    parents = List.copyOf(parents);
    grades = ImmutableSortedMap.copyOf(grades);
    texts = ImmutableSortedMap.copyOf(texts);
    figures = ImmutableSortedMap.copyOf(figures);
    chance = ImmutableSortedMap.copyOf(chance);
  }
}
