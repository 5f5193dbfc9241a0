package io.selfalign.internal.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * MTLD, the measure of textual lexical diversity (McCarthy and Jarvis, 2010): the mean length, in
 * words, of stretches in which the share of different words stays at {@value #SHARE} or above. It
 * hardly depends on a text's length. Written English has 40 to 120; a small model that goes round
 * in circles without repeating itself word for word has under 20.
 */
public final class LexicalDiversity {
  /** A stretch ends where the share of different words falls below this. */
  private static final double SHARE = 0.72;

  private LexicalDiversity() {}

  /**
   * The mean of reading forwards and backwards, or nothing if no word is written. Takes time in
   * proportion to the number of words.
   *
   * @param words in lower case
   */
  public static OptionalDouble mtld(List<String> words) {
    if (words.isEmpty()) {
      return OptionalDouble.empty();
    }
    List<String> backwards = new ArrayList<>(words);
    Collections.reverse(backwards);
    return OptionalDouble.of((stretch(words) + stretch(backwards)) / 2);
  }

  private static double stretch(List<String> words) {
    double stretches = 0;
    int length = 0;
    Set<String> different = new HashSet<>();
    for (String word : words) {
      different.add(word);
      length++;
      if ((double) different.size() / length < SHARE) {
        stretches++;
        length = 0;
        different.clear();
      }
    }
    if (length > 0) { // the last one counts as far as it has come
      stretches += (1 - (double) different.size() / length) / (1 - SHARE);
    }
    return stretches == 0 ? words.size() : words.size() / stretches;
  }
}
