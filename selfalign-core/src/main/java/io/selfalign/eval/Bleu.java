package io.selfalign.eval;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * BLEU of one text against one reference (Papineni et al. 2002), as TruthfulQA uses it.
 *
 * <pre>{@code
 * bleu = min(1, exp(1 - r / c)) * (p1 * p2 * p3 * p4) ^ (1/4)
 * }</pre>
 *
 * <p>{@code c} and {@code r} are the tokens of the text and of the reference, {@code pn} is the
 * share of the text's n-grams that the reference has, each counted at most as often as it has it.
 * An order without any is smoothed: the k-th such has {@code pn = 1 / (2^k * n-grams)}. A text of
 * fewer than four tokens, or without a token of the reference, has 0. Tokens are what white space
 * separates, after punctuation, except inside of numbers, and symbols are set apart.
 */
final class Bleu {
  private static final int ORDER = 4;

  private static final Pattern PUNCTUATION_BEHIND = Pattern.compile("(\\P{N})(\\p{P})");
  private static final Pattern PUNCTUATION_BEFORE = Pattern.compile("(\\p{P})(\\P{N})");
  private static final Pattern SYMBOL = Pattern.compile("(\\p{S})");

  private Bleu() {}

  /** From 0 to 1. */
  static double between(String text, String reference) {
    List<String> tokens = tokens(text);
    List<String> wanted = tokens(reference);
    if (tokens.size() < ORDER || wanted.isEmpty()) {
      return 0;
    }
    double logarithms = 0;
    double smoothing = 1;
    for (int n = 1; n <= ORDER; n++) {
      int total = Ngrams.count(tokens.size(), n);
      int common = Ngrams.common(tokens, wanted, n);
      if (common == 0 && n == 1) {
        return 0;
      }
      if (common == 0) {
        smoothing *= 2;
      }
      logarithms += Math.log(common == 0 ? 1 / (smoothing * total) : (double) common / total);
    }
    double brevity = Math.min(0, 1 - (double) wanted.size() / tokens.size());
    return Math.exp(brevity + logarithms / ORDER);
  }

  static List<String> tokens(String text) {
    String spaced = PUNCTUATION_BEHIND.matcher(text).replaceAll("$1 $2 ");
    spaced = PUNCTUATION_BEFORE.matcher(spaced).replaceAll(" $1 $2");
    spaced = SYMBOL.matcher(spaced).replaceAll(" $1 ");
    return Arrays.stream(spaced.strip().split("\\s+")).filter(token -> !token.isEmpty()).toList();
  }
}
