package io.selfalign.text;

import java.util.Arrays;
import java.util.List;

/**
 * The texts of a {@link NearDuplicateIndex} as token numbers, filed under their rarest tokens.
 *
 * <p>Many threads may read, one alone may add.
 */
final class IndexedTexts {
  private static final int FIRST_RANKING = 64;

  /** Ranking anew costs about as much as visiting this many entries for each token held. */
  private static final long ENTRIES_PER_TOKEN = 64;

  private final MinimalLcs minimal;
  private final TokenDictionary dictionary = new TokenDictionary();
  private Postings postings = new Postings();

  private int[][] sequences = new int[FIRST_RANKING][];
  private long[][] bits = new long[FIRST_RANKING][];
  private long[] foldedBits = new long[FIRST_RANKING * TokenBits.NARROW];

  /** How many texts have each length. */
  private int[] lengths = new int[FIRST_RANKING];

  private int size;
  private long tokens;
  private int sizeAtRanking = FIRST_RANKING / 2;
  private long entriesAtRanking;

  IndexedTexts(MinimalLcs minimal) {
    this.minimal = minimal;
  }

  int size() {
    return size;
  }

  TokenDictionary dictionary() {
    return dictionary;
  }

  Postings postings() {
    return postings;
  }

  /** A text's token numbers. Not to be changed. */
  int[] sequence(int text) {
    return sequences[text];
  }

  /** A text's {@link TokenBits}. Not to be changed. */
  long[] bits(int text) {
    return bits[text];
  }

  /** The {@link TokenBits} of all texts, folded. Not to be changed. */
  long[] foldedBits() {
    return foldedBits;
  }

  /** How many texts have a length in a range, both ends included. */
  int countOfLengths(int shortest, int longest) {
    int count = 0;
    for (int length = shortest; length <= Math.min(longest, lengths.length - 1); length++) {
      count += lengths[length];
    }
    return count;
  }

  /** The greatest length that a text may have. */
  int longest() {
    return lengths.length - 1;
  }

  /**
   * Adds a text.
   *
   * @param entries how many entries of postings were visited so far: what tells whether the order
   *     of tokens still serves
   */
  void add(List<String> words, long entries) {
    int[] sequence = dictionary.numbered(words);
    long[] ordered = dictionary.rarestFirst(sequence);
    makeRoom(sequence.length);
    sequences[size] = sequence;
    lengths[sequence.length]++;
    bits[size] = TokenBits.of(ordered, ordered.length);
    TokenBits.fold(bits[size], foldedBits, size);
    dictionary.count(ordered);
    file(size, ordered);
    size++;
    tokens += sequence.length;
    if (rankingIsDue(entries)) {
      rankAnew();
      entriesAtRanking = entries;
    }
  }

  private void makeRoom(int length) {
    if (size == sequences.length) {
      sequences = Arrays.copyOf(sequences, 2 * size);
      bits = Arrays.copyOf(bits, 2 * size);
      foldedBits = Arrays.copyOf(foldedBits, 2 * size * TokenBits.NARROW);
    }
    if (length >= lengths.length) {
      lengths = Arrays.copyOf(lengths, Math.max(length + 1, 2 * lengths.length));
    }
  }

  /** Enters a text under as many of its rarest tokens as can matter. */
  private void file(int text, long[] ordered) {
    int length = ordered.length;
    int last = length == 0 ? -1 : length - minimal.shortest(length);
    for (int i = 0; i <= last; i++) {
      if (i == 0 || ordered[i] != ordered[i - 1]) {
        postings.add((int) ordered[i], text, length, i);
      }
    }
  }

  private boolean rankingIsDue(long entries) {
    return size >= 2 * sizeAtRanking
        || (size - sizeAtRanking > sizeAtRanking / 8
            && entries - entriesAtRanking > ENTRIES_PER_TOKEN * tokens);
  }

  private void rankAnew() {
    dictionary.rankAnew();
    postings = new Postings();
    for (int text = 0; text < size; text++) {
      file(text, dictionary.rarestFirst(sequences[text]));
    }
    sizeAtRanking = size;
  }
}
