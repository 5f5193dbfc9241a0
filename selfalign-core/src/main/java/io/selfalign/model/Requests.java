package io.selfalign.model;

import io.selfalign.internal.data.UnicodeText;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Checks that every backend makes of what it is given. */
public final class Requests {
  private Requests() {}

  /**
   * Checks that the ids of a call's requests are unique.
   *
   * @throws IllegalArgumentException naming the id that occurs twice
   */
  public static <T> void checkUniqueIds(List<T> requests, Function<T, String> id) {
    Set<String> seen = new HashSet<>();
    for (T request : requests) {
      String value = id.apply(request);
      if (!seen.add(value)) {
        throw new IllegalArgumentException(
            "two requests of one call have the id '" + value + "'; ids must be unique in a call");
      }
    }
  }

  /**
   * Checks that a text can be written as UTF-8.
   *
   * @param what how a message names the text
   * @throws IllegalArgumentException if the text has an unpaired surrogate
   */
  public static void checkUnicode(String what, String text) {
    int index = UnicodeText.indexOfUnpairedSurrogate(text);
    if (index >= 0) {
      throw new IllegalArgumentException(
          String.format(
              "%s has an unpaired surrogate U+%04X at index %d; it is not valid Unicode text",
              what, (int) text.charAt(index), index));
    }
  }

  static void checkId(String id) {
    if (id.isBlank()) {
      throw new IllegalArgumentException("a request's id is blank");
    }
    checkUnicode("a request's id", id);
  }

  static void checkPrompt(String id, String prompt) {
    checkText(id, "prompt", prompt);
  }

  static void checkText(String id, String what, String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("request '" + id + "': the " + what + " is empty");
    }
    checkUnicode("request '" + id + "': the " + what, text);
  }
}
