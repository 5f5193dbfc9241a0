package io.selfalign.pipeline;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Map;

/**
 * What a stage has committed.
 *
 * @param name the stage's name
 * @param complete whether it has ended
 * @param units how many units
 * @param records how many records it kept
 * @param drops how many it dropped, by reason
 * @param counters its counters
 */
public record StageSummary(
    String name,
    boolean complete,
    long units,
    long records,
    Map<String, Long> drops,
    Map<String, Long> counters) {
  /** Copies the maps. */
  public StageSummary {
    drops = ImmutableSortedMap.copyOf(drops);
    counters = ImmutableSortedMap.copyOf(counters);
  }

  static StageSummary of(String name, boolean complete, Totals totals) {
    return new StageSummary(
        name, complete, totals.units(), totals.records(), totals.reasons(), totals.counters());
  }
}
