package io.selfalign.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.util.Arrays;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Reads JSON Lines, one record at a time; see {@link JsonLines} for the format. Memory use is
 * bounded by the longest line. Not safe for use by several threads.
 */
public final class JsonLinesReader implements Closeable {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final InputStream in;
  private final String name;
  private final int maxLineBytes;
  private final CharsetDecoder decoder =
      UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);

  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private boolean ended;

  private byte[] line = new byte[1 << 10];
  private int length;
  private long number;

  JsonLinesReader(InputStream in, String name, int maxLineBytes) {
    if (maxLineBytes < 1) {
      throw new IllegalArgumentException("maxLineBytes is " + maxLineBytes + ", but must be 1 up");
    }
    this.in = in;
    this.name = name;
    this.maxLineBytes = maxLineBytes;
  }

  /**
   * The next record, or nothing at the end.
   *
   * @throws InvalidDataException if the next line isn't a JSON object in UTF-8, or is too long
   * @throws SelfAlignException if reading fails
   */
  public Optional<JsonLine> next() {
    while (readLine()) {
      String text = decode();
      if (!text.isBlank()) {
        return Optional.of(JsonLine.parse(name, number, text));
      }
    }
    return Optional.empty();
  }

  /**
   * The next line as a Java record, or nothing at the end; as {@link JsonLine#as}, but faster.
   *
   * @throws InvalidDataException if the next line isn't such a record, or is too long
   * @throws SelfAlignException if reading fails
   */
  public <T extends Record> Optional<T> next(Class<T> type) {
    while (readLine()) {
      String text = decode();
      if (!text.isBlank()) {
        return Optional.of(
            JsonMapping.map(text, type)
                .orElseGet(() -> JsonLine.parse(name, number, text).as(type)));
      }
    }
    return Optional.empty();
  }

  /**
   * The records from here to the end, read as the stream is consumed. Its operations throw what
   * {@link #next()} throws; closing it closes this reader.
   */
  public Stream<JsonLine> stream() {
    return stream(this::next);
  }

  /** The lines from here to the end as Java records; as {@link #stream()}, but faster. */
  public <T extends Record> Stream<T> stream(Class<T> type) {
    return stream(() -> next(type));
  }

  private <T> Stream<T> stream(Supplier<Optional<T>> source) {
    Spliterator<T> lines =
        new AbstractSpliterator<>(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL) {
          @Override
          public boolean tryAdvance(Consumer<? super T> action) {
            Optional<T> next = source.get();
            next.ifPresent(action);
            return next.isPresent();
          }
        };
    return StreamSupport.stream(lines, false).onClose(this::close);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw new SelfAlignException(name + ": can't be closed: " + JsonLines.reason(e), e);
    }
  }

  /** Reads the bytes up to the next LF or the end into {@link #line}; false if there are none. */
  private boolean readLine() {
    length = 0;
    boolean found = false;
    while (position < limit || fill()) {
      if (!found) {
        found = true;
        number++;
      }
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      append(position, end);
      position = end + 1;
      if (end < limit) {
        break;
      }
    }
    return found;
  }

  private boolean fill() {
    if (ended) {
      return false; // a terminal would wait for another end
    }
    try {
      limit = in.read(buffer);
      position = 0;
      ended = limit < 0;
      return !ended;
    } catch (IOException e) {
      throw new SelfAlignException(
          name + ": can't be read after line " + number + ": " + JsonLines.reason(e), e);
    }
  }

  private void append(int start, int end) {
    long needed = (long) length + end - start;
    // A carriage return before the line feed is no part of the record.
    boolean endsWithReturn = end > start && buffer[end - 1] == '\r';
    if (needed - (endsWithReturn ? 1 : 0) > maxLineBytes) {
      throw new InvalidDataException(
          String.format(
              "%s:%d: the line is longer than %d bytes; write one JSON object per line, or raise"
                  + " the limit",
              name, number, maxLineBytes));
    }
    if (needed > line.length) {
      long doubled = Math.min(2L * line.length, maxLineBytes + 1L);
      line = Arrays.copyOf(line, (int) Math.min(Math.max(needed, doubled), Integer.MAX_VALUE - 8));
    }
    System.arraycopy(buffer, start, line, length, end - start);
    length += end - start;
  }

  private String decode() {
    ByteBuffer bytes = ByteBuffer.wrap(line, 0, length);
    CharBuffer text = CharBuffer.allocate(length);
    CoderResult result = decoder.reset().decode(bytes, text, true);
    if (result.isError()) {
      throw new InvalidDataException(
          String.format(
              "%s:%d: not valid UTF-8 at column %d (byte 0x%02X); save the text as UTF-8",
              name, number, text.position() + 1, bytes.get(bytes.position())));
    }
    text.flip();
    if (number == 1 && text.hasRemaining() && text.get(0) == BYTE_ORDER_MARK) {
      text.get();
    }
    return text.toString();
  }
}
