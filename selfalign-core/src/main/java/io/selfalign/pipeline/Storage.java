package io.selfalign.pipeline;

import io.selfalign.data.JsonLines;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Everything by which a run changes its directory, so that tests can fail or stop each single step.
 * Reading needs no such seam.
 */
interface Storage {
  /** Opens a file for appending after its first {@code keep} bytes; the rest is cut off. */
  Output open(Path file, long keep) throws IOException;

  /** Moves a file or folder; a file that is there is replaced at once. */
  void rename(Path from, Path to) throws IOException;

  /** Creates a folder and those above it. */
  void createFolder(Path folder) throws IOException;

  /** Deletes a file if it is there. */
  void delete(Path file) throws IOException;

  /** Makes the folder's own entries survive the death of the machine. */
  void forceFolder(Path folder) throws IOException;

  /** A file that grows. */
  interface Output extends Closeable {
    /** Appends. */
    void write(byte[] bytes, int length) throws IOException;

    /** Makes what was written survive the death of the machine. */
    void force() throws IOException;
  }

  /** Writes a whole file: after a crash at any moment it has its old content or the new. */
  default void replace(Path file, byte[] content) throws IOException {
    Path temporary = temporary(file);
    try (Output out = open(temporary, 0)) {
      out.write(content, content.length);
      out.force();
    }
    rename(temporary, file);
    forceFolder(file.toAbsolutePath().resolveSibling(""));
  }

  /** Where {@link #replace} writes before it renames; what a crash leaves there is of no use. */
  static Path temporary(Path file) {
    return file.resolveSibling(file.getFileName() + ".tmp");
  }

  /** The message on what can't be written, and what to do about it. */
  static String unwritable(Path path, IOException e) {
    return path
        + ": can't be written: "
        + JsonLines.reason(e)
        + "; make it writable or free some space and run again";
  }
}
