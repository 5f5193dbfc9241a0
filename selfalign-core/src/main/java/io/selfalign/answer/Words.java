package io.selfalign.answer;

import io.selfalign.text.RougeTokenizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A text's words in lower case, and which of them begin a sentence or a line. In scripts that put
 * no spaces between words each character is a word; two of them count as one.
 */
record Words(List<String> tokens, BitSet starts) {
  /** What a word adds to the size of a run. */
  static final int WORD = 2;

  /** What a character of a script without spaces adds. */
  private static final int CHARACTER = 1;

  private static final int FIRST_WITHOUT_SPACES = 0x0E00;

  private static final Pattern SENTENCE_END =
      Pattern.compile("(?<=[.!?…:;])[\"'”’)\\]*_]*\\s+|(?<=[。！？：；])|\\R");

  private static final Pattern STATEMENT_END =
      Pattern.compile("(?<=[.!?…])[\"'”’)\\]*_]*\\s+|(?<=[。！？])|\\R");

  static Words of(String text) {
    List<String> tokens = new ArrayList<>();
    BitSet starts = new BitSet();
    for (String sentence : sentences(text)) {
      List<String> words = RougeTokenizer.UNICODE.tokenize(sentence);
      if (!words.isEmpty()) {
        starts.set(tokens.size());
        tokens.addAll(words);
      }
    }
    return new Words(tokens, starts);
  }

  /** Sentences that may have colons and semicolons in them. */
  static List<String> statements(String text) {
    return STATEMENT_END.splitAsStream(text).filter(sentence -> !sentence.isBlank()).toList();
  }

  static List<String> sentences(String text) {
    return SENTENCE_END.splitAsStream(text).filter(sentence -> !sentence.isBlank()).toList();
  }

  /** Twice the number of words, a character of a script without spaces being half a word. */
  static int size(List<String> words) {
    return words.stream().mapToInt(Words::size).sum();
  }

  static int size(String word) {
    int first = word.codePointAt(0);
    boolean single = word.codePointCount(0, word.length()) == 1;
    return single && first >= FIRST_WITHOUT_SPACES && Character.isLetter(first) ? CHARACTER : WORD;
  }

  static String join(List<String> words) {
    return String.join(" ", words);
  }

  /** The text as words between spaces, in which {@link #says} looks for others. */
  static String spaced(String text) {
    return " " + join(RougeTokenizer.UNICODE.tokenize(text)) + " ";
  }

  static boolean says(String spaced, String words) {
    return spaced.contains(" " + words + " ");
  }
}
