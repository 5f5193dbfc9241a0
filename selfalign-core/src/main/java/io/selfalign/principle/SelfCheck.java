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
 *     where the mean of the shares of both kinds that are told right is largest, but no less than
 *     the log-odds of any exemplar's answer
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
    double bound) {
  /** The file among a stage's files that has it. */
  static final String FILE = "self-check.json";

  /** Whether the check is used: it tells answers apart at least as well as it must. */
  public boolean used() {
    return pairs > 0 && auc >= minAuc;
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
   * The figures in a sentence, such as {@code AUC 0.53, 95% interval 0.41 to 0.66, of 40 pairs}.
   */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "AUC %.2f, 95%% interval %.2f to %.2f, of %d pairs", auc, low, high, pairs);
  }

  /**
   * The bound between two kinds of log-odds: of the midpoints between neighbours, and what is below
   * and above all, the highest of those with the largest mean of both shares that are told right.
   *
   * @param exemplars log-odds that must not be over the bound
   */
  static double bound(double[] breaking, double[] keeping, List<Double> exemplars) {
    double least = exemplars.stream().mapToDouble(odds -> odds).max().orElse(0);
    double[] all =
        DoubleStream.concat(Arrays.stream(breaking), Arrays.stream(keeping)).sorted().toArray();
    long best = 0;
    double bound = least;
    for (int i = 0; i + 1 < all.length; i++) {
      double middle = (all[i] + all[i + 1]) / 2;
      // The difference of the shares, times both numbers: exact, so that ties are ties.
      long right =
          over(breaking, middle) * keeping.length - over(keeping, middle) * breaking.length;
      if (right >= best && middle >= all[i] && middle < all[i + 1]) {
        best = right;
        bound = middle;
      }
    }
    return exemplars.isEmpty() ? bound : Math.max(bound, least);
  }

  private static long over(double[] odds, double bound) {
    return Arrays.stream(odds).filter(value -> value > bound).count();
  }
}
