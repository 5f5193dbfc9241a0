package io.selfalign.answer;

import io.selfalign.text.RougeL;
import io.selfalign.text.RougeTokenizer;
import java.util.List;
import java.util.Optional;

/**
 * Finds answers that copy what their prompt showed. What a shown text is about is no matter, so
 * that good answers on its subject stay. A copy is
 *
 * <ul>
 *   <li>an answer whose ROUGE-L F with a shown text is over a threshold,
 *   <li>one that has so many words in a row in common with it,
 *   <li>one that has a whole sentence of it, of eight words or more.
 * </ul>
 *
 * <p>What the query says itself is no copy of anything. In scripts without spaces two characters
 * stand for a word in the last of these. Takes time in proportion to the product of both lengths.
 *
 * @param threshold between 0 and 1
 * @param run at least 1
 */
public record ExemplarCopies(double threshold, int run) {
  private static final int LEAST_SENTENCE = 8 * Words.WORD;

  /**
   * A text that the prompt showed.
   *
   * @param id names it for people
   */
  public record Shown(String id, String text) {}

  /**
   * Checks the figures.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public ExemplarCopies {
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "threshold is " + threshold + ", but must be between 0 and 1");
    }
    if (run < 1) {
      throw new IllegalArgumentException("run is " + run + ", but must be 1 up");
    }
  }

  /** What of the shown texts an answer copies, for people; nothing if it doesn't. */
  public Optional<String> find(String query, String answer, List<Shown> shown) {
    List<String> words = RougeTokenizer.UNICODE.tokenize(answer);
    String said = Words.spaced(query);
    String written = " " + Words.join(words) + " ";
    for (Shown text : shown) {
      Optional<String> copy =
          like(words, RougeTokenizer.UNICODE.tokenize(text.text()))
              .or(() -> sentence(text.text(), said, written));
      if (copy.isPresent()) {
        return copy.map(what -> "exemplar '" + text.id() + "', " + what);
      }
    }
    return Optional.empty();
  }

  private Optional<String> like(List<String> answer, List<String> shown) {
    double f = RougeL.between(answer, shown).f();
    if (f > threshold) {
      return Optional.of("F " + Math.round(f * 1000) / 1000.0);
    }
    int common = longestRun(answer, shown);
    return common >= run ? Optional.of(common + " words in a row") : Optional.empty();
  }

  private static Optional<String> sentence(String shown, String said, String written) {
    for (String sentence : Words.sentences(shown)) {
      List<String> words = RougeTokenizer.UNICODE.tokenize(sentence);
      String joined = Words.join(words);
      if (Words.size(words) >= LEAST_SENTENCE
          && Words.says(written, joined)
          && !Words.says(said, joined)) {
        return Optional.of("sentence '" + sentence.strip() + "'");
      }
    }
    return Optional.empty();
  }

  /** The length of the longest sequence of words that both have without gaps. */
  private static int longestRun(List<String> a, List<String> b) {
    int[] previous = new int[b.size() + 1];
    int longest = 0;
    for (String word : a) {
      int[] current = new int[b.size() + 1];
      for (int j = 0; j < b.size(); j++) {
        current[j + 1] = word.equals(b.get(j)) ? previous[j] + 1 : 0;
        longest = Math.max(longest, current[j + 1]);
      }
      previous = current;
    }
    return longest;
  }
}
