package io.selfalign.report;

import io.selfalign.data.JsonLines;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Writes a file in one piece or not at all, also when others write the same one at the time. */
final class WholeFile {
  /** Writes what is to be in the file. */
  @FunctionalInterface
  interface Content {
    /** Writes it to a file that is not there yet. */
    void write(Path file) throws IOException;
  }

  private WholeFile() {}

  /**
   * Writes a file, in place of what is there.
   *
   * @throws SelfAlignException if it can't be written
   */
  static void write(Path file, Content content) {
    Path temporary = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try {
        content.write(temporary);
        Files.move(
            temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new SelfAlignException(
          file + ": can't be written: " + JsonLines.reason(e) + "; free space or make it writable",
          e);
    }
  }
}
