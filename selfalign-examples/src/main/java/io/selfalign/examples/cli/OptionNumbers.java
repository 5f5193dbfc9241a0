package io.selfalign.examples.cli;

import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** How the values of options that are numbers are read. */
final class OptionNumbers {
  private OptionNumbers() {}

  /** Lets a command and its subcommands tell of a wrong number without Java's names of types. */
  static CommandLine register(CommandLine command) {
    return command
        .registerConverter(int.class, value -> whole(value, Integer::valueOf))
        .registerConverter(Integer.class, value -> whole(value, Integer::valueOf))
        .registerConverter(long.class, value -> whole(value, Long::valueOf))
        .registerConverter(double.class, OptionNumbers::real)
        .registerConverter(Double.class, OptionNumbers::real);
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
}
