package io.selfalign.principle;

import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.error.InvalidDataException;
import io.selfalign.pipeline.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * How well a {@link PrincipleCheck} tells answers that break a principle from those that don't,
 * measured on {@linkplain CheckPair labelled pairs}.
 *
 * @param model the fingerprint of the model that checks
 * @param pairs how many pairs were measured
 * @param otherPrinciples how many were not, for the frame doesn't have the principle that they
 *     break
 * @param tooLong how many were not, for an answer of theirs doesn't fit the model's context
 * @param auc the probability that an answer that breaks a principle has higher log-odds than one
 *     that doesn't, of all pairs, where ties count half (Mann-Whitney); 0.5 is a coin toss
 * @param low the lower end of its 95% interval, by a bootstrap over pairs: 2,000 resamples with
 *     fixed random numbers
 * @param high the upper end
 * @param minAuc the least AUC with which the check is used
 * @param bound the log-odds, in nats, over which an answer counts as one that breaks a principle:
 *     of those over which at most {@code maxFalseDrops} of the answers lie that keep the
 *     principles, the one with the largest difference of {@code found} and {@code falseDrops}, but
 *     no less than the log-odds of an exemplar's answer; with the check's margin added
 * @param found the share of the pairs' answers that break a principle that lie over the bound
 * @param falseDrops the share of those that don't, over the bound
 * @param maxFalseDrops the largest such share that was allowed before the margin was added
 */
public record SelfCheck(
    String model,
    int pairs,
    int otherPrinciples,
    int tooLong,
    double auc,
    double low,
    double high,
    double minAuc,
    double bound,
    double found,
    double falseDrops,
    double maxFalseDrops) {
  /** The file among a stage's files that has it. */
  static final String FILE = "self-check.json";

  /**
   * Whether the check is used: its AUC is at least {@code minAuc}, and answers that break a
   * principle lie over the bound. With a {@code minAuc} of 0 any pair will do.
   */
  public boolean used() {
    return pairs > 0 && (minAuc == 0 || (auc >= minAuc && found > 0));
  }

  /**
   * What a stage of a run was measured at before its first answer; nothing if it has no {@link
   * PrincipleCheck}, or hasn't begun.
   *
   * @throws IllegalArgumentException if there is no such stage, naming those that are
   * @throws InvalidDataException if the file is not as it was written
   */
  public static Optional<SelfCheck> of(RunDirectory run, String stage) {
    Path file = run.files(stage).resolve(FILE);
    return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
  }

  static SelfCheck read(Path file) {
    try (JsonLinesReader reader = JsonLines.read(file);
        Stream<JsonLine> lines = reader.stream()) {
      return lines
          .findFirst()
          .orElseThrow(
              () ->
                  new InvalidDataException(
                      file + ": is empty, but must be as the run wrote it; begin the stage anew"))
          .as(SelfCheck.class);
    }
  }

  /**
   * The figures in a sentence, such as {@code AUC 0.91, 95% interval 0.84 to 0.97, of 40 pairs;
   * over the bound of 1.25 are 65% of the answers that break a principle and 5% of those that
   * don't}.
   */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "AUC %.2f, 95%% interval %.2f to %.2f, of %d pairs; over the bound of %.2f are %s of the"
            + " answers that break a principle and %s of those that don't",
        auc,
        low,
        high,
        pairs,
        bound,
        percent(found),
        percent(falseDrops));
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f%%", 100 * share);
  }

  /**
   * The bound between two kinds of log-odds. Of the midpoints between neighbours, and a bound over
   * which nothing lies, those are tried over which at most a share of the good answers lie; the one
   * with the largest difference of both shares is taken, and of several the highest. So where none
   * is better than chance nothing lies over it.
   *
   * @param exemplars log-odds that must not be over the bound
   * @param maxFalseDrops the largest share of {@code keeping} over the bound
   */
  static double bound(
      double[] breaking, double[] keeping, List<Double> exemplars, double maxFalseDrops) {
    double[] all =
        DoubleStream.concat(Arrays.stream(breaking), Arrays.stream(keeping)).sorted().toArray();
    long mostFalse = (long) (maxFalseDrops * keeping.length + 1e-9);
    long best = 0;
    double bound = all.length == 0 ? Double.NEGATIVE_INFINITY : all[all.length - 1];
    for (int i = all.length - 2; i >= 0; i--) {
      double middle = (all[i] + all[i + 1]) / 2;
      long falseDrops = over(keeping, middle);
      // The difference of the shares, times both numbers: exact, so that ties are ties.
      long right = over(breaking, middle) * keeping.length - falseDrops * breaking.length;
      boolean between = middle >= all[i] && middle < all[i + 1];
      if (between && falseDrops <= mostFalse && right > best) {
        best = right;
        bound = middle;
      }
    }
    double least = exemplars.stream().mapToDouble(odds -> odds).max().orElse(bound);
    double highest = Math.max(bound, least);
    return Double.isInfinite(highest) ? 0 : highest;
  }

  /** The share of log-odds over a bound; 0 of none. */
  static double shareOver(double[] odds, double bound) {
    return odds.length == 0 ? 0 : (double) over(odds, bound) / odds.length;
  }

  private static long over(double[] odds, double bound) {
    return Arrays.stream(odds).filter(value -> value > bound).count();
  }
}
