package io.selfalign.djl.checkpoint;

import io.selfalign.error.ModelLoadException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Copies bytes of a file through memory-mapped windows, each unmapped before the next is mapped.
 * Nothing stays mapped and no file stays open between calls, so all threads may call at once, and
 * one that is interrupted closes nobody else's file.
 *
 * <p>A mapped file that is truncated, or whose disk fails, faults when it is touched. In native
 * code that ends the process, so the mapped address is never handed out: in the JVM's own copy
 * routine the fault becomes an InternalError. But the JVM throws that error late, within some later
 * call. With JDK 17 it came out of the clean-up of java.nio as an ArrayIndexOutOfBoundsException,
 * or out of a reflective call in another wrapping. So no channel is open while bytes are copied,
 * and unmapping lets the error through.
 */
final class MappedWindows {
  /** Far below the 2 GiB that a ByteBuffer can hold, large enough that mapping costs nothing. */
  private static final int WINDOW_BYTES = 64 << 20;

  /** How much is copied at once: a copy delays the garbage collector until it is done. */
  private static final int CHUNK_BYTES = 1 << 20;

  private static final Optional<Unmapper> UNMAPPER = Unmapper.find();

  private MappedWindows() {}

  /**
   * Fills the rest of the target with the bytes from {@code position} of the file on.
   *
   * @throws ModelLoadException if the file can't be read so far, also if it became shorter during
   *     the call
   * @throws io.selfalign.error.CancelledException if the thread was interrupted
   */
  static void copy(Path file, long position, ByteBuffer target) {
    long end = position + target.remaining();
    try {
      long from = position;
      while (from < end) {
        MappedByteBuffer window = map(file, from, (int) Math.min(end - from, WINDOW_BYTES));
        try {
          copyChunks(window, target);
        } finally {
          // While mapped, the file's pages count as this process's memory, and would look like a
          // second copy of the weights until the garbage collector comes by.
          UNMAPPER.ifPresent(unmapper -> unmapper.unmap(window));
        }
        from += window.capacity();
      }
      // Beyond a new end, but within its page, there was no fault: only zeros.
      if (Files.size(file) < end) {
        throw new ModelLoadException(becameShorter(file));
      }
    } catch (IOException e) {
      throw isShorter(file, end)
          ? new ModelLoadException(becameShorter(file), e)
          : CheckpointFolder.unreadable(file, e);
    } catch (InternalError e) {
      throw new ModelLoadException(becameShorter(file), e);
    }
  }

  private static MappedByteBuffer map(Path file, long from, int size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, from, size);
    }
  }

  private static void copyChunks(MappedByteBuffer window, ByteBuffer target) {
    while (window.hasRemaining()) {
      int chunk = Math.min(window.remaining(), CHUNK_BYTES);
      target.put(window.slice(window.position(), chunk));
      window.position(window.position() + chunk);
    }
  }

  private static boolean isShorter(Path file, long end) {
    try {
      return Files.size(file) < end;
    } catch (IOException e) {
      return false;
    }
  }

  private static String becameShorter(Path file) {
    return file + ": became shorter, or unreadable, after the checkpoint was opened";
  }

  /**
   * Unmaps a buffer now. Java 17 has no official way: its {@code sun.misc.Unsafe} does, and where
   * that is not to be had, the garbage collector unmaps the buffer at some time.
   */
  private record Unmapper(Object unsafe, Method invokeCleaner) {
    static Optional<Unmapper> find() {
      try {
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field instance = type.getDeclaredField("theUnsafe");
        instance.setAccessible(true);
        Object unsafe = instance.get(null);
        return unsafe == null
            ? Optional.empty()
            : Optional.of(new Unmapper(unsafe, type.getMethod("invokeCleaner", ByteBuffer.class)));
      } catch (ReflectiveOperationException | RuntimeException e) {
        return Optional.empty();
      }
    }

    void unmap(MappedByteBuffer window) {
      try {
        invokeCleaner.invoke(unsafe, window);
      } catch (IllegalAccessException e) {
        // Left to the garbage collector.
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof InternalError fault) {
          throw fault; // The late error of the copy before.
        }
      }
    }
  }
}
