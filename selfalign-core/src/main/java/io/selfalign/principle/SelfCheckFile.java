package io.selfalign.principle;

import io.selfalign.data.Demonstration;
import io.selfalign.data.JsonLines;
import io.selfalign.error.SelfAlignException;
import io.selfalign.pipeline.StageContext;
import io.selfalign.pipeline.Unit;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Keeps what a {@link PrincipleCheck} was measured at among a stage's files. A unit of its own, the
 * stage's first, commits it: a stage that has committed nothing measures, any other reads.
 */
final class SelfCheckFile {
  private SelfCheckFile() {}

  /** The check, measured in this process or an earlier one. */
  static PrincipleCheck measured(PrincipleCheck check, StageContext<?, Demonstration> context) {
    Path file = context.files().resolve(SelfCheck.FILE);
    if (context.committedUnits() > 0) {
      return check.measuredAs(SelfCheck.read(file));
    }
    context.checkCancelled();
    SelfCheck measured = check.selfCheck();
    write(file, measured);
    context.commit(
        Unit.<Demonstration>builder()
            .advance(0)
            .count("self_check_pairs", measured.pairs())
            .count("self_check_left_out", measured.used() ? 0 : 1)
            .build());
    return check;
  }

  /** On disk before the unit that speaks of it. Without a channel, which an interrupt closes. */
  private static void write(Path file, SelfCheck measured) {
    Path temporary = file.resolveSibling(SelfCheck.FILE + ".tmp");
    try {
      Files.deleteIfExists(temporary);
      try (RandomAccessFile out = new RandomAccessFile(temporary.toFile(), "rw")) {
        out.write(JsonLines.encode(measured));
        out.getFD().sync();
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new SelfAlignException(
          file
              + ": can't be written: "
              + JsonLines.reason(e)
              + "; make it writable or free some space and run again",
          e);
    }
  }
}
