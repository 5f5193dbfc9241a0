package io.selfalign.answer;

import io.selfalign.pipeline.Settings;
import io.selfalign.text.RougeL;
import io.selfalign.text.RougeTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds answers that copy what their prompt showed. What a shown text is about is no matter, so
 * that good answers on its subject stay. A copy is
 *
 * <ul>
 *   <li>an answer whose ROUGE-L F with a shown text is over a threshold,
 *   <li>one that has so many words in a row in common with it,
 *   <li>one that has a whole sentence of it, if that has enough words.
 * </ul>
 *
 * <p>What the query says itself is no copy of anything. In scripts without spaces two characters
 * stand for a word in the last of these. Takes time in proportion to the product of both lengths.
 *
 * @param threshold between 0 and 1
 * @param run at least 1
 * @param sentence the fewest words of a sentence, at least 1
 */
public record ExemplarCopies(double threshold, int run, int sentence) {
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
    if (sentence < 1) {
      throw new IllegalArgumentException("sentence is " + sentence + ", but must be 1 up");
    }
  }

  /** The figures. */
  public Settings settings() {
    return Settings.builder()
        .add("threshold", threshold)
        .add("run", run)
        .add("sentence", sentence)
        .build();
  }

  /** What of the shown texts an answer copies, for people; nothing if it doesn't. */
  public Optional<String> find(String query, String answer, List<Shown> shown) {
    String said = Words.spaced(query);
    List<String> words = unsaid(answer, said);
    String written = " " + Words.join(words) + " ";
    for (Shown text : shown) {
      Optional<String> copy =
          like(words, RougeTokenizer.UNICODE.tokenize(text.text()), said)
              .or(() -> wholeSentence(text.text(), said, written));
      if (copy.isPresent()) {
        return copy.map(what -> "exemplar '" + text.id() + "', " + what);
      }
    }
    return Optional.empty();
  }

  /** The words of an answer without the sentences that the query has too. */
  private static List<String> unsaid(String answer, String said) {
    List<String> words = new ArrayList<>();
    for (String sentence : Words.sentences(answer)) {
      List<String> tokens = RougeTokenizer.UNICODE.tokenize(sentence);
      if (!Words.says(said, Words.join(tokens))) {
        words.addAll(tokens);
      }
    }
    return words;
  }

  private Optional<String> like(List<String> answer, List<String> shown, String said) {
    double f = RougeL.between(answer, shown).f();
    if (f > threshold) {
      return Optional.of("F " + Math.round(f * 1000) / 1000.0);
    }
    int common = longestRun(answer, shown, said);
    return common >= run ? Optional.of(common + " words in a row") : Optional.empty();
  }

  private Optional<String> wholeSentence(String shown, String said, String written) {
    for (String candidate : Words.sentences(shown)) {
      List<String> words = RougeTokenizer.UNICODE.tokenize(candidate);
      String joined = Words.join(words);
      if (Words.size(words) >= sentence * Words.WORD
          && Words.says(written, joined)
          && !Words.says(said, joined)) {
        return Optional.of("sentence '" + candidate.strip() + "'");
      }
    }
    return Optional.empty();
  }

  /** The length of the longest sequence that both have without gaps and the query has not. */
  private static int longestRun(List<String> a, List<String> b, String said) {
    int[] previous = new int[b.size() + 1];
    int longest = 0;
    for (String word : a) {
      int[] current = new int[b.size() + 1];
      for (int j = 0; j < b.size(); j++) {
        current[j + 1] = word.equals(b.get(j)) ? previous[j] + 1 : 0;
        if (current[j + 1] > longest
            && !Words.says(said, Words.join(b.subList(j + 1 - current[j + 1], j + 1)))) {
          longest = current[j + 1];
        }
      }
      previous = current;
    }
    return longest;
  }
}
