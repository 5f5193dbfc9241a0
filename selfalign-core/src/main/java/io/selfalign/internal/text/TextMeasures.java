package io.selfalign.internal.text;

import io.selfalign.text.RougeTokenizer;

/** Figures of a text. */
public final class TextMeasures {
  private static final char NEXT_LINE = '\u0085';

  private TextMeasures() {}

  /**
   * How many words a text has: runs of anything but white space, as Unicode defines it, no-break
   * spaces included. It is what {@code len(text.split())} is in Python. In scripts that put no
   * spaces between words a sentence is one; there, count the tokens of {@link
   * RougeTokenizer#UNICODE}.
   */
  public static int countWords(String text) {
    int words = 0;
    boolean inWord = false;
    for (int i = 0; i < text.length(); i++) {
      boolean space = isSpace(text.charAt(i));
      if (!space && !inWord) {
        words++;
      }
      inWord = !space;
    }
    return words;
  }

  /** No white space lies outside of the first plane, so that characters suffice. */
  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == NEXT_LINE;
  }
}
