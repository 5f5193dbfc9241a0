package io.selfalign.djl.internal.program;

import java.util.Arrays;

/** What is added to single logits of a batch: a growing list of (row, token id, delta). */
public final class LogitEdits {
  // Beyond what any logit reaches, and safe to add several of in float32.
  private static final double LARGEST = 1e30;

  private long[] rows = new long[16];
  private long[] ids = new long[16];
  private double[] deltas = new double[16];
  private int size;

  /** Adds {@code delta} to the logit of a token in a row. */
  public void add(int row, int id, double delta) {
    if (size == rows.length) {
      rows = Arrays.copyOf(rows, 2 * size);
      ids = Arrays.copyOf(ids, 2 * size);
      deltas = Arrays.copyOf(deltas, 2 * size);
    }
    rows[size] = row;
    ids[size] = id;
    deltas[size] = delta < -LARGEST ? Double.NEGATIVE_INFINITY : Math.min(delta, LARGEST);
    size++;
  }

  long[] rows() {
    return Arrays.copyOf(rows, size);
  }

  long[] ids() {
    return Arrays.copyOf(ids, size);
  }

  double[] deltas() {
    return Arrays.copyOf(deltas, size);
  }
}
