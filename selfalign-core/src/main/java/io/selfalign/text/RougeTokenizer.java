package io.selfalign.text;

import java.util.ArrayList;
import java.util.List;

/**
 * What ROUGE takes for a text's tokens. All three see plain ASCII texts alike.
 *
 * <p>The way that results are published with, {@link #PUBLISHED}, knows no letters but {@code a} to
 * {@code z}: a text in Chinese, Arabic or Russian has no tokens and is like nothing else, not even
 * itself, and two that share a digit or a product's name have that one token, and are the same.
 * {@link #ADAPTIVE} looks at such texts in full and leaves all others as published.
 *
 * <table>
 * <caption>Tokens</caption>
 * <tr><th>text</th><th>published</th><th>adaptive</th><th>Unicode</th></tr>
 * <tr><td>What's new?</td><td>what s new</td><td>what s new</td><td>what s new</td></tr>
 * <tr><td>a café</td><td>a caf</td><td>a caf</td><td>a café</td></tr>
 * <tr><td>写3首诗</td><td>3</td><td>写 3 首 诗</td><td>写 3 首 诗</td></tr>
 * <tr><td>Что нового?</td><td>(none)</td><td>что нового</td><td>что нового</td></tr>
 * <tr><td>★ ☂</td><td>(none)</td><td>★ ☂</td><td>★ ☂</td></tr>
 * <tr><td>?!</td><td>(none)</td><td>(none)</td><td>(none)</td></tr>
 * </table>
 */
public enum RougeTokenizer implements Tokenizer {
  /**
   * In lower case, the runs of {@code a} to {@code z} and {@code 0} to {@code 9}; everything else
   * separates. It is what Google's {@code rouge_score} does without stemming, character for
   * character.
   */
  PUBLISHED {
    @Override
    public List<String> tokenize(String text) {
      return publishedTokens(text);
    }
  },

  /**
   * As {@link #PUBLISHED}, unless that sees fewer than half of the text's letters, digits and
   * symbols: then as {@link #UNICODE}. Among symbols, those of ASCII do not count. The choice is
   * made for each text by itself, so that its tokens do not depend on what it is compared with.
   */
  ADAPTIVE {
    @Override
    public List<String> tokenize(String text) {
      return UnicodeWords.mostlyOverlooked(text)
          ? UnicodeWords.tokenize(text)
          : publishedTokens(text);
    }
  },

  /**
   * Words of every script, in lower case: runs of letters, their marks, and digits. Han, Kana,
   * Thai, Lao, Khmer and Burmese put no spaces between words: there each character is a token, with
   * its marks. So is each symbol outside of ASCII, among them the code points of emoji; joiners and
   * variation selectors are left out. Punctuation separates. Forms that Unicode calls compatible
   * (NFKC) are the same, such as full-width digits and ordinary ones.
   */
  UNICODE {
    @Override
    public List<String> tokenize(String text) {
      return UnicodeWords.tokenize(text);
    }
  };

  private static final char CAPITAL_I_WITH_DOT = '\u0130';
  private static final char KELVIN_SIGN = '\u212A';

  private static List<String> publishedTokens(String text) {
    List<String> tokens = new ArrayList<>(text.length() / 5 + 1);
    StringBuilder token = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char lower = lowerCaseAscii(c);
      if (lower != 0) {
        token.append(lower);
      }
      // In lower case, the capital I with a dot is an i and a combining dot, which separates.
      if ((lower == 0 || c == CAPITAL_I_WITH_DOT) && !token.isEmpty()) {
        tokens.add(token.toString());
        token.setLength(0);
      }
    }
    if (!token.isEmpty()) {
      tokens.add(token.toString());
    }
    return tokens;
  }

  /**
   * The ASCII letter or digit that a character has in lower case, or 0. Two characters outside of
   * ASCII have one.
   */
  static char lowerCaseAscii(char c) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      return c;
    }
    if (c >= 'A' && c <= 'Z') {
      return (char) (c | 0x20);
    }
    return switch (c) {
      case CAPITAL_I_WITH_DOT -> 'i';
      case KELVIN_SIGN -> 'k';
      default -> 0;
    };
  }
}
