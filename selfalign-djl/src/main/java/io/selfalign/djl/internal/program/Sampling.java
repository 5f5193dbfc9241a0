package io.selfalign.djl.internal.program;

/**
 * How {@link DecoderProgram#sample} chooses tokens.
 *
 * @param temperature 0 for the most likely token
 * @param topK 0 for off
 * @param topP 1 for off
 * @param minP 0 for off
 */
public record Sampling(double temperature, int topK, double topP, double minP) {
  /** How many draws a row may use before its candidates are sorted. */
  public static final int TRIALS = 8;

  /** How many uniform numbers a row needs. */
  public static final int DRAWS = TRIALS + 1;

  /** Raises a temperature that float32 can't divide by to one that has the same effect. */
  public Sampling {
    temperature = temperature == 0 ? 0 : Math.max(temperature, 1e-30);
  }

  /** Whether randomness plays no part. */
  public boolean greedy() {
    return temperature == 0;
  }
}
