package io.selfalign.examples.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** How values of options become values of the library. */
final class OptionValues {
  private OptionValues() {}

  /**
   * Hands an option's value to the library, which checks it.
   *
   * @throws ParameterException with the option's name in place of the library's
   */
  static void set(CommandSpec spec, String option, Runnable setting) {
    try {
      setting.run();
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      int is = message.indexOf(" is ");
      throw new ParameterException(
          spec.commandLine(), is < 0 ? option + ": " + message : option + message.substring(is), e);
    }
  }

  /**
   * Checks an option that the library doesn't.
   *
   * @throws ParameterException naming the option, its value and what it must be
   */
  static void checkAtLeast(CommandSpec spec, String option, int value, int least) {
    if (value < least) {
      throw new ParameterException(
          spec.commandLine(), option + " is " + value + ", but must be " + least + " or more");
    }
  }

  /**
   * A text in which {@code \n}, {@code \t} and {@code \\} stand for a line feed, a tab and a
   * backslash.
   */
  static String unescape(String text) {
    if (text.contains("\uFFFD")) {
      throw new TypeConversionException(
          "'" + text + "' has characters that are lost in this locale; set LC_ALL=C.UTF-8");
    }
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
        c = unescape(text, i);
      }
      plain.append(c);
    }
    return plain.toString();
  }

  private static char unescape(String text, int i) {
    String escape = text.substring(i, Math.min(text.length(), i + 1));
    return switch (escape) {
      case "n" -> '\n';
      case "t" -> '\t';
      case "\\" -> '\\';
      default ->
          throw new TypeConversionException(
              "'" + text + "' has '\\" + escape + "'; use \\n, \\t or \\\\ for a backslash");
    };
  }
}
