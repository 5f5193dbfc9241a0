package io.selfalign.text;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * How long a common subsequence must be for ROUGE-L's F to be over a threshold. Every figure is
 * settled by {@link RougeL}'s own arithmetic in doubles, never by algebra alone; F grows with the
 * common length and falls with either length by far more than it is rounded.
 *
 * <p>Safe for use by several threads.
 */
final class MinimalLcs {
  /** Lengths up to this are looked up. */
  private static final int TABLE = 256;

  private static final short[] NO_ROW = {};

  private final double threshold;
  private final AtomicReferenceArray<short[]> rows = new AtomicReferenceArray<>(TABLE + 1);

  /** For a threshold between 0 and 1. */
  MinimalLcs(double threshold) {
    this.threshold = threshold;
  }

  double threshold() {
    return threshold;
  }

  /** Whether F is over the threshold. */
  boolean suffices(int common, int m, int n) {
    return RougeL.f(common, m, n) > threshold;
  }

  /**
   * The smallest common length that suffices for lengths {@code m} and {@code n}, both 1 or more;
   * one more than the smaller of them if none does.
   */
  int of(int m, int n) {
    int most = Math.min(m, n);
    if (!suffices(most, m, n)) {
      return most + 1;
    }
    int common = between(1, threshold * ((double) m + n) / 2 - 1, most);
    while (!suffices(common, m, n)) {
      common++;
    }
    return common;
  }

  /**
   * {@link #of} for {@code m} and every {@code n} from 0 to a certain length, beyond which the
   * caller asks for each; 0 at 0. Empty if {@code m} is long. Not to be changed.
   */
  short[] row(int m) {
    if (m > TABLE) {
      return NO_ROW;
    }
    short[] row = rows.get(m);
    if (row == null) {
      row = new short[TABLE + 1];
      for (int n = 1; n <= TABLE; n++) {
        row[n] = (short) of(m, n);
      }
      rows.set(m, row);
    }
    return row;
  }

  /**
   * The shortest length whose sequences may suffice with one of length {@code m}, 1 or more: all of
   * them common. No pair with the one has a smaller {@link #of}. {@code m + 1} if there is none.
   */
  int shortest(int m) {
    if (!suffices(m, m, m)) {
      return m + 1;
    }
    int n = between(1, threshold * m / (2 - threshold) - 1, m);
    while (!suffices(n, m, n)) {
      n++;
    }
    return n;
  }

  /**
   * The greatest length, up to {@code limit}, whose sequences may suffice with one of length {@code
   * m} if no more than {@code common} tokens are common, all 1 or more; less than {@link #shortest}
   * if there is none.
   */
  int longest(int common, int m, int limit) {
    int n = between(0, 2.0 * common / threshold - m + 1, limit);
    while (n > 0 && !suffices(common, m, n)) {
      n--;
    }
    return n;
  }

  /** Algebra's figure less or more one, which leaves it to the caller's steps to end rightly. */
  private static int between(int least, double value, int most) {
    return (int) Math.max(least, Math.min(value, most));
  }
}
