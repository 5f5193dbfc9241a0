package io.selfalign.text;

import io.selfalign.text.NearDuplicateIndex.Match;
import io.selfalign.text.NearDuplicateIndex.Statistics;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks for the best match of one text, by the tests that {@link NearDuplicateIndex} tells of. */
final class NearDuplicateSearch {
  /** Stands for no text. */
  static final int NONE = -1;

  private final IndexedTexts texts;
  private final MinimalLcs minimal;

  /** Ignores texts before this. */
  private final int from;

  /** Ignores this text, unless it is {@link #NONE}. */
  private final int except;

  private final int[] sequence;

  /** The tokens that the index knows, rarest first. */
  private final long[] ordered;

  private final long[] bits;
  private final long[] foldedBits = new long[TokenBits.NARROW];

  /** A match's least number of tokens. */
  private final int shortest;

  /** {@link MinimalLcs#row}. */
  private final short[] neededByLength;

  /** What more than a few searches never need. */
  private @Nullable Comparison comparison;

  private long entries;
  private long rareTokens;
  private long similarBits;
  private long overlaps;
  private long matches;
  private int bestText = NONE;
  private double bestF;

  NearDuplicateSearch(
      IndexedTexts texts, MinimalLcs minimal, int[] sequence, int from, int except) {
    this.texts = texts;
    this.minimal = minimal;
    this.from = from;
    this.except = except;
    this.sequence = sequence;
    ordered = texts.dictionary().rarestFirst(sequence);
    bits = TokenBits.of(ordered, sequence.length);
    TokenBits.fold(bits, foldedBits, 0);
    shortest = minimal.shortest(sequence.length);
    neededByLength = minimal.row(sequence.length);
  }

  /** The match of the highest F, and among equals of the lowest index. */
  Optional<Match> best() {
    int last = ordered.length - shortest;
    for (int i = 0; i <= last; i++) {
      if (i == 0 || ordered[i] != ordered[i - 1]) {
        visit((int) ordered[i], i);
      }
    }
    return bestText < 0 ? Optional.empty() : Optional.of(new Match(bestText, bestF));
  }

  /** What this search did. */
  Statistics statistics() {
    return new Statistics(
        texts.size() - from, compatibleLengths(), rareTokens, similarBits, overlaps, matches);
  }

  /** How many entries of postings it visited. */
  long entries() {
    return entries;
  }

  private int compatibleLengths() {
    int length = sequence.length;
    if (length == 0 || from > 0) {
      return 0; // what comes after a first search is a few texts, and their lengths aren't counted
    }
    return texts.countOfLengths(shortest, minimal.longest(length, length, texts.longest()));
  }

  /** Tests the texts that are filed under a token, which is at {@code place} in the order. */
  private void visit(int token, int place) {
    Postings postings = texts.postings();
    int left = ordered.length - place;
    int longest = minimal.longest(left, sequence.length, texts.longest());
    if (longest >= shortest) {
      int start = postings.firstOfLength(token, shortest);
      int ordered = postings.ordered(token);
      int end = longest >= Postings.LONG ? ordered : postings.firstOfLength(token, longest + 1);
      visit(postings.list(token), start, end, left);
      visit(postings.list(token), ordered, postings.size(token), left);
    }
  }

  private void visit(long[] list, int start, int end, int left) {
    for (int i = start; i < end; i++) {
      long entry = list[i];
      int text = Postings.index(entry);
      int length = Postings.length(entry);
      if (length == Postings.LONG) {
        length = texts.sequence(text).length;
      }
      int needed =
          length < neededByLength.length
              ? neededByLength[length]
              : minimal.of(sequence.length, length);
      if (needed <= left
          && needed <= length - Postings.rarer(entry)
          && text >= from
          && text != except) {
        meet(text, length, needed);
      }
    }
    entries += end - start;
  }

  /** What only one of two texts has must leave enough in common. */
  private void meet(int text, int length, int needed) {
    rareTokens++;
    int spare = ordered.length - needed;
    int secondSpare = length - needed;
    if (TokenBits.areSimilar(foldedBits, spare, texts.foldedBits(), text, secondSpare)
        && !isCompared(text)
        && TokenBits.areSimilar(bits, spare, texts.bits(text), secondSpare)) {
      similarBits++;
      if (comparison == null) {
        comparison = new Comparison();
      }
      comparison.compare(text, needed);
    }
  }

  /** Whether the text was met under another token and passed all tests of bits. */
  private boolean isCompared(int text) {
    return comparison != null && comparison.compared.contains(text);
  }

  /** The text in question, prepared for comparing it with others, each once. */
  private final class Comparison {
    private final TokenSlots slots = TokenSlots.of(sequence);
    private final LcsPattern pattern = new LcsPattern(sequence, slots);
    private final int[] occurrences = new int[slots.size()];
    private final int[] left = new int[slots.size()];
    private final Set<Integer> compared = new HashSet<>();

    Comparison() {
      for (long token : ordered) {
        occurrences[slots.slot((int) token)]++;
      }
    }

    void compare(int text, int needed) {
      compared.add(text);
      int[] other = texts.sequence(text);
      if (!overlapSuffices(other, needed)) {
        return;
      }
      overlaps++;
      double f = RougeL.f(pattern.lcs(other), sequence.length, other.length);
      if (f > minimal.threshold()) {
        matches++;
        if (f > bestF || (f == bestF && text < bestText)) {
          bestF = f;
          bestText = text;
        }
      }
    }

    /** Whether another text has enough tokens in common, in any order. */
    private boolean overlapSuffices(int[] other, int needed) {
      System.arraycopy(occurrences, 0, left, 0, left.length);
      int spare = other.length - needed;
      for (int i = 0; i < other.length && spare >= 0; i++) {
        int slot = slots.slot(other[i]);
        if (slot < 0 || left[slot]-- <= 0) {
          spare--;
        }
      }
      return spare >= 0;
    }
  }
}
