package io.selfalign.djl.internal.decode;

import io.selfalign.djl.internal.program.LogitEdits;
import io.selfalign.model.GenerationOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Counts the n-grams of one generation and turns them into logit penalties: for each order n with a
 * penalty, {@code penalty x count} is taken from every token that would complete an n-gram that has
 * occurred, if the token starts a word.
 */
final class NgramCounts {
  private final double[] penalties = new double[GenerationOptions.MAX_NGRAM];

  /** For each order n, from the n-1 tokens before to the counts of the tokens that followed. */
  private final Map<List<Integer>, Map<Integer, Integer>> followers = new HashMap<>();

  NgramCounts(GenerationOptions options) {
    for (int n = 1; n <= penalties.length; n++) {
      penalties[n - 1] = options.ngramPenalty(n);
    }
  }

  static boolean needed(GenerationOptions options) {
    for (int n = 1; n <= GenerationOptions.MAX_NGRAM; n++) {
      if (options.ngramPenalty(n) != 0) {
        return true;
      }
    }
    return false;
  }

  /** Counts the n-grams that the last of the generated tokens completes. */
  void count(List<Integer> generated) {
    int last = generated.size() - 1;
    for (int n = 1; n <= penalties.length && n <= generated.size(); n++) {
      if (penalties[n - 1] != 0) {
        List<Integer> before = List.copyOf(generated.subList(last - n + 1, last));
        followers
            .computeIfAbsent(before, key -> new HashMap<>())
            .merge(generated.get(last), 1, Integer::sum);
      }
    }
  }

  /** Adds the penalties for the token after the generated ones. */
  void penalise(List<Integer> generated, int row, IntPredicate startsWord, LogitEdits edits) {
    int size = generated.size();
    for (int n = 1; n <= penalties.length && n - 1 <= size; n++) {
      double penalty = penalties[n - 1];
      if (penalty == 0) {
        continue;
      }
      followers
          .getOrDefault(generated.subList(size - n + 1, size), Map.of())
          .forEach(
              (token, count) -> {
                if (startsWord.test(token)) {
                  edits.add(row, token, -penalty * count);
                }
              });
    }
  }
}
