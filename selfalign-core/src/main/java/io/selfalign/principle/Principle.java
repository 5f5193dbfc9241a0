package io.selfalign.principle;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A principle that an assistant keeps to. Its number is its place in a {@link PrincipleSet}.
 *
 * @param name what it is called, such as {@code candor}: one line without brackets
 * @param text what the principle says, in one or two sentences on one line; {@code {persona}}
 *     stands for the assistant's name
 */
public record Principle(String name, String text) {
  private static final Pattern NAME = Pattern.compile("[^(){}\\r\\n]+");
  private static final Pattern LINE_BREAK = Pattern.compile("\\R");

  /**
   * Checks the principle; white space around name and text is taken away.
   *
   * @throws IllegalArgumentException if name or text is blank, has a line break, or the name has
   *     brackets or is a number
   */
  public Principle {
    name = name.strip();
    text = text.strip();
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a principle's name is blank; give it one, as 'candor'");
    }
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the principle's name '" + name + "' has brackets or a line break; leave them out");
    }
    if (name.chars().allMatch(Character::isDigit)) {
      throw new IllegalArgumentException(
          "the principle's name '" + name + "' is a number; numbers are given by the set");
    }
    if (text.isEmpty()) {
      throw new IllegalArgumentException(
          "the text of principle '" + name + "' is blank; write what it says");
    }
    if (LINE_BREAK.matcher(text).find()) {
      throw new IllegalArgumentException(
          "the text of principle '" + name + "' has a line break; write it on one line");
    }
  }

  /** Whether this is meant by a name, whose case, hyphens and spaces do not matter. */
  boolean isNamed(String other) {
    return key(name).equals(key(other));
  }

  /** What two spellings of one name have in common: "Step by step" and "step-by-step". */
  static String key(String name) {
    return name.toLowerCase(Locale.ROOT)
        .replace("&", " and ")
        .replaceAll("[\\s\\p{Pd}_]+", " ")
        .strip();
  }
}
