package io.selfalign.text;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Words of every script, as {@link RougeTokenizer#UNICODE} describes them. */
final class UnicodeWords {
  /** What a code point does to the token before it. */
  private enum Role {
    /** Continues a word. */
    WORD,
    /** Is a token by itself, with the marks that follow. */
    ALONE,
    /** Belongs to what is before it. */
    MARK,
    /** Ends a token. */
    SEPARATOR,
    /** Is as if it were not there. */
    INVISIBLE
  }

  private UnicodeWords() {}

  /** Whether the published tokens hold fewer than half of the letters, digits and symbols. */
  static boolean mostlyOverlooked(String text) {
    int seen = 0;
    int overlooked = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (RougeTokenizer.lowerCaseAscii(c) != 0) {
        seen++;
      } else if (c >= 0x80) {
        int codePoint = text.codePointAt(i);
        i += Character.charCount(codePoint) - 1;
        Role role = role(codePoint);
        if (role == Role.WORD || role == Role.ALONE) {
          overlooked++;
        }
      }
    }
    return overlooked > seen;
  }

  static List<String> tokenize(String text) {
    String plain = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    List<String> tokens = new ArrayList<>();
    StringBuilder token = new StringBuilder();
    boolean open = false; // whether a word may go on
    int codePoint;
    for (int i = 0; i < plain.length(); i += Character.charCount(codePoint)) {
      codePoint = plain.codePointAt(i);
      Role role = role(codePoint);
      if (role == Role.INVISIBLE) {
        continue;
      }
      boolean continues = role == Role.MARK || (role == Role.WORD && open);
      if (!continues && !token.isEmpty()) {
        tokens.add(token.toString());
        token.setLength(0);
      }
      if (role == Role.WORD || role == Role.ALONE || (role == Role.MARK && !token.isEmpty())) {
        token.appendCodePoint(codePoint);
      }
      open = role == Role.WORD || (role == Role.MARK && open);
    }
    if (!token.isEmpty()) {
      tokens.add(token.toString());
    }
    return tokens;
  }

  private static Role role(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          hasWordsWithoutSpaces(codePoint) ? Role.ALONE : Role.WORD;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          Role.WORD;
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          isVariationSelector(codePoint) ? Role.INVISIBLE : Role.MARK;
      case Character.FORMAT -> Role.INVISIBLE;
      case Character.MATH_SYMBOL,
          Character.CURRENCY_SYMBOL,
          Character.MODIFIER_SYMBOL,
          Character.OTHER_SYMBOL ->
          codePoint < 0x80 ? Role.SEPARATOR : Role.ALONE;
      // Java 17 has no name for emoji of later years.
      case Character.UNASSIGNED, Character.PRIVATE_USE -> Role.ALONE;
      default -> Role.SEPARATOR;
    };
  }

  private static boolean isVariationSelector(int codePoint) {
    return (codePoint >= 0xFE00 && codePoint <= 0xFE0F)
        || (codePoint >= 0xE0100 && codePoint <= 0xE01EF);
  }

  private static boolean hasWordsWithoutSpaces(int codePoint) {
    if (codePoint < 0x0E00) {
      return false; // spares the common scripts the search
    }
    UnicodeScript script = UnicodeScript.of(codePoint);
    return switch (script) {
      case HAN, HIRAGANA, KATAKANA, BOPOMOFO, YI, THAI, LAO, KHMER, MYANMAR, TAI_LE, NEW_TAI_LUE ->
          true;
      // The mark that lengthens a vowel in Katakana, and the like, belong to several scripts.
      case COMMON -> codePoint >= 0x3000 && codePoint <= 0x31FF;
      default -> false;
    };
  }
}
