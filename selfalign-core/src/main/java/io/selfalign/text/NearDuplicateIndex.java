package io.selfalign.text;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Finds near-duplicates: texts whose ROUGE-L F with a text added before is over a threshold.
 *
 * <pre>{@code
 * NearDuplicateIndex index = NearDuplicateIndex.builder().threshold(0.7).build();
 * seeds.forEach(index::add);
 * for (String candidate : candidates) {
 *   index.addIfNew(candidate).ifPresentOrElse(
 *       match -> System.out.println(candidate + ": F " + match.f() + " with " + match.index()),
 *       () -> kept.add(candidate));
 * }
 * }</pre>
 *
 * <p><b>Exact.</b> Answers are those of comparing with every text added, by {@link RougeL} and its
 * arithmetic: {@code f > threshold}. The match that is told has the highest F, and of several with
 * the same F the one that was added first; answers depend on nothing but the texts and the order in
 * which they were added. A text without tokens has F = 0 with every text, also with itself, and so
 * never matches.
 *
 * <p><b>How.</b> For lengths of m and n tokens there is a smallest number c of common tokens with
 * which F is over the threshold. Pairs that can't have it are left out by ever dearer tests:
 *
 * <ol>
 *   <li>All tokens have one order, rare ones first. When each text's tokens stand in that order,
 *       the first one that two texts share must have at least c - 1 after it in both. So a text is
 *       filed under its first tokens only, as many as can matter for any n, and looked for under
 *       its own first ones; where it is met, lengths and places are tested. Words such as "the" are
 *       hardly ever looked up.
 *   <li>Each token sets one of 128 bits, or more in longer texts. A bit that only one of two texts
 *       has is a token that the other lacks. This takes some ten instructions, and leaves few pairs
 *       but near-duplicates.
 *   <li>Common tokens are counted, in any order.
 *   <li>The longest common subsequence is computed, bit-parallel, and F from it.
 * </ol>
 *
 * <p>The order of tokens is made anew when the number of texts has doubled, or earlier if that is
 * worth its cost, as when a new subject's frequent words count as rare. Answers don't depend on it.
 *
 * <p><b>Cost.</b> Among 100,000 instructions of 30 words an answer takes tens of microseconds, and
 * each takes about half a kilobyte; texts themselves are not kept. Time grows with the number of
 * texts that share a text's rarer words, which near a threshold of 0 are all. Texts of any length
 * work: comparing two of 100,000 words that have most words in common takes a fraction of a second,
 * and far less if they haven't.
 *
 * <p>Safe for use by several threads. Any number may ask at once; adding excludes them for some
 * microseconds, or for the fraction of a second in which a large index makes its order anew.
 */
public final class NearDuplicateIndex {
  /** The threshold of Self-Instruct: texts with an F over it are near-duplicates. */
  public static final double DEFAULT_THRESHOLD = 0.7;

  private final Tokenizer tokenizer;
  private final MinimalLcs minimal;
  private final SearchCounters counters = new SearchCounters();
  private final Lock reading;
  private final Lock writing;

  /** Guarded by the two locks. */
  private final IndexedTexts texts;

  private NearDuplicateIndex(Builder builder) {
    tokenizer = builder.tokenizer;
    minimal = new MinimalLcs(builder.threshold);
    texts = new IndexedTexts(minimal);
    ReadWriteLock lock = new ReentrantReadWriteLock();
    reading = lock.readLock();
    writing = lock.writeLock();
  }

  /** An empty index's options: {@link #DEFAULT_THRESHOLD} and {@link RougeTokenizer#ADAPTIVE}. */
  public static Builder builder() {
    return new Builder();
  }

  /** The F that a match is over. */
  public double threshold() {
    return minimal.threshold();
  }

  /** How many texts were added. */
  public int size() {
    reading.lock();
    try {
      return texts.size();
    } finally {
      reading.unlock();
    }
  }

  /** What was done so far; while other threads ask, approximately. */
  public Statistics statistics() {
    return counters.statistics();
  }

