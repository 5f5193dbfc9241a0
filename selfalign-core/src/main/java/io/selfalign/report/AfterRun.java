package io.selfalign.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the report of a run that has ended, whatever became of it; but who cancels a large run is
 * not made to wait for it.
 */
final class AfterRun {
  private static final Logger LOG = LoggerFactory.getLogger(RunReport.class);

  /** A report of so much data takes a few seconds. */
  private static final long QUICKLY_READ = 64L << 20;

  private AfterRun() {}

  static void write(Path directory, boolean cancelled) {
    write(directory, cancelled, folder -> RunReport.of(folder).write());
  }

  /** Writes what is given the directory and returns the file. */
  static void write(Path directory, boolean cancelled, UnaryOperator<Path> report) {
    // Reading and writing would stop at the interrupt of a cancelled run.
    boolean interrupted = Thread.interrupted();
    try {
      if (cancelled && !isQuick(directory)) {
        LOG.info("{}: no report was written of the cancelled run", directory);
        return;
      }
      Path page = report.apply(directory);
      LOG.debug("{}", page);
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.warn("{}: no report was written: {}", directory, e.getMessage(), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean isQuick(Path directory) {
    try (Stream<Path> files = Files.walk(directory.resolve("stages"), 2)) {
      return files.mapToLong(file -> file.toFile().length()).sum() <= QUICKLY_READ;
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }
}
