package io.selfalign.text;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tokens of an index as numbers from 0, and the order in which they are looked for: rare ones
 * first. That order is fixed at certain moments only ({@link #rankAnew}), for everything that is
 * indexed must follow the same one; in between, what is new counts as rarest.
 *
 * <p>As safe for use by several threads as a {@link HashMap}: many may read, one alone may write.
 */
final class TokenDictionary {
  /** What stands for a token that isn't known. */
  static final int UNKNOWN = -1;

  private final Map<String, Integer> numbers = new HashMap<>();

  /** In how many texts each token occurs. */
  private int[] frequencies = new int[1 << 10];

  private int[] ranks = new int[1 << 10];

  int size() {
    return numbers.size();
  }

  /** The numbers of a text's tokens, {@link #UNKNOWN} where they have none. */
  int[] known(List<String> tokens) {
    int[] known = new int[tokens.size()];
    int i = 0;
    for (String token : tokens) {
      known[i++] = numbers.getOrDefault(token, UNKNOWN);
    }
    return known;
  }

  /** The numbers of a text's tokens, which get one where they have none. */
  int[] numbered(List<String> tokens) {
    int[] numbered = new int[tokens.size()];
    int i = 0;
    for (String token : tokens) {
      Integer known = numbers.putIfAbsent(token, numbers.size());
      numbered[i++] = known == null ? admit() : known;
    }
    return numbered;
  }

  private int admit() {
    int token = numbers.size() - 1;
    if (token == ranks.length) {
      ranks = Arrays.copyOf(ranks, 2 * token);
      frequencies = Arrays.copyOf(frequencies, 2 * token);
    }
    ranks[token] = -1 - token;
    return token;
  }

  /** Counts one more text, whose tokens are in {@link #rarestFirst} order. */
  void count(long[] ordered) {
    for (int i = 0; i < ordered.length; i++) {
      if (i == 0 || ordered[i] != ordered[i - 1]) {
        frequencies[(int) ordered[i]]++;
      }
    }
  }

  /**
   * A text's known tokens in the order of their ranks, rarest first; a token that occurs several
   * times stands as often. The lower half of each is the token.
   */
  long[] rarestFirst(int[] tokens) {
    long[] ordered = new long[tokens.length];
    int size = 0;
    for (int token : tokens) {
      if (token != UNKNOWN) {
        ordered[size++] = (long) ranks[token] << 32 | token;
      }
    }
    Arrays.sort(ordered, 0, size);
    return size == ordered.length ? ordered : Arrays.copyOf(ordered, size);
  }

  /** Ranks all tokens by how many texts they occur in. */
  void rankAnew() {
    long[] byFrequency = new long[numbers.size()];
    for (int token = 0; token < byFrequency.length; token++) {
      byFrequency[token] = (long) frequencies[token] << 32 | token;
    }
    Arrays.sort(byFrequency);
    for (int rank = 0; rank < byFrequency.length; rank++) {
      ranks[(int) byFrequency[rank]] = rank;
    }
  }
}
