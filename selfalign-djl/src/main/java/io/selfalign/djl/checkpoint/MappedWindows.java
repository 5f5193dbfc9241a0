package io.selfalign.djl.checkpoint;

import io.selfalign.error.CancelledException;
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
import org.jspecify.annotations.Nullable;

/**
 * Copies bytes of a file through memory-mapped windows, each unmapped before the next is mapped.
 * Nothing stays mapped and no file stays open between calls, so all threads may call at once.
 *
 * <p>A mapped file that is truncated, or whose disk fails, faults when it is touched. In native
 * code that ends the process, so the mapped address is never handed out: in the JVM's own copy
 * routine the fault becomes an InternalError. But the JVM throws that error late. With JDK 17 it
 * was seen to break into whatever the thread did after the copy: the clean-up of java.nio, or a
 * write to another file after this class had long returned. So a copy runs in a thread of its own,
 * which ends with it, and whether the bytes are good is judged outside.
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
   * @throws CancelledException if the thread is interrupted at the start
   */
  static void copy(Path file, long position, ByteBuffer target) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancelledException("reading " + file + " was interrupted");
    }
    long end = position + target.remaining();
    Copy copy = new Copy(file, position, target);
    run(copy, "selfalign-read-" + file.getFileName());
    IOException refused = copy.failure instanceof IOException e ? e : null;
    // Beyond a new end, but within its page, there was no fault: only zeros.
    if (isShorter(file, end) || !(copy.complete || refused != null)) {
      ModelLoadException e =
          new ModelLoadException(
              file + ": became shorter, or unreadable, after the checkpoint was opened");
      e.initCause(copy.failure);
      throw e;
    }
    if (refused != null) {
      throw CheckpointFolder.unreadable(file, refused);
    }
  }

  /** Not cut short by an interrupt: the other thread writes to the caller's buffer. */
  private static void run(Copy copy, String name) {
    Thread thread = new Thread(copy, name);
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((t, e) -> copy.fail(e));
    thread.start();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isShorter(Path file, long end) {
    try {
      return Files.size(file) < end;
    } catch (IOException e) {
      throw CheckpointFolder.unreadable(file, e);
    }
  }

  private static final class Copy implements Runnable {
    private final Path file;
    private final long position;
    private final ByteBuffer target;
    private volatile boolean complete;
    private volatile @Nullable Throwable failure;

    Copy(Path file, long position, ByteBuffer target) {
      this.file = file;
      this.position = position;
      this.target = target;
    }

    @Override
    public void run() {
      try {
        copyWindows();
        complete = true;
      } catch (Exception | Error e) {
        fail(e); // Any kind: the late error may have broken into anything.
      }
    }

    void fail(Throwable e) {
      complete = false;
      failure = e;
    }

    @SuppressWarnings("ThreadPriorityCheck") // Not to schedule anything.
    private void copyWindows() throws IOException {
      long from = position;
      while (target.hasRemaining()) {
        MappedByteBuffer window = map(from, Math.min(target.remaining(), WINDOW_BYTES));
        try {
          copyChunks(window);
          // A fault of compiled code is thrown late, at a call like this one; in the unmapper, where
          // the JVM takes any error for the end, it must not be.
          Thread.yield();
        } finally {
          // While mapped, the file's pages count as this process's memory, and would look like a
          // second copy of the weights until the garbage collector comes by.
          UNMAPPER.ifPresent(unmapper -> unmapper.unmap(window));
        }
        from += window.capacity();
      }
    }

    private MappedByteBuffer map(long from, int size) throws IOException {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        return channel.map(MapMode.READ_ONLY, from, size);
      }
    }

    private void copyChunks(MappedByteBuffer window) {
      while (window.hasRemaining()) {
        int chunk = Math.min(window.remaining(), CHUNK_BYTES);
        target.put(window.slice(window.position(), chunk));
        window.position(window.position() + chunk);
      }
    }
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
