package io.selfalign.text;

/**
 * A text's tokens as bits, of which each token sets one; where a token occurs several times, each
 * occurrence has its own. A bit that one text has and another has not stands for at least one token
 * that they do not share. There are at least four times as many bits as tokens, so that most are
 * not set; a longer text's bits are folded to compare them with a shorter one's. The bits of all
 * texts folded to {@link #NARROW} words stand side by side, where looking at them is cheapest.
 */
final class TokenBits {
  /** The least number of words. */
  static final int NARROW = 2;

  private static final int MOST_WORDS = 1 << 14;

  private TokenBits() {}

  /**
   * The bits of tokens in order, such as {@link TokenDictionary#rarestFirst}.
   *
   * @param length what decides how many bits there are
   */
  static long[] of(long[] ordered, int length) {
    int words = NARROW;
    while (words < MOST_WORDS && words * (long) Long.SIZE < 4L * length) {
      words *= 2;
    }
    long[] bits = new long[words];
    int occurrence = 0;
    for (int i = 0; i < ordered.length; i++) {
      int token = (int) ordered[i];
      occurrence = i > 0 && (int) ordered[i - 1] == token ? occurrence + 1 : 0;
      long hash = token * 0x9E3779B97F4A7C15L + occurrence * 0xD1B54A32D192ED03L;
      int bit = (int) (hash >>> 40);
      bits[(bit >>> 6) & (words - 1)] |= 1L << bit;
    }
    return bits;
  }

  /** Writes a text's bits, folded, to where those of all texts are. */
  static void fold(long[] bits, long[] all, int text) {
    for (int word = 0; word < bits.length; word++) {
      all[text * NARROW + word % NARROW] |= bits[word];
    }
  }

  /** {@link #areSimilar(long[], int, long[], int)} of the folded bits of two texts. */
  static boolean areSimilar(long[] folded, int spare, long[] allFolded, int text, int secondSpare) {
    int at = text * NARROW;
    long low = allFolded[at];
    long high = allFolded[at + 1];
    return Long.bitCount(folded[0] & ~low) + Long.bitCount(folded[1] & ~high) <= spare
        && Long.bitCount(low & ~folded[0]) + Long.bitCount(high & ~folded[1]) <= secondSpare;
  }

  /**
   * Whether the first text has at most {@code firstSpare} bits that the second has not, and the
   * second at most {@code secondSpare} that the first has not.
   */
  static boolean areSimilar(long[] first, int firstSpare, long[] second, int secondSpare) {
    if (first.length > second.length) {
      return areSimilar(second, secondSpare, first, firstSpare);
    }
    int firstLeft = firstSpare;
    int secondLeft = secondSpare;
    for (int word = 0; word < first.length && (firstLeft | secondLeft) >= 0; word++) {
      long one = first[word];
      long other = second[word];
      for (int i = word + first.length; i < second.length; i += first.length) {
        other |= second[i];
      }
      firstLeft -= Long.bitCount(one & ~other);
      secondLeft -= Long.bitCount(other & ~one);
    }
    return firstLeft >= 0 && secondLeft >= 0;
  }
}
