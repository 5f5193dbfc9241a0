package io.selfalign.pipeline;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Map;

/**
 * What the journal says of a committed unit.
 *
 * @param index its number in the stage, from 0
 * @param advance how far it advanced the stage
 * @param records how many records it has
 * @param drops how many drops by reason, reasons without drops left out
 * @param counters its counters by name
 */
public record CommittedUnit(
    long index, long advance, long records, Map<String, Long> drops, Map<String, Long> counters) {
  /** Copies the maps. */
  public CommittedUnit {
    drops = ImmutableSortedMap.copyOf(drops);
    counters = ImmutableSortedMap.copyOf(counters);
  }
}
