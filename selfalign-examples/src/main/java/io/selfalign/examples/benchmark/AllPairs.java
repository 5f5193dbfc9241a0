package io.selfalign.examples.benchmark;

import io.selfalign.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an index is measured against: near-duplicates by comparing each text with every one kept
 * before. It is no slower than that must be: tokens are numbers, the subsequence is found
 * bit-parallel, and a pair whose lengths rule it out costs a division.
 */
final class AllPairs {
  private final double threshold;
  private final Tokenizer tokenizer;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<int[]> kept = new ArrayList<>();
  private long[][] masks = new long[1 << 16][];
  private long pairs;

  AllPairs(double threshold, Tokenizer tokenizer) {
    this.threshold = threshold;
    this.tokenizer = tokenizer;
  }

  /** How many pairs there were. */
  long pairs() {
    return pairs;
  }

  /** Whether the text is like none kept before; it is kept then. */
  boolean addIfNew(String text) {
    int[] tokens =
        tokenizer.tokenize(text).stream()
            .mapToInt(token -> numbers.computeIfAbsent(token, key -> numbers.size()))
            .toArray();
    pairs += kept.size();
    if (numbers.size() > masks.length) {
      masks = Arrays.copyOf(masks, 2 * numbers.size());
    }
    int words = (tokens.length + 63) >>> 6;
    for (int i = 0; i < tokens.length; i++) {
      if (masks[tokens[i]] == null) {
        masks[tokens[i]] = new long[words];
      }
      masks[tokens[i]][i >>> 6] |= 1L << i;
    }
    boolean isNew = kept.stream().noneMatch(other -> isOver(tokens.length, words, other));
    for (int token : tokens) {
      masks[token] = null;
    }
    if (isNew) {
      kept.add(tokens);
    }
    return isNew;
  }

  private boolean isOver(int length, int words, int[] other) {
    int most = Math.min(length, other.length);
    return f(most, length, other.length) > threshold
        && f(lcs(length, words, other), length, other.length) > threshold;
  }

  private int lcs(int length, int words, int[] other) {
    long[] state = new long[words];
    Arrays.fill(state, -1);
    for (int token : other) {
      long[] mask = masks[token];
      if (mask != null) {
        long carry = 0;
        for (int word = 0; word < words; word++) {
          long before = state[word];
          long places = before & mask[word];
          long sum = before + places + carry;
          carry = ((before & places) | ((before | places) & ~sum)) >>> 63;
          state[word] = sum | (before & ~mask[word]);
        }
      }
    }
    int common = 0;
    for (int i = 0; i < length; i++) {
      common += (int) (~state[i >>> 6] >>> i & 1);
    }
    return common;
  }

  private static double f(int common, int m, int n) {
    double precision = (double) common / m;
    double recall = (double) common / n;
    return common == 0 ? 0 : 2 * precision * recall / (precision + recall);
  }
}
