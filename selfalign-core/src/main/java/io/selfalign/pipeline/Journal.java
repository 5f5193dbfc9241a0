package io.selfalign.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableSortedMap;
import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a stage's journal. Its lines are: one that says which work it is the journal of, one for
 * each committed unit, and one that says the stage is complete. Every line is guarded ({@link
 * JournalLine}); a last line without its end was being written when the process died, and does not
 * count. Memory does not grow with the number of units.
 */
final class Journal implements Closeable {
  /**
   * The first line; the inputs are the stages upstream with the last checksums of their journals.
   */
  record Header(String stage, int format, String fingerprint, Map<String, String> inputs) {
    Header {
      inputs = ImmutableSortedMap.copyOf(inputs);
    }
  }

  /** The last line. */
  record Footer(boolean complete, long units) {}

  /** The longest line that is written. */
  static final int MAX_LINE_BYTES = 1 << 20;

  private final Path file;
  private final InputStream in;

  private Optional<Header> header = Optional.empty();
  private Totals totals = Totals.NONE;
  private boolean complete;
  private String checksum = JournalLine.NO_CHECKSUM;
  private long line;
  private long end;

  private Journal(Path file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /** Opens a journal, which need not exist, and reads its header. */
  static Journal open(Path file) {
    try {
      InputStream in =
          Files.exists(file)
              ? new BufferedInputStream(Files.newInputStream(file), 1 << 16)
              : InputStream.nullInputStream();
      Journal journal = new Journal(file, in);
      try {
        journal.header = journal.nextLine().map(text -> journal.as(text, Header.class));
        return journal;
      } catch (RuntimeException e) {
        journal.close();
        throw e;
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Which work this is the journal of; nothing if the process died before it wrote that. */
  Optional<Header> header() {
    return header;
  }

  /** The next unit, or nothing after the last whole line. */
  Optional<JournalEntry> next() {
    if (header.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> text = nextLine();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (complete) {
      throw damaged("follows the line that ends the journal");
    }
    JsonLine parsed = JsonLines.parse(file.toString(), line, text.get());
    if (parsed.object().has("complete")) {
      Footer footer = parsed.as(Footer.class);
      if (footer.units() != totals.units()) {
        throw damaged("counts " + footer.units() + " units after " + totals.units());
      }
      complete = true;
      return next();
    }
    JournalEntry entry = parsed.as(JournalEntry.class);
    if (entry.unit() != totals.units()) {
      throw damaged("is of unit " + entry.unit() + ", not " + totals.units());
    }
    totals = totals.plus(entry);
    return Optional.of(entry);
  }

  /** What the units read so far have together. */
  Totals totals() {
    return totals;
  }

  /** Whether the line was read that says the stage is complete. */
  boolean complete() {
    return complete;
  }

  /** The last line's checksum. */
  String checksum() {
    return checksum;
  }

  /** Where the whole lines read so far end, in bytes. */
  long end() {
    return end;
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private <T extends Record> T as(String text, Class<T> type) {
    return JsonLines.parse(file.toString(), line, text).as(type);
  }

  /** The next whole line, whose checksum is right. */
  private Optional<String> nextLine() {
    Optional<byte[]> bytes;
    try {
      bytes = nextBytes();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    line++;
    String text = new String(bytes.get(), UTF_8);
    checksum =
        JournalLine.checksumOf(text, checksum)
            .orElseThrow(() -> damaged("does not have the checksum it was written with"));
    end += bytes.get().length + 1;
    return Optional.of(text);
  }

  private Optional<byte[]> nextBytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return Optional.empty();
      }
      if (bytes.size() == MAX_LINE_BYTES) {
        line++;
        throw damaged("is longer than any that is written");
      }
      bytes.write(b);
    }
    return Optional.of(bytes.toByteArray());
  }

  private InvalidDataException damaged(String problem) {
    return StageFolder.damaged(file + ":" + line, "the line " + problem);
  }

  private static SelfAlignException unreadable(Path file, IOException e) {
    return new SelfAlignException(file + ": can't be read: " + JsonLines.reason(e), e);
  }
}
