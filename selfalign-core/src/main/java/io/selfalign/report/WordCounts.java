package io.selfalign.report;

import java.util.ArrayList;
import java.util.List;

/** How many words texts have: every count by itself up to a limit, so that memory is bounded. */
final class WordCounts {
  private static final int LIMIT = 1 << 14;

  private final long[] texts = new long[LIMIT + 1];
  private long count;
  private long sum;

  void add(int words) {
    texts[Math.min(words, LIMIT)]++;
    count++;
    sum += words;
  }

  long count() {
    return count;
  }

  double mean() {
    return count == 0 ? 0 : (double) sum / count;
  }

  /** The least number of words that a share of the texts has at most. */
  int quantile(double share) {
    long needed = Math.max(1, (long) Math.ceil(share * count));
    long seen = 0;
    for (int words = 0; words < LIMIT; words++) {
      seen += texts[words];
      if (seen >= needed) {
        return words;
      }
    }
    return LIMIT;
  }

  /** How many texts have from so many words on, in bins of one width; the last one has the rest. */
  List<Long> bins(int bins, int width) {
    List<Long> counts = new ArrayList<>();
    for (int bin = 0; bin < bins; bin++) {
      int end = bin == bins - 1 ? LIMIT + 1 : Math.min(LIMIT + 1, (bin + 1) * width);
      long sumOfBin = 0;
      for (int words = bin * width; words < end; words++) {
        sumOfBin += texts[words];
      }
      counts.add(sumOfBin);
    }
    return counts;
  }
}
