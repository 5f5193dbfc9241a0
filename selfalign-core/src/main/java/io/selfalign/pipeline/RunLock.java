package io.selfalign.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second run out of a directory. The operating system holds the lock, so it ends with its
 * process however that dies; the file {@code lock} only says who that is. It stays when the lock is
 * released, empty: deleting it would let two processes lock two files of one name.
 */
final class RunLock implements AutoCloseable {
  /** Who holds a lock. */
  record Holder(long pid, String started) {
    @Override
    public String toString() {
      return "process " + pid + ", which started at " + started;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);

  /** Far behind the content, which other processes could not read on Windows if it were locked. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  private final RandomAccessFile file;

  private RunLock(RandomAccessFile file) {
    this.file = file;
  }

  /**
   * Locks a directory, which exists.
   *
   * @throws SelfAlignException if it is in use, naming the process and its start
   */
  static RunLock acquire(Path directory) {
    Path path = directory.resolve("lock");
    RandomAccessFile file = null;
    try {
      file = new RandomAccessFile(path.toFile(), "rw");
      FileLock lock = tryLock(file);
      String content = content(file);
      if (lock == null) {
        throw inUse(directory, content);
      }
      holder(content)
          .ifPresent(holder -> LOG.info("{}: {} ended without finishing the run", path, holder));
      ProcessHandle process = ProcessHandle.current();
      Instant started = process.info().startInstant().orElseGet(Instant::now);
      file.seek(0);
      file.setLength(0);
      file.write(JsonLines.encode(new Holder(process.pid(), started.toString())));
      return new RunLock(file);
    } catch (IOException e) {
      closeQuietly(file);
      throw new SelfAlignException(path + ": can't be locked: " + JsonLines.reason(e), e);
    } catch (SelfAlignException e) {
      closeQuietly(file);
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      file.setLength(0);
    } catch (IOException e) {
      LOG.debug("the lock's content stays behind", e);
    }
    closeQuietly(file);
  }

  private static @Nullable FileLock tryLock(RandomAccessFile file) throws IOException {
    try {
      return file.getChannel().tryLock(LOCKED_BYTE, 1, false);
    } catch (OverlappingFileLockException e) {
      return null; // a run of this process has it
    }
  }

  private static String content(RandomAccessFile file) throws IOException {
    byte[] bytes = new byte[(int) Math.min(file.length(), 4096)];
    file.seek(0);
    file.readFully(bytes);
    return new String(bytes, UTF_8);
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

  private static SelfAlignException inUse(Path directory, String content) {
    return new SelfAlignException(
        directory
            + ": is in use by "
            + holder(content).map(Holder::toString).orElse("another process")
            + "; wait until it ends, stop it, or use another directory");
  }

  private static void closeQuietly(@Nullable RandomAccessFile file) {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      LOG.debug("closing the lock", e);
    }
  }
}
