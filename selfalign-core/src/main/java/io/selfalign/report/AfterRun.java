package io.selfalign.report;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the report of a run that has ended, whatever became of it. */
final class AfterRun {
  private static final Logger LOG = LoggerFactory.getLogger(RunReport.class);

  private AfterRun() {}

  static void write(Path directory) {
    // Reading and writing would stop at the interrupt of a cancelled run.
    boolean interrupted = Thread.interrupted();
    try {
      Path page = RunReport.of(directory).write();
      LOG.debug("{}", page);
    } catch (RuntimeException e) {
      LOG.warn("{}: no report was written: {}", directory, e.getMessage(), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
