package io.selfalign.examples.cli;

import io.selfalign.pipeline.RunListener;
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
              + " terminal, and no records are written to one meanwhile.")
  private @Nullable Boolean progress;

  /** For a standard error, and whether somebody is likely to watch it. */
  ProgressArguments(PrintStream err, boolean watched) {
    this.err = err;
    this.watched = watched;
  }

  /** Shows progress until the result is closed, if it is wanted; see {@link Progress#shown}. */
  Progress start(String task, String unit, OptionalLong total) {
    return isShown() ? Progress.shown(err, task, unit, total) : Progress.hidden();
  }

  /** A listener that shows the progress of a run, if it is wanted. */
  RunListener listener() {
    if (!isShown()) {
      return event -> {};
    }
    return new RunProgress(err);
  }

  private boolean isShown() {
    return progress == null ? watched : progress;
  }
}
