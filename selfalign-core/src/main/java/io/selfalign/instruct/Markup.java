package io.selfalign.instruct;

import java.util.List;

/** Takes off what models put around a text. */
final class Markup {
  private static final List<String[]> PAIRS =
      List.of(
          new String[] {"**", "**"},
          new String[] {"__", "__"},
          new String[] {"*", "*"},
          new String[] {"_", "_"},
          new String[] {"`", "`"},
          new String[] {"\"", "\""},
          new String[] {"“", "”"},
          new String[] {"«", "»"});

  private Markup() {}

  /** The text without marks that stand around the whole of it and nowhere else in it. */
  static String unwrap(String text) {
    String inner = text.strip();
    for (String[] pair : PAIRS) {
      int length = pair[0].length() + pair[1].length();
      if (inner.length() > length && inner.startsWith(pair[0]) && inner.endsWith(pair[1])) {
        String within = inner.substring(pair[0].length(), inner.length() - pair[1].length());
        if (!within.contains(pair[0]) && !within.contains(pair[1]) && !within.isBlank()) {
          inner = within.strip();
        }
      }
    }
    return inner;
  }
}
