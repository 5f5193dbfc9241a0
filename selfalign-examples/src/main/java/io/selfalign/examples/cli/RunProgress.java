package io.selfalign.examples.cli;

import io.selfalign.pipeline.RunEvent;
import io.selfalign.pipeline.RunListener;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Shows a run on a terminal: for each stage a bar with rate and time left while it works, and lines
 * with what it kept and dropped for which reason, now and then and when it is done. Made for one
 * run.
 */
final class RunProgress implements RunListener {
  private final PrintStream err;
  private final Duration interval;
  private Progress bar = Progress.hidden();
  private boolean drawing;
  private boolean training;
  private long shown;

  /** When reasons were told last, as {@link System#nanoTime} has it. */
  private long told = System.nanoTime();

  RunProgress(PrintStream err) {
    this(err, Duration.ofSeconds(30));
  }

  /** Tells reasons at most once in a time. */
  RunProgress(PrintStream err, Duration interval) {
    this.err = err;
    this.interval = interval;
  }

  @Override
  public void on(RunEvent event) {
    if (event instanceof RunEvent.StageResumed resumed) {
      err.printf("%s: goes on after %,d units%n", resumed.stage(), resumed.units());
    } else if (event instanceof RunEvent.Progress progress) {
      if (!training) {
        draw(progress);
      }
    } else if (event instanceof RunEvent.TrainingStep step) {
      training = true;
      draw(step.stage(), step.step(), OptionalLong.of(step.steps()));
      bar.note(String.format("loss %.3f", step.loss()));
    } else if (event instanceof RunEvent.StageEnded ended) {
      endBar();
      err.println(ended.stage() + ": " + counts(ended.records(), ended.drops()));
    } else if (event instanceof RunEvent.RunFailed || event instanceof RunEvent.RunCancelled) {
      endBar();
    }
  }

  private void draw(RunEvent.Progress progress) {
    draw(progress.stage(), progress.done(), progress.total());
    bar.note(progress.records() + " kept, " + sum(progress.drops()) + " dropped");
    tell(progress);
  }

  /** What was dropped for which reason: too long for the bar, so that it gets lines of its own. */
  private void tell(RunEvent.Progress progress) {
    long now = System.nanoTime();
    if (!progress.drops().isEmpty() && now - told >= interval.toNanos()) {
      told = now;
      String line = progress.stage() + ": " + counts(progress.records(), progress.drops());
      err.printf("\r%-" + Progress.WIDTH + "s%n", line);
    }
  }

  private void draw(String stage, long done, OptionalLong total) {
    if (!drawing) {
      drawing = true;
      // What comes first may be of an earlier process, but for its last step.
      shown = Math.max(0, done - 1);
      bar = Progress.shown(err, stage, "done", total, shown);
    }
    bar.add(done - shown);
    shown = done;
  }

  private void endBar() {
    if (drawing) {
      bar.close();
    }
    drawing = false;
    training = false;
    bar = Progress.hidden();
  }

  /** The most frequent reasons come first. */
  private static String counts(long kept, Map<String, Long> drops) {
    String reasons =
        drops.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .map(reason -> String.format("%s %,d", reason.getKey(), reason.getValue()))
            .collect(Collectors.joining(", "));
    return String.format("%,d kept, %,d dropped", kept, sum(drops))
        + (reasons.isEmpty() ? "" : " (" + reasons + ")");
  }

  private static long sum(Map<String, Long> drops) {
    return drops.values().stream().mapToLong(Long::longValue).sum();
  }
}
