package io.selfalign.pipeline;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the units of a journal have together.
 *
 * @param units how many units
 * @param advance how far they advanced the stage
 * @param records how many records, and where they end in their file
 * @param drops how many drops, and where they end in their file
 * @param reasons drops by reason
 * @param counters counters by name
 */
record Totals(
    long units,
    long advance,
    long records,
    long recordBytes,
    long drops,
    long dropBytes,
    Map<String, Long> reasons,
    Map<String, Long> counters) {
  static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0, Map.of(), Map.of());

  Totals {
    reasons = ImmutableSortedMap.copyOf(reasons);
    counters = ImmutableSortedMap.copyOf(counters);
  }

  Totals plus(JournalEntry entry) {
    return new Totals(
        units + 1,
        advance + entry.advance(),
        records + entry.records().count(),
        entry.records().end(),
        drops + entry.drops().count(),
        entry.drops().end(),
        sum(reasons, entry.reasons()),
        sum(counters, entry.counters()));
  }

  private static Map<String, Long> sum(Map<String, Long> a, Map<String, Long> b) {
    if (b.isEmpty()) {
      return a;
    }
    SortedMap<String, Long> sum = new TreeMap<>(a);
    b.forEach((name, count) -> sum.merge(name, count, Long::sum));
    return sum;
  }
}
