package io.selfalign.internal.data;

/** What a Java string must be to be written as UTF-8. */
public final class UnicodeText {
  private UnicodeText() {}

  /** The index of the first surrogate without its pair, or -1 if the text is valid Unicode. */
  public static int indexOfUnpairedSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
          return i;
        }
        i++;
      }
    }
    return -1;
  }
}
