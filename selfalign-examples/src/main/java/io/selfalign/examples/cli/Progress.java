package io.selfalign.examples.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far a command is: a line of text that is drawn over and over while this is open, with the
 * count, the rate, and the time left if it is known how much there is to do.
 */
final class Progress implements AutoCloseable {
  private static final int UPDATE_MILLIS = 500;

  /** Narrow enough for any terminal; to measure one would take its input away from the command. */
  static final int WIDTH = 79;

  private record Drawn(ProgressBar bar, PrintStream err) {}

  private final Optional<Drawn> drawn;

  private Progress(Optional<Drawn> drawn) {
    this.drawn = drawn;
  }

  /** Nothing to see. */
  static Progress hidden() {
    return new Progress(Optional.empty());
  }

  /**
   * A line that is drawn until this is closed.
   *
   * @param task what goes on, such as "generate"
   * @param unit what is counted, such as "prompts"
   * @param total how many there are, if that is known
   */
  static Progress shown(PrintStream err, String task, String unit, OptionalLong total) {
    return shown(err, task, unit, total, 0);
  }

  /** As above; {@code before} were done already, and don't count for the rate. */
  static Progress shown(
      PrintStream err, String task, String unit, OptionalLong total, long before) {
    ProgressBarBuilder builder =
        ProgressBar.builder()
            .setTaskName(task)
            .setUnit(" " + unit, 1)
            .setInitialMax(total.orElse(-1))
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .setConsumer(new Line(err))
            .startsFrom(before, Duration.ZERO)
            .showSpeed();
    ProgressBar bar = (total.isEmpty() ? builder.hideEta() : builder).build();
    return new Progress(Optional.of(new Drawn(bar, err)));
  }

  /** Counts what was done since the last call. */
  void add(long done) {
    drawn.ifPresent(d -> d.bar().stepBy(done));
  }

  /** Shows a few words at the line's end. */
  void note(String words) {
    drawn.ifPresent(d -> d.bar().setExtraMessage(words));
  }

  /** Draws the last state and ends the line. */
  @Override
  public void close() {
    drawn.ifPresent(
        d -> {
          d.bar().close();
          d.err().println();
        });
  }

  /** Not ended by the bar, which forgets to if it is closed before it was drawn once. */
  private static final class Line extends ConsoleProgressBarConsumer {
    Line(PrintStream err) {
      super(err, WIDTH);
    }

    @Override
    public void close() {}
  }
}
