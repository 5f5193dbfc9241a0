package io.selfalign.djl.internal.checkpoint;

import io.selfalign.error.CancelledException;
import io.selfalign.error.ModelLoadException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads bytes of a file by position, never through a mapping: whatever becomes of the file
 * meanwhile is an error of the read, where a mapped page that is gone can end the process. No file
 * stays open between calls, so all threads may call at once.
 */
final class PositionalReads {
  /**
   * How much is read at once. For a buffer on the heap the JVM reads through a direct one as large
   * as that, which it keeps for the thread; an interrupt is noticed between two.
   */
  private static final int CHUNK_BYTES = 1 << 20;

  private PositionalReads() {}

  /**
   * Fills the rest of the target with the bytes from {@code position} of the file on.
   *
   * @throws ModelLoadException if the file can't be read so far
   * @throws CancelledException if the thread is interrupted
   */
  static void read(Path file, long position, ByteBuffer target) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      read(file, channel, position, target);
    } catch (IOException e) {
      throw CheckpointFolder.unreadable(file, e);
    }
  }

  /** The same with a channel of the file. An interrupt of the thread closes it. */
  static void read(Path file, FileChannel channel, long position, ByteBuffer target)
      throws IOException {
    long end = position + target.remaining();
    while (target.hasRemaining()) {
      int start = target.position();
      ByteBuffer chunk = target.slice(start, Math.min(target.remaining(), CHUNK_BYTES));
      int count = channel.read(chunk, end - target.remaining());
      if (count < 0) {
        throw new ModelLoadException(
            String.format(
                "%s: became shorter while it was read: bytes %d to %d are needed, but the file has"
                    + " only %d now; let no program write to a checkpoint that is in use",
                file, position, end, channel.size()));
      }
      target.position(start + count);
    }
  }
}
