package io.selfalign.pipeline;

import io.selfalign.data.Drop;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.data.Traceable;
import io.selfalign.error.CancelledException;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.CRC32C;

/**
 * A stage's folder in a run directory, for reading: {@code records.jsonl}, {@code drops.jsonl},
 * {@code journal.jsonl} and {@code files/}.
 */
record StageFolder(Path path) {
  Path records() {
    return path.resolve("records.jsonl");
  }

  Path drops() {
    return path.resolve("drops.jsonl");
  }

  Path journal() {
    return path.resolve("journal.jsonl");
  }

  Path files() {
    return path.resolve("files");
  }

  /**
   * The state of a stage.
   *
   * @param checksum the last checksum of its journal, which stands for all its data
   * @param inputs the same of the stages upstream, when it was begun
   */
  record State(
      Totals totals,
      boolean complete,
      String checksum,
      long journalEnd,
      Map<String, String> inputs) {
    boolean begun() {
      return journalEnd > 0;
    }
  }

  /**
   * Reads the journal and compares every committed byte with it.
   *
   * @param fingerprint of the work that the journal must be of
   * @throws InvalidDataException naming the file and place where they differ
   */
  State verify(String stage, String fingerprint) {
    try (Journal entries = Journal.open(journal());
        Committed recordBytes = new Committed(records());
        Committed dropBytes = new Committed(drops())) {
      if (entries.header().isEmpty()) {
        recordBytes.checkUnbegun(journal());
        dropBytes.checkUnbegun(journal());
      } else if (!entries.header().get().fingerprint().equals(fingerprint)) {
        throw damaged(
            journal() + ":1",
            "the journal is of stage '"
                + entries.header().get().stage()
                + "' with other options or input than the manifest says");
      }
      for (var entry = entries.next(); entry.isPresent(); entry = entries.next()) {
        recordBytes.check(entry.get().unit(), entry.get().records());
        dropBytes.check(entry.get().unit(), entry.get().drops());
        if (Thread.currentThread().isInterrupted()) {
          throw new CancelledException("interrupted while checking stage '" + stage + "'");
        }
      }
      if (entries.complete()) {
        recordBytes.checkEnd();
        dropBytes.checkEnd();
      }
      return new State(
          entries.totals(),
          entries.complete(),
          entries.checksum(),
          entries.end(),
          entries.header().map(Journal.Header::inputs).orElse(Map.of()));
    } catch (IOException e) {
      throw new SelfAlignException(
          path + ": stage '" + stage + "' can't be read: " + JsonLines.reason(e), e);
    }
  }

  /** Whether a process has begun the stage. */
  boolean begun() {
    return journal().toFile().length() > 0;
  }

  /** The units of a journal that was verified. */
  Stream<CommittedUnit> units(long count) {
    Journal entries = Journal.open(journal());
    return StreamSupport.stream(
            new AbstractSpliterator<CommittedUnit>(
                count, Spliterator.ORDERED | Spliterator.NONNULL) {
              @Override
              public boolean tryAdvance(Consumer<? super CommittedUnit> action) {
                var entry = entries.next();
                entry.ifPresent(unit -> action.accept(unit.committed()));
                return entry.isPresent();
              }
            },
            false)
        .limit(count)
        .onClose(entries::close);
  }

  <T extends Traceable> Dataset<T> records(Class<T> type, Totals totals) {
    return new Lines<>(records(), type, totals.records(), totals.recordBytes());
  }

  Dataset<Drop> drops(Totals totals) {
    return new Lines<>(drops(), Drop.class, totals.drops(), totals.dropBytes());
  }

  /** The first bytes of a file, of which nothing need exist if there are none. */
  static JsonLinesReader lines(Path file, long bytes) {
    try {
      InputStream in =
          bytes == 0
              ? InputStream.nullInputStream()
              : new FirstBytes(Files.newInputStream(file), bytes);
      return JsonLines.read(in, file.toString(), Integer.MAX_VALUE - 8);
    } catch (IOException e) {
      throw new SelfAlignException(file + ": can't be read: " + JsonLines.reason(e), e);
    }
  }

  static InvalidDataException damaged(String place, String problem) {
    return new InvalidDataException(
        place
            + ": "
            + problem
            + "; it was changed after it was written. Restore it from a copy, or set the stage"
            + " aside with RunDirectory.setAside and run again");
  }

  private record Lines<T extends Traceable>(Path file, Class<T> type, long size, long bytes)
      implements Dataset<T> {
    @Override
    public Stream<T> stream() {
      return RecordTypes.read(lines(file, bytes), type);
    }
  }

  /** A stream that ends where the committed bytes do. */
  private static final class FirstBytes extends FilterInputStream {
    private long left;

    FirstBytes(InputStream in, long left) {
      super(in);
      this.left = left;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int read = super.read(bytes, offset, (int) Math.min(length, left));
      left -= Math.max(read, 0);
      return read;
    }
  }

  /** Compares a file with its extents in the journal, from the start on. */
  private static final class Committed implements AutoCloseable {
    private final Path file;
    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private long at;
    private long line;

    Committed(Path file) throws IOException {
      this.file = file;
      in =
          Files.exists(file)
              ? new BufferedInputStream(Files.newInputStream(file), 1 << 16)
              : InputStream.nullInputStream();
    }

    void check(long unit, JournalEntry.Extent extent) throws IOException {
      CRC32C checksum = new CRC32C();
      while (at < extent.end()) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, extent.end() - at));
        if (read < 0) {
          throw damaged(
              file.toString(),
              "the file has " + at + " bytes, but unit " + unit + " ends at " + extent.end());
        }
        checksum.update(buffer, 0, read);
        at += read;
      }
      if (!JournalLine.hex(checksum).equals(extent.crc32c())) {
        throw damaged(
            file + ":" + (line + 1),
            String.format(
                "lines %d to %d (unit %d) do not have the checksum they were written with",
                line + 1, line + extent.count(), unit));
      }
      line += extent.count();
    }

    void checkUnbegun(Path journal) throws IOException {
      if (in.read() >= 0) {
        throw damaged(journal.toString(), "the journal is missing or empty, but there is data");
      }
    }

    void checkEnd() throws IOException {
      if (in.read() >= 0) {
        throw damaged(file + ":" + (line + 1), "something follows the last unit");
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
