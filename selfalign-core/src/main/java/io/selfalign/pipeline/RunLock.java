package io.selfalign.pipeline;

import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second run out of a directory. The operating system holds a lock on the empty file {@code
 * .lock}, so it ends with its process however that dies; the file {@code lock} says who that is.
 * Both stay when the lock is released: deleting a file that is locked would let two processes lock
 * two files of one name.
 *
 * <p>Where locks are POSIX's, closing any descriptor of the locked file releases the lock for the
 * whole process. So nobody reads that file, and this process opens it only while it holds no lock
 * on it.
 */
final class RunLock implements AutoCloseable {
  /** Who holds a lock. */
  record Holder(long pid, String started) {
    @Override
    public String toString() {
      return "process " + pid + ", which started at " + started;
    }
  }

  private static final String OWNER = "lock";

  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);

  /** The directories that this process has locked. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final RandomAccessFile file;

  private RunLock(Path directory, RandomAccessFile file) {
    this.directory = directory;
    this.file = file;
  }

  /**
   * Locks a directory, which exists.
   *
   * @throws SelfAlignException if it is in use, naming the process and its start
   */
  static RunLock acquire(Path directory) {
    Path real;
    try {
      real = directory.toRealPath();
    } catch (IOException e) {
      throw new SelfAlignException(directory + ": can't be locked: " + JsonLines.reason(e), e);
    }
    if (!HELD.add(real)) {
      throw inUse(directory, owner(real));
    }
    RandomAccessFile file = null;
    try {
      file = new RandomAccessFile(real.resolve(".lock").toFile(), "rw");
      if (file.getChannel().tryLock() == null) {
        throw inUse(directory, owner(real));
      }
      owner(real)
          .ifPresent(
              holder -> LOG.info("{}: {} ended without finishing the run", directory, holder));
      Files.write(real.resolve(OWNER), JsonLines.encode(myself()));
      return new RunLock(real, file);
    } catch (IOException e) {
      release(real, file);
      throw new SelfAlignException(
          directory
              + ": can't be locked: "
              + JsonLines.reason(e)
              + "; make it writable or free some space and run again",
          e);
    } catch (SelfAlignException e) {
      release(real, file);
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      Files.write(directory.resolve(OWNER), new byte[0]);
    } catch (IOException e) {
      LOG.debug("the owner's name stays behind", e);
    }
    release(directory, file);
  }

  private static Holder myself() {
    ProcessHandle process = ProcessHandle.current();
    Instant started = process.info().startInstant().orElseGet(Instant::now);
    return new Holder(process.pid(), started.toString());
  }

  private static Optional<Holder> owner(Path directory) {
    try {
      return holder(Files.readString(directory.resolve(OWNER)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<Holder> holder(String content) {
    try {
      return content.isBlank()
          ? Optional.empty()
          : Optional.of(JsonLines.parse("lock", 1, content)).map(RunLock::holder);
    } catch (SelfAlignException e) {
      return Optional.empty(); // died while it wrote
    }
  }

  private static Holder holder(JsonLine line) {
    return line.as(Holder.class);
  }

  private static SelfAlignException inUse(Path directory, Optional<Holder> owner) {
    return new SelfAlignException(
        directory
            + ": is in use by "
            + owner.map(Holder::toString).orElse("another process")
            + "; wait until it ends, stop it, or use another directory");
  }

  private static void release(Path directory, @Nullable RandomAccessFile file) {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      LOG.debug("closing the lock", e);
    } finally {
      HELD.remove(directory);
    }
  }
}
