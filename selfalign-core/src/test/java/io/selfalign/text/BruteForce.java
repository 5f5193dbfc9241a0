package io.selfalign.text;

import io.selfalign.text.NearDuplicateIndex.Match;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an index must answer: every text compared with every other, by the textbook's tables. */
final class BruteForce {
  private final double threshold;
  private final Tokenizer tokenizer;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<int[]> texts = new ArrayList<>();

  BruteForce(double threshold, Tokenizer tokenizer) {
    this.threshold = threshold;
    this.tokenizer = tokenizer;
  }

  Optional<Match> find(String text) {
    return find(text, texts.size());
  }

  /** The best match among the first {@code size} texts. */
  Optional<Match> find(String text, int size) {
    int[] tokens = tokens(text);
    Optional<Match> best = Optional.empty();
    for (int i = 0; i < size; i++) {
      double f = f(tokens, texts.get(i));
      if (f > threshold && (best.isEmpty() || f > best.get().f())) {
        best = Optional.of(new Match(i, f));
      }
    }
    return best;
  }

  void add(String text) {
    texts.add(tokens(text));
  }

  Optional<Match> addIfNew(String text) {
    Optional<Match> match = find(text);
    if (match.isEmpty()) {
      add(text);
    }
    return match;
  }

  private synchronized int[] tokens(String text) {
    return tokenizer.tokenize(text).stream()
        .mapToInt(token -> numbers.computeIfAbsent(token, key -> numbers.size()))
        .toArray();
  }

  static double f(int[] first, int[] second) {
    int common = lcs(first, second);
    if (common == 0) {
      return 0;
    }
    double precision = (double) common / first.length;
    double recall = (double) common / second.length;
    return 2 * precision * recall / (precision + recall);
  }

  static int lcs(int[] first, int[] second) {
    int[] row = new int[second.length + 1];
    for (int token : first) {
      int diagonal = 0;
      for (int j = 1; j < row.length; j++) {
        int above = row[j];
        row[j] = token == second[j - 1] ? diagonal + 1 : Math.max(above, row[j - 1]);
        diagonal = above;
      }
    }
    return row[second.length];
  }
}
