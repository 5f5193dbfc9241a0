package io.selfalign.data;

import io.selfalign.internal.data.UnicodeText;

/** Checks that the records of this package make of their texts. */
final class FieldChecks {
  private FieldChecks() {}

  /**
   * Checks that something can be read in a text, and that it can be written as UTF-8.
   *
   * @throws IllegalArgumentException naming the field and what to change
   */
  static void checkText(String field, String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("field '" + field + "' is blank; write its text");
    }
    int index = UnicodeText.indexOfUnpairedSurrogate(text);
    if (index >= 0) {
      throw new IllegalArgumentException(unpairedSurrogate(field, text, index));
    }
  }

  /**
   * Checks a text that shares a line with others in a prompt.
   *
   * @throws IllegalArgumentException naming the field and what to change
   */
  static void checkLine(String field, String text) {
    checkText(field, text);
    if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
      throw new IllegalArgumentException(
          "field '" + field + "' has a line break; write it on one line");
    }
  }

  /** The message on an unpaired surrogate at an index. */
  static String unpairedSurrogate(String field, String text, int index) {
    return String.format(
        "field '%s' has an unpaired surrogate \\u%04x at index %d; it is not valid Unicode",
        field, (int) text.charAt(index), index);
  }
}
