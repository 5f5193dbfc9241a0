package io.selfalign.eval;

/**
 * What a judge gives two answers; the higher one is preferred. The scale is the judge's own.
 *
 * @param first the score of the answer that was shown first, finite and not negative
 * @param second the score of the answer that was shown last, finite and not negative
 */
public record PairScores(double first, double second) {
  /** Checks both. */
  public PairScores {
    if (!(first >= 0 && second >= 0 && first + second < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the scores are " + first + " and " + second + ", but must be finite and not negative");
    }
  }
}
