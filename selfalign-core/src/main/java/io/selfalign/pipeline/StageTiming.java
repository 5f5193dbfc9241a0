package io.selfalign.pipeline;

import io.selfalign.data.JsonLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a process worked on a stage: a line of {@code timings.jsonl}, the only file of a run
 * that differs from time to time. A process that is killed leaves none.
 */
final class StageTiming {
  /**
   * A line.
   *
   * @param stage the stage's name
   * @param outcome complete, cancelled or failed
   * @param started when this process began with the stage, in UTC
   * @param seconds how long it worked on it
   * @param units how many units it committed
   * @param records how many records it kept
   * @param drops how many it dropped
   * @param process its process id
   * @param library the library's version
   */
  record Line(
      String stage,
      String outcome,
      String started,
      double seconds,
      long units,
      long records,
      long drops,
      long process,
      String library) {}

  static final String FILE = "timings.jsonl";

  private static final Logger LOG = LoggerFactory.getLogger(StageTiming.class);

  private final Storage storage;
  private final Path file;
  private final String stage;
  private final Totals before;
  private final Instant started = Instant.now();
  private final long startNanos = System.nanoTime();

  StageTiming(Storage storage, Path directory, String stage, Totals before) {
    this.storage = storage;
    file = directory.resolve(FILE);
    this.stage = stage;
    this.before = before;
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  /** Writes the line. That this fails is no reason to end a run. */
  void write(String outcome, Totals after) {
    byte[] line =
        JsonLines.encode(
            new Line(
                stage,
                outcome,
                started.truncatedTo(ChronoUnit.MILLIS).toString(),
                elapsed().toMillis() / 1e3,
                after.units() - before.units(),
                after.records() - before.records(),
                after.drops() - before.drops(),
                ProcessHandle.current().pid(),
                RunPlan.libraryVersion()));
    try (Storage.Output out = storage.open(file, wholeLines())) {
      out.write(line, line.length);
    } catch (IOException e) {
      LOG.warn("{}: can't be written: {}", file, JsonLines.reason(e));
    }
  }

  /** How many bytes the file's whole lines have; what follows was cut by a kill. */
  private long wholeLines() throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    byte[] bytes = Files.readAllBytes(file);
    int length = bytes.length;
    while (length > 0 && bytes[length - 1] != '\n') {
      length--;
    }
    return length;
  }
}
