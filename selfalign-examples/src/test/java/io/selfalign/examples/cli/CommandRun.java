package io.selfalign.examples.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

/** What one run of the command line left behind. */
record CommandRun(int status, String out, String err) {
  static CommandRun of(ModelOpener models, String in, String... args) {
    return of(models, in.getBytes(UTF_8), args);
  }

  static CommandRun of(ModelOpener models, byte[] in, String... args) {
    return of(models, in, false, args);
  }

  /** A run whose standard error somebody watches. */
  static CommandRun watched(ModelOpener models, String in, String... args) {
    return of(models, in.getBytes(UTF_8), true, args);
  }

  private static CommandRun of(ModelOpener models, byte[] in, boolean watched, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        SelfAlignCli.run(
            models,
            new ByteArrayInputStream(in),
            out,
            new PrintStream(err, true, UTF_8),
            watched,
            args);
    return new CommandRun(status, out.toString(UTF_8), err.toString(UTF_8));
  }

  List<JsonLine> records() {
    return JsonLines.read(new ByteArrayInputStream(out.getBytes(UTF_8)), "out").stream().toList();
  }
}
