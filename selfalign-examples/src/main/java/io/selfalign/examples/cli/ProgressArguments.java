package io.selfalign.examples.cli;

import java.io.PrintStream;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option of every command that may take long. */
final class ProgressArguments {
  private final PrintStream err;
  private final boolean watched;

  @Option(
      names = "--progress",
      negatable = true,
      description =
          "Show on standard error how far the command is, or don't. Default: only where that is a"
              + " terminal and standard output is not.")
  private @Nullable Boolean progress;

  /** For a standard error, and whether somebody is likely to watch it. */
  ProgressArguments(PrintStream err, boolean watched) {
    this.err = err;
    this.watched = watched;
  }

  /** Shows progress until the result is closed, if it is wanted; see {@link Progress#shown}. */
  Progress start(String task, String unit, OptionalLong total) {
    boolean shown = progress == null ? watched : progress;
    return shown ? Progress.shown(err, task, unit, total) : Progress.hidden();
  }
}
