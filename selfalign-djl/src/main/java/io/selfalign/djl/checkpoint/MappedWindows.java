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
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Copies bytes of a file through memory-mapped windows, each unmapped before the next is mapped.
 * Nothing stays mapped and no file stays open between calls, so all threads may call at once, and
 * one that is interrupted closes nobody else's file.
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
   * @throws ModelLoadException if the file has become shorter than that, also during the call
   */
  static void copy(Path file, long position, ByteBuffer target) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long from = position;
      while (target.hasRemaining()) {
        int size = Math.min(target.remaining(), WINDOW_BYTES);
        MappedByteBuffer window = map(file, channel, from, size);
        try {
          copy(file, channel, from + size, window, target);
        } finally {
          // While mapped, the file's pages count as this process's memory, and would look like a
          // second copy of the weights until the garbage collector comes by.
          UNMAPPER.ifPresent(unmapper -> unmapper.unmap(window));
        }
        from += size;
      }
    } catch (IOException e) {
      throw CheckpointFolder.unreadable(file, e);
    }
  }

  private static MappedByteBuffer map(Path file, FileChannel channel, long from, int size)
      throws IOException {
    try {
      return channel.map(MapMode.READ_ONLY, from, size);
    } catch (IOException e) {
      // Java's message for a file that ends before the window is about not being able to extend it.
      if (channel.isOpen()) {
        checkReaches(from + size, file, channel);
      }
      throw e;
    }
  }

  /**
   * Copying in Java, and not handing the mapped address to native code, is what makes a file that
   * is truncated meanwhile an error that can be caught: the JVM turns the fault in its own copy
   * routine into an InternalError, while a fault in native code ends the process.
   */
  @SuppressWarnings("ThreadPriorityCheck") // Nothing is expected of the scheduler.
  private static void copy(
      Path file, FileChannel channel, long end, MappedByteBuffer window, ByteBuffer target)
      throws IOException {
    try {
      while (window.hasRemaining()) {
        int chunk = Math.min(window.remaining(), CHUNK_BYTES);
        target.put(window.slice(window.position(), chunk));
        window.position(window.position() + chunk);
        // The JVM may put the error off until the thread returns from a native call. Let that be
        // this one, and not one within java.nio, whose clean-up does not expect it.
        Thread.yield();
        // Beyond the new end, but in its page, there is no fault: only zeros.
        checkReaches(end, file, channel);
      }
    } catch (InternalError e) {
      throw new ModelLoadException(becameShorter(file), e);
    }
  }

  private static void checkReaches(long end, Path file, FileChannel channel) throws IOException {
    if (channel.size() < end) {
      throw new ModelLoadException(becameShorter(file));
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
      } catch (IllegalAccessException | InvocationTargetException e) {
        // Left to the garbage collector.
      }
    }
  }
}
