package io.selfalign.eval;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs of {@code n} tokens that texts have in common. */
final class Ngrams {
  private Ngrams() {}

  /** How many n-grams a text of so many tokens has. */
  static int count(int tokens, int n) {
    return Math.max(0, tokens - n + 1);
  }

  /** How many n-grams are in both, each as often as the one that has it less often. */
  static int common(List<String> first, List<String> second, int n) {
    Map<List<String>, Integer> left = new HashMap<>();
    for (int i = 0; i < count(second.size(), n); i++) {
      left.merge(second.subList(i, i + n), 1, Integer::sum);
    }
    int common = 0;
    for (int i = 0; i < count(first.size(), n); i++) {
      if (left.merge(first.subList(i, i + n), -1, Integer::sum) >= 0) {
        common++;
      }
    }
    return common;
  }

  /**
   * ROUGE-N (Lin 2004): the harmonic mean of the shares that the common n-grams have of each text's
   * own, from 0 to 1; 0 where none is common.
   */
  static double rouge(List<String> text, List<String> reference, int n) {
    int common = common(text, reference, n);
    if (common == 0) {
      return 0;
    }
    double precision = (double) common / count(text.size(), n);
    double recall = (double) common / count(reference.size(), n);
    return 2 * precision * recall / (precision + recall);
  }
}
