package io.selfalign.text;

import java.util.Arrays;

/**
 * For every token, the texts that have it among their rarest. An entry is one {@code long}, from
 * the top: the text's length in tokens, how many of its tokens are rarer, and its index. What does
 * not fit its bits stands as the largest number that does, and a reader must allow for that.
 *
 * <p>A list is in ascending order, and so by length, but for its end, which is put in order when it
 * has grown to an eighth of the rest: adding stays cheap, and a reader who needs certain lengths
 * skips most of the others.
 *
 * <p>Many threads may read, one alone may write.
 */
final class Postings {
  /** A length from which on the text itself must be asked. */
  static final int LONG = (1 << 19) - 1;

  private static final int LENGTH_SHIFT = 44;
  private static final int RARER_SHIFT = 32;
  private static final int MOST_RARER = (1 << (LENGTH_SHIFT - RARER_SHIFT)) - 1;

  /** So many entries are not worth an order. */
  private static final int FEW = 16;

  private static final long[] NONE = {};

  private long[][] lists = new long[0][];
  private int[] sizes = {};
  private int[] ordered = {};

  static int index(long entry) {
    return (int) entry;
  }

  /** The text's length, or {@link #LONG} if it is that or more. */
  static int length(long entry) {
    return (int) (entry >>> LENGTH_SHIFT);
  }

  /** How many of the text's tokens are rarer, or fewer than that. */
  static int rarer(long entry) {
    return (int) (entry >>> RARER_SHIFT) & MOST_RARER;
  }

  /** The token's entries: the first {@link #size} of the array. Not to be changed. */
  long[] list(int token) {
    return token < lists.length ? lists[token] : NONE;
  }

  int size(int token) {
    return token < sizes.length ? sizes[token] : 0;
  }

  /** How many of the token's entries are in order. */
  int ordered(int token) {
    return token < ordered.length ? ordered[token] : 0;
  }

  /** Among the entries in order, where those of texts with a length, or a greater one, begin. */
  int firstOfLength(int token, int length) {
    int place =
        Arrays.binarySearch(
            list(token), 0, ordered(token), (long) Math.min(length, LONG) << LENGTH_SHIFT);
    return place < 0 ? -1 - place : place;
  }

  void add(int token, int index, int length, int rarer) {
    makeRoom(token);
    lists[token][sizes[token]++] =
        (long) Math.min(length, LONG) << LENGTH_SHIFT
            | (long) Math.min(rarer, MOST_RARER) << RARER_SHIFT
            | index;
    if (sizes[token] - ordered[token] > FEW + ordered[token] / 8) {
      Arrays.sort(lists[token], 0, sizes[token]);
      ordered[token] = sizes[token];
    }
  }

  private void makeRoom(int token) {
    if (token >= lists.length) {
      int filled = lists.length;
      int capacity = Math.max(token + 1, filled + (filled >> 1));
      lists = Arrays.copyOf(lists, capacity);
      Arrays.fill(lists, filled, capacity, NONE);
      sizes = Arrays.copyOf(sizes, capacity);
      ordered = Arrays.copyOf(ordered, capacity);
    }
    int size = sizes[token];
    if (size == lists[token].length) {
      lists[token] = Arrays.copyOf(lists[token], size == 0 ? 1 : size + (size >> 1) + 1);
    }
  }
}
