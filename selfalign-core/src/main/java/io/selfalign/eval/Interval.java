package io.selfalign.eval;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A figure with its 95% interval.
 *
 * <p>The interval is the bootstrap's: the figure is computed anew from {@value #RESAMPLES} samples
 * that draw as many items as there are, with replacement, and the interval reaches from the 2.5th
 * to the 97.5th percentile. The seed is fixed, so that the same values have the same interval. For
 * a share, whose values are all 0 or 1, it is Wilson's score interval instead: of 80 items without
 * a success the bootstrap would say that there never is one.
 *
 * @param value the figure
 * @param low the interval's lower end
 * @param high its upper end
 */
public record Interval(double value, double low, double high) {
  /** How many samples the bootstrap draws. */
  public static final int RESAMPLES = 10_000;

  private static final long SEED = 95;
  private static final double TAIL = 0.025;

  /** The standard normal distribution's 97.5th percentile. */
  private static final double Z = 1.959963984540054;

  /**
   * The mean of some values.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static Interval ofMean(double[] values) {
    checkAny(values.length);
    boolean share = Arrays.stream(values).allMatch(v -> v == 0 || v == 1);
    return share ? wilson(values) : bootstrap(mean(values), values);
  }

  /**
   * The mean difference of paired values, {@code mean(after[i] - before[i])}: by drawing pairs,
   * what both have in common takes no part in the interval.
   *
   * @throws IllegalArgumentException if there are none, or not as many of each
   */
  public static Interval ofDifference(double[] before, double[] after) {
    double[] differences = new double[checkPairs(before, after)];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = after[i] - before[i];
    }
    return bootstrap(mean(differences), differences);
  }

  /**
   * The difference of two paired shares, {@code mean(after[i]) - mean(before[i])} of values that
   * are 0 or 1, with the interval of Newcombe (1998, "Improved confidence intervals for the
   * difference between binomial proportions based on paired data", method 10): Wilson's limits of
   * both shares, put together with the correlation of the pairs. Of ten pairs without a success it
   * does not say, as the bootstrap would, that there is no difference.
   *
   * @throws IllegalArgumentException if there are none, not as many of each, or one is not 0 or 1
   */
  public static Interval ofShareDifference(double[] before, double[] after) {
    int n = checkPairs(before, after);
    checkShares(before);
    checkShares(after);
    double both = 0;
    for (int i = 0; i < n; i++) {
      both += before[i] * after[i];
    }
    Interval first = wilson(before);
    Interval second = wilson(after);
    double phi = correlation(n, both, Arrays.stream(before).sum(), Arrays.stream(after).sum());
    double value = second.value - first.value;
    double down = distance(second.value - second.low, first.high - first.value, phi);
    double up = distance(second.high - second.value, first.value - first.low, phi);
    return new Interval(value, Math.max(-1, value - down), Math.min(1, value + up));
  }

  /** The four-field correlation, made smaller where it is positive, as Newcombe has it. */
  private static double correlation(int n, double both, double before, double after) {
    double margins = before * (n - before) * after * (n - after);
    double neither = n - before - after + both;
    double product = both * neither - (before - both) * (after - both);
    double corrected = product > 0 ? Math.max(product - n / 2.0, 0) : product;
    return margins == 0 ? 0 : corrected / Math.sqrt(margins);
  }

  private static double distance(double a, double b, double correlation) {
    return Math.sqrt(Math.max(0, a * a - 2 * correlation * a * b + b * b));
  }

  /**
   * The ratio of two sums over the same items, {@code sum(numerators) / sum(denominators)}. Samples
   * whose denominators are all 0 do not count.
   *
   * @throws IllegalArgumentException if there are none, not as many of each, or the denominators'
   *     sum is 0
   */
  public static Interval ofRatio(double[] numerators, double[] denominators) {
    int n = checkPairs(numerators, denominators);
    double ratio = Arrays.stream(numerators).sum() / Arrays.stream(denominators).sum();
    if (!Double.isFinite(ratio)) {
      throw new IllegalArgumentException("the denominators' sum is 0");
    }
    SplittableRandom random = new SplittableRandom(SEED);
    double[] ratios = new double[RESAMPLES];
    int counted = 0;
    for (int sample = 0; sample < RESAMPLES; sample++) {
      double numerator = 0;
      double denominator = 0;
      for (int i = 0; i < n; i++) {
        int drawn = random.nextInt(n);
        numerator += numerators[drawn];
        denominator += denominators[drawn];
      }
      if (denominator != 0) {
        ratios[counted++] = numerator / denominator;
      }
    }
    return between(ratio, Arrays.copyOf(ratios, counted));
  }

  private static Interval bootstrap(double value, double[] values) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[] means = new double[RESAMPLES];
    for (int sample = 0; sample < RESAMPLES; sample++) {
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        sum += values[random.nextInt(values.length)];
      }
      means[sample] = sum / values.length;
    }
    return between(value, means);
  }

  private static Interval between(double value, double[] samples) {
    Arrays.sort(samples);
    int last = samples.length - 1;
    int low = (int) Math.round(TAIL * last);
    return new Interval(value, samples[low], samples[last - low]);
  }

  private static Interval wilson(double[] values) {
    double n = values.length;
    double share = mean(values);
    double center = (share + Z * Z / (2 * n)) / (1 + Z * Z / n);
    double half = Z / (1 + Z * Z / n) * Math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n));
    return new Interval(share, Math.max(0, center - half), Math.min(1, center + half));
  }

  static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  private static int checkPairs(double[] first, double[] second) {
    if (first.length != second.length) {
      throw new IllegalArgumentException(
          first.length + " values are to be paired with " + second.length);
    }
    checkAny(first.length);
    return first.length;
  }

  private static void checkShares(double[] values) {
    for (double value : values) {
      if (value != 0 && value != 1) {
        throw new IllegalArgumentException(
            "a value is " + value + ", but a share is of values that are 0 or 1");
      }
    }
  }

  private static void checkAny(int values) {
    if (values == 0) {
      throw new IllegalArgumentException("there are no values; an interval needs at least one");
    }
  }
}
