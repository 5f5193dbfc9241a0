package io.selfalign.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * ROUGE-L: how much of two token sequences is their longest common subsequence, which is the
 * longest sequence that both hold in order, not necessarily without gaps.
 *
 * <pre>{@code
 * precision = lcs / (tokens of the prediction)
 * recall    = lcs / (tokens of the target)
 * f         = 2 * precision * recall / (precision + recall)
 * }</pre>
 *
 * <p>All three are 0 where nothing is common, as when a text has no tokens. The arithmetic is
 * exactly this, in doubles, from left to right: mathematically {@code f} is {@code 2 * lcs / (m +
 * n)}, but that rounds differently, and comparisons with a threshold such as 0.7 would fall on the
 * other side at about half of the exact ties. Swapping prediction and target swaps precision and
 * recall, and leaves {@code f} as it is to the last bit: doubling is exact, and a product or a sum
 * of two does not depend on their order.
 *
 * <p>The subsequence is found bit-parallel (Crochemore et al. 2001, Hyyrö 2004): {@code m * n / 64}
 * steps at most, and memory in proportion to {@code m + n}.
 *
 * @param precision the common part of the prediction, 0 to 1
 * @param recall the common part of the target, 0 to 1
 * @param f their harmonic mean, 0 to 1
 */
public record RougeL(double precision, double recall, double f) {
  private static final RougeL NOTHING = new RougeL(0, 0, 0);

  /** Checks that all three are between 0 and 1. */
  public RougeL {
    check("precision", precision);
    check("recall", recall);
    check("f", f);
  }

  /** Compares two texts by the tokens of {@link RougeTokenizer#ADAPTIVE}. */
  public static RougeL between(String prediction, String target) {
    return between(
        RougeTokenizer.ADAPTIVE.tokenize(prediction), RougeTokenizer.ADAPTIVE.tokenize(target));
  }

  /** Compares two token sequences. */
  public static RougeL between(List<String> prediction, List<String> target) {
    if (prediction.isEmpty() || target.isEmpty()) {
      return NOTHING;
    }
    Map<String, Integer> numbers = new HashMap<>();
    int[] first = numbered(prediction, numbers);
    int[] second = numbered(target, numbers);
    int common = new LcsPattern(first, TokenSlots.of(first)).lcs(second);
    if (common == 0) {
      return NOTHING;
    }
    return new RougeL(
        (double) common / first.length,
        (double) common / second.length,
        f(common, first.length, second.length));
  }

  /**
   * The F of two sequences of {@code m} and {@code n} tokens, both 1 or more, that have {@code
   * common} tokens in common, in order.
   */
  static double f(int common, int m, int n) {
    if (common == 0) {
      return 0;
    }
    double precision = (double) common / m;
    double recall = (double) common / n;
    return 2 * precision * recall / (precision + recall);
  }

  private static int[] numbered(List<String> tokens, Map<String, Integer> numbers) {
    int[] numbered = new int[tokens.size()];
    int i = 0;
    for (String token : tokens) {
      Integer known = numbers.putIfAbsent(token, numbers.size());
      numbered[i++] = known == null ? numbers.size() - 1 : known;
    }
    return numbered;
  }

  private static void check(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " is " + value + ", but must be between 0 and 1");
    }
  }
}
