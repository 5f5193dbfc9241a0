package io.selfalign.report;

import java.util.Locale;

/** Texts of models and users as the page gets them: of bounded length, in valid Unicode. */
final class ShownText {
  private static final char REPLACEMENT = '\uFFFD';

  private ShownText() {}

  /** A text of at most so many characters; if it is longer, with its length. */
  static String clip(String text, int most) {
    String valid = withoutUnpairedSurrogates(text);
    if (valid.length() <= most) {
      return valid;
    }
    int end = Character.isHighSurrogate(valid.charAt(most - 1)) ? most - 1 : most;
    return valid.substring(0, end)
        + String.format(Locale.ROOT, "… (%,d characters in all)", valid.length());
  }

  /** A short text on one line, without control and format characters, for a chart's label. */
  static String label(String text, int most) {
    StringBuilder label = new StringBuilder();
    withoutUnpairedSurrogates(text)
        .codePoints()
        .limit(4L * most)
        .map(c -> isInvisible(c) ? ' ' : c)
        .forEach(label::appendCodePoint);
    String line = label.toString().strip().replaceAll("\\s+", " ");
    return line.codePointCount(0, line.length()) <= most
        ? line
        : line.substring(0, line.offsetByCodePoints(0, most - 1)) + "…";
  }

  private static boolean isInvisible(int c) {
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  private static String withoutUnpairedSurrogates(String text) {
    StringBuilder valid = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? REPLACEMENT : c)
        .forEach(valid::appendCodePoint);
    return valid.toString();
  }
}
