package io.selfalign.pipeline;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Map;

/**
 * A unit's line in the journal, which commits it: it is written after the unit's records and drops
 * are on disk.
 *
 * @param unit the unit's number in the stage, from 0
 * @param advance how far it advanced the stage
 * @param records the bytes of its records
 * @param drops the bytes of its drops
 * @param reasons how many drops by reason
 * @param counters its counters
 */
record JournalEntry(
    long unit,
    long advance,
    Extent records,
    Extent drops,
    Map<String, Long> reasons,
    Map<String, Long> counters) {
  /**
   * What a unit added to a file.
   *
   * @param count how many lines
   * @param end where they end, in bytes from the file's start
   * @param crc32c their checksum
   */
  record Extent(long count, long end, String crc32c) {}

  JournalEntry {
    reasons = ImmutableSortedMap.copyOf(reasons);
    counters = ImmutableSortedMap.copyOf(counters);
  }

  CommittedUnit committed() {
    return new CommittedUnit(unit, advance, records.count(), reasons, counters);
  }
}
