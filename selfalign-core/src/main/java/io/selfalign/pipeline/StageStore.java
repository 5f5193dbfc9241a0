package io.selfalign.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.data.Drop;
import io.selfalign.data.JsonLines;
import io.selfalign.data.Traceable;
import io.selfalign.error.SelfAlignException;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Appends units to a stage's folder. A unit's records and drops are written and forced to disk
 * first, then its journal line commits them. Whatever comes after the last whole journal line is
 * cut off when the folder is opened again.
 *
 * <p>The journal itself is forced once a second and at the end: after a power cut at most the last
 * second's units are made again, after the death of the process none. For one thread.
 */
final class StageStore implements Closeable {
  private static final long FORCE_EVERY_NANOS = 1_000_000_000L;

  private final StageFolder folder;
  private final Storage.Output records;
  private final Storage.Output drops;
  private final Storage.Output journal;

  private volatile Totals totals;
  private String checksum;
  private boolean complete;
  private boolean broken;
  private long forced = System.nanoTime();

  private StageStore(
      StageFolder folder,
      Storage.Output records,
      Storage.Output drops,
      Storage.Output journal,
      StageFolder.State state) {
    this.folder = folder;
    this.records = records;
    this.drops = drops;
    this.journal = journal;
    totals = state.totals();
    checksum = state.checksum();
    complete = state.complete();
  }

  /**
   * Opens a folder after what is committed in it.
   *
   * @param header the journal's first line, if it has none yet
   * @param state what {@link StageFolder#verify} found
   */
  static StageStore open(
      Storage storage, StageFolder folder, Journal.Header header, StageFolder.State state) {
    Storage.Output[] opened = new Storage.Output[3];
    try {
      storage.createFolder(folder.files());
      opened[0] = storage.open(folder.records(), state.totals().recordBytes());
      opened[1] = storage.open(folder.drops(), state.totals().dropBytes());
      opened[2] = storage.open(folder.journal(), state.journalEnd());
      StageStore store = new StageStore(folder, opened[0], opened[1], opened[2], state);
      if (!state.begun()) {
        store.append(store.line(header));
        store.journal.force();
        storage.forceFolder(folder.path());
        storage.forceFolder(folder.path().resolveSibling(""));
        storage.forceFolder(folder.path().resolveSibling("").resolveSibling(""));
      }
      return store;
    } catch (IOException e) {
      closeAll(opened);
      throw new SelfAlignException(
          Storage.unwritable(folder.path(), e) + committed(state.totals()), e);
    }
  }

  /** What the stage has, once it is complete. */
  StageFolder.State state() {
    return new StageFolder.State(totals, complete, checksum, Long.MAX_VALUE, Map.of());
  }

  /** What is committed. For any thread. */
  Totals totals() {
    return totals;
  }

  /** Commits a unit. */
  JournalEntry commit(Unit<?> unit) {
    checkUsable();
    RecordTypes.checkWritable(unit.records());
    RecordTypes.checkWritable(unit.drops());
    Block recordBlock = new Block(unit.records());
    Block dropBlock = new Block(unit.drops());
    SortedMap<String, Long> reasons = new TreeMap<>();
    for (Drop drop : unit.drops()) {
      reasons.merge(drop.reason(), 1L, Long::sum);
    }
    JournalEntry entry =
        new JournalEntry(
            totals.units(),
            unit.advance(),
            recordBlock.extent(totals.recordBytes()),
            dropBlock.extent(totals.dropBytes()),
            reasons,
            unit.counters());
    String line = line(entry);
    if (line.length() > Journal.MAX_LINE_BYTES / 4) {
      throw new IllegalArgumentException(
          "a unit has too many reasons and counters to be written: "
              + (reasons.size() + unit.counters().size()));
    }
    writing(
        () -> {
          recordBlock.writeTo(records);
          dropBlock.writeTo(drops);
          append(line);
          if (System.nanoTime() - forced > FORCE_EVERY_NANOS) {
            journal.force();
            forced = System.nanoTime();
          }
        });
    totals = totals.plus(entry);
    return entry;
  }

  /** Commits that there are no more units. */
  void complete() {
    checkUsable();
    writing(
        () -> {
          append(line(new Journal.Footer(true, totals.units())));
          journal.force();
        });
    complete = true;
  }

  @Override
  public void close() {
    if (broken) {
      closeAll(records, drops, journal);
      return;
    }
    writing(
        () -> {
          try {
            journal.force();
          } finally {
            closeAll(records, drops, journal);
          }
        });
  }

  private String line(Record content) {
    String json = new String(JsonLines.encode(content), UTF_8).stripTrailing();
    return JournalLine.guard(json, checksum);
  }

  private void append(String line) throws IOException {
    byte[] bytes = line.getBytes(UTF_8);
    journal.write(bytes, bytes.length);
    checksum = JournalLine.checksumOf(line.stripTrailing(), checksum).orElseThrow();
  }

  private void checkUsable() {
    if (broken || complete) {
      throw new IllegalStateException(
          folder.path() + ": nothing can be committed " + (broken ? "after an error" : "any more"));
    }
  }

  private interface Writing {
    void run() throws IOException;
  }

  /** After a failed write nobody knows what is in the file, so nothing is appended to it. */
  private void writing(Writing action) {
    broken = true;
    try {
      action.run();
    } catch (IOException e) {
      throw new SelfAlignException(Storage.unwritable(folder.path(), e) + committed(totals), e);
    }
    broken = false;
  }

  private static String committed(Totals totals) {
    return ", " + totals.units() + " units are committed and safe";
  }

  private static void closeAll(Storage.Output... outputs) {
    for (Storage.Output output : outputs) {
      try {
        if (output != null) {
          output.close();
        }
      } catch (IOException e) {
        // What matters was forced before.
      }
    }
  }

  /** The lines that a unit adds to a file. */
  private static final class Block {
    private final Bytes bytes = new Bytes();
    private final int count;

    Block(List<? extends Traceable> lines) {
      count = lines.size();
      for (Traceable line : lines) {
        bytes.writeBytes(JsonLines.encode(line));
      }
    }

    JournalEntry.Extent extent(long start) {
      CRC32C checksum = new CRC32C();
      checksum.update(bytes.array(), 0, bytes.size());
      return new JournalEntry.Extent(count, start + bytes.size(), JournalLine.hex(checksum));
    }

    void writeTo(Storage.Output out) throws IOException {
      if (count > 0) {
        out.write(bytes.array(), bytes.size());
        out.force();
      }
    }
  }

  /** Spares a copy of the array. */
  private static final class Bytes extends ByteArrayOutputStream {
    Bytes() {
      super(1 << 12);
    }

    byte[] array() {
      return buf;
    }
  }
}