  /** The best match among the texts added so far, if there is one. */
  public Optional<Match> find(String text) {
    List<String> tokens = tokenizer.tokenize(text);
    reading.lock();
    try {
      return search(tokens, 0);
    } finally {
      reading.unlock();
    }
  }

  /**
   * The best match of a text that was added, among all the others.
   *
   * @param index its place in the order of addition, from 0
   * @throws IndexOutOfBoundsException if there is no such text
   */
  public Optional<Match> findOther(int index) {
    reading.lock();
    try {
      Objects.checkIndex(index, texts.size());
      return search(texts.sequence(index), 0, index);
    } finally {
      reading.unlock();
    }
  }

  /** Adds a text, whatever it is like. */
  public void add(String text) {
    List<String> tokens = tokenizer.tokenize(text);
    writing.lock();
    try {
      texts.add(tokens, counters.entries());
    } finally {
      writing.unlock();
    }
  }

  /**
   * Adds a text unless it has a match. Of two threads that bring near-duplicates at the same time,
   * one gets the other's as its match.
   *
   * @return the best match, or nothing if the text was added
   */
  public Optional<Match> addIfNew(String text) {
    List<String> tokens = tokenizer.tokenize(text);
    int seen;
    reading.lock();
    try {
      Optional<Match> match = search(tokens, 0);
      if (match.isPresent()) {
        return match;
      }
      seen = texts.size();
    } finally {
      reading.unlock();
    }
    writing.lock();
    try {
      Optional<Match> match = seen == texts.size() ? Optional.empty() : search(tokens, seen);
      if (match.isEmpty()) {
        texts.add(tokens, counters.entries());
      }
      return match;
    } finally {
      writing.unlock();
    }
  }

  /** Among the texts from index {@code from} on. */
  private Optional<Match> search(List<String> tokens, int from) {
    return search(texts.dictionary().known(tokens), from, NearDuplicateSearch.NONE);
  }

  private Optional<Match> search(int[] sequence, int from, int except) {
    NearDuplicateSearch search = new NearDuplicateSearch(texts, minimal, sequence, from, except);
    Optional<Match> best = search.best();
    counters.add(search);
    return best;
  }

  /**
   * A text that was added and is over the threshold.
   *
   * @param index its place in the order of addition, from 0
   * @param f its ROUGE-L F with the text in question, over the threshold and at most 1
   */
  public record Match(int index, double f) {}

  /**
   * How many comparisons were saved. A pair is a text that was asked about and one of those added
   * before; the figures after the first count what each test has left over, in this order.
   *
   * @param pairs the comparisons that there would be without an index
   * @param lengths pairs whose lengths allow for a match
   * @param rareTokens meetings of a pair under one of its rare tokens, at places that allow for a
   *     match; a pair that shares several may count several times
   * @param bits pairs whose bits allow for a match
   * @param overlaps pairs with enough tokens in common, for each of which a longest common
   *     subsequence was computed
   * @param matches pairs over the threshold
   */
  public record Statistics(
      long pairs, long lengths, long rareTokens, long bits, long overlaps, long matches) {}

  /** Options of an index. Not safe for use by several threads. */
  public static final class Builder {
    private double threshold = DEFAULT_THRESHOLD;
    private Tokenizer tokenizer = RougeTokenizer.ADAPTIVE;

    private Builder() {}

    /**
     * The F that a match must be over. At 0, texts match that share a token; at 1, none do, for F
     * is at most 1.
     *
     * @param threshold between 0 and 1
     * @throws IllegalArgumentException if it isn't
     */
    public Builder threshold(double threshold) {
      if (!(threshold >= 0 && threshold <= 1)) {
        throw new IllegalArgumentException(
            "threshold is " + threshold + ", but must be between 0 and 1");
      }
      this.threshold = threshold;
      return this;
    }

    /** What a text's tokens are. */
    public Builder tokenizer(Tokenizer tokenizer) {
      this.tokenizer = tokenizer;
      return this;
    }

    /** An empty index. */
    public NearDuplicateIndex build() {
      return new NearDuplicateIndex(this);
    }
  }
}
