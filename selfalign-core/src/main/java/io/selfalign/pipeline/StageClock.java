package io.selfalign.pipeline;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures how long a process works on a stage, and appends a {@link StageTiming}. */
final class StageClock {
  static final String FILE = "timings.jsonl";

  private static final Logger LOG = LoggerFactory.getLogger(StageClock.class);

  private final Storage storage;
  private final Path file;
  private final String stage;
  private final Totals before;
  private final Instant started = Instant.now();
  private final long startNanos = System.nanoTime();

  StageClock(Storage storage, Path directory, String stage, Totals before) {
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
            new StageTiming(
                stage,
                outcome,
                started.truncatedTo(ChronoUnit.MILLIS).toString(),
                elapsed().toMillis() / 1e3,
                after.units() - before.units(),
                after.records() - before.records(),
                after.drops() - before.drops(),
                ProcessHandle.current().pid(),
                RunPlan.libraryVersion()));
    try (Storage.Output out = storage.open(file, wholeLines(file))) {
      out.write(line, line.length);
    } catch (IOException e) {
      LOG.warn("{}: can't be written: {}", file, JsonLines.reason(e));
    }
  }

  /** The lines of a run directory, but for a last one that was cut by a kill. */
  static List<StageTiming> read(Path directory) {
    Path file = directory.resolve(FILE);
    try (JsonLinesReader lines = StageFolder.lines(file, wholeLines(file))) {
      return lines.stream(StageTiming.class).toList();
    } catch (IOException e) {
      throw new SelfAlignException(file + ": can't be read: " + JsonLines.reason(e), e);
    }
  }

  /** How many bytes the file's whole lines have; what follows was cut by a kill. */
  private static long wholeLines(Path file) throws IOException {
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
