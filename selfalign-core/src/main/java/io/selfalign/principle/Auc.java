package io.selfalign.principle;

import io.selfalign.data.RecordRandom;
import java.util.Arrays;

/**
 * The area under the ROC curve of scores of two labels: the probability that a score of the one is
 * higher than one of the other, where ties count half (the Mann-Whitney statistic).
 *
 * @param value between 0 and 1; 0.5 without scores
 * @param low the lower end of the 95% interval: the percentile bootstrap over pairs, with {@value
 *     #RESAMPLES} resamples and always the same random numbers; 0 without scores
 * @param high its upper end; 1 without scores
 */
record Auc(double value, double low, double high) {
  static final int RESAMPLES = 2_000;

  /**
   * The area for pairs of scores.
   *
   * @param higher the scores of the label that should have the higher ones
   * @param lower those of the other label, in the order of their pairs
   */
  static Auc of(double[] higher, double[] lower) {
    int pairs = higher.length;
    if (pairs == 0) {
      return new Auc(0.5, 0, 1);
    }
    RecordRandom random = RecordRandom.of(0, "auc", "bootstrap");
    double[] areas = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      double[] drawnHigher = new double[pairs];
      double[] drawnLower = new double[pairs];
      for (int j = 0; j < pairs; j++) {
        int drawn = (int) (random.uniform(i, j) * pairs);
        drawnHigher[j] = higher[drawn];
        drawnLower[j] = lower[drawn];
      }
      areas[i] = area(drawnHigher, drawnLower);
    }
    Arrays.sort(areas);
    int tail = RESAMPLES / 40;
    return new Auc(area(higher, lower), areas[tail], areas[RESAMPLES - 1 - tail]);
  }

  private static double area(double[] higher, double[] lower) {
    double wins = 0;
    for (double one : higher) {
      for (double other : lower) {
        wins += one > other ? 1 : one == other ? 0.5 : 0;
      }
    }
    return wins / higher.length / lower.length;
  }
}
