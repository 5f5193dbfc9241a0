package io.selfalign.examples.cli;

import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** How values of options become values of the library. */
final class CommandArguments {
  private CommandArguments() {}

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

  /** Lets a command and its subcommands tell of a wrong number without Java's names of types. */
  static CommandLine withNumbers(CommandLine command) {
    return command
        .registerConverter(int.class, value -> whole(value, Integer::valueOf))
        .registerConverter(Integer.class, value -> whole(value, Integer::valueOf))
        .registerConverter(long.class, value -> whole(value, Long::valueOf))
        .registerConverter(double.class, CommandArguments::real)
        .registerConverter(Double.class, CommandArguments::real);
  }

  private static <T> T whole(String value, Function<String, T> type) {
    try {
      return type.apply(value);
    } catch (NumberFormatException e) {
      if (value.matches("[-+]?\\d+")) {
        throw new TypeConversionException("'" + value + "' is not a number that fits");
      }
      real(value);
      throw new TypeConversionException("'" + value + "' is not a whole number");
    }
  }

  private static double real(String value) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + value + "' is not a number");
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
