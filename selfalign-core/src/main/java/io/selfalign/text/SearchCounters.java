package io.selfalign.text;

import io.selfalign.text.NearDuplicateIndex.Statistics;
import java.util.concurrent.atomic.LongAdder;

/** Sums of what searches did. Safe for use by several threads. */
final class SearchCounters {
  private final LongAdder pairs = new LongAdder();
  private final LongAdder lengths = new LongAdder();
  private final LongAdder entries = new LongAdder();
  private final LongAdder rareTokens = new LongAdder();
  private final LongAdder bits = new LongAdder();
  private final LongAdder overlaps = new LongAdder();
  private final LongAdder matches = new LongAdder();

  void add(NearDuplicateSearch search) {
    Statistics one = search.statistics();
    pairs.add(one.pairs());
    lengths.add(one.lengths());
    entries.add(search.entries());
    rareTokens.add(one.rareTokens());
    bits.add(one.bits());
    overlaps.add(one.overlaps());
    matches.add(one.matches());
  }

  /** How many entries of postings were visited. */
  long entries() {
    return entries.sum();
  }

  Statistics statistics() {
    return new Statistics(
        pairs.sum(), lengths.sum(), rareTokens.sum(), bits.sum(), overlaps.sum(), matches.sum());
  }
}
