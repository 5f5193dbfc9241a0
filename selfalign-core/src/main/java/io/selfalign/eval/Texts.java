package io.selfalign.eval;

import io.selfalign.internal.data.UnicodeText;
import java.util.Locale;

/** Checks of texts, and numbers as texts. */
final class Texts {
  private Texts() {}

  /**
   * Checks that something can be read in a text, and that it can be written as UTF-8.
   *
   * @throws IllegalArgumentException naming the field and what to change
   */
  static void check(String field, String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("field '" + field + "' is blank; write its text");
    }
    int index = UnicodeText.indexOfUnpairedSurrogate(text);
    if (index >= 0) {
      throw new IllegalArgumentException(
          "field '" + field + "' has an unpaired surrogate at index " + index);
    }
  }

  /** A figure with four decimals. */
  static String figure(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  /** A difference with four decimals and its sign. */
  static String signed(double value) {
    return String.format(Locale.ROOT, "%+.4f", value);
  }
}
