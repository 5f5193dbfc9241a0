package io.selfalign.examples.cli;

import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** An option's value MODEL=FILE: what a model is to be called, and the output of an evaluation. */
record NamedResult(String model, Path file) {
  static NamedResult parse(CommandSpec spec, String result) {
    int equals = result.indexOf('=');
    if (equals < 1 || equals == result.length() - 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--result is '" + result + "', but must be MODEL=FILE, such as base=base.jsonl");
    }
    return new NamedResult(result.substring(0, equals), Path.of(result.substring(equals + 1)));
  }
}
