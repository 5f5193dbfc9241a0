package io.selfalign.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.internal.data.UnicodeText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;

/**
 * JSON Lines: one JSON object per line, in UTF-8.
 *
 * <pre>{@code
 * try (JsonLinesReader lines = JsonLines.read(Path.of("seeds.jsonl"))) {
 *   lines.stream().map(line -> line.nonBlankText("instruction")).forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>Reading accepts LF and CRLF, a byte order mark at the start, blank lines and a missing newline
 * at the end. Everything else that isn't one JSON object per line is an error that names the line.
 * Java records are read and written with component {@code tokenIds} as field {@code token_ids}.
 */
public final class JsonLines {
  /** The longest line that is read unless a caller says otherwise: 16 MiB. */
  public static final int DEFAULT_MAX_LINE_BYTES = 16 << 20;

  private JsonLines() {}

  /**
   * Opens a file for reading. Errors name it as the path is written.
   *
   * @throws SelfAlignException if the file can't be opened
   */
  public static JsonLinesReader read(Path file) {
    try {
      return read(Files.newInputStream(file), file.toString());
    } catch (IOException e) {
      throw new SelfAlignException(file + ": can't be opened: " + reason(e), e);
    }
  }

  /**
   * Reads a stream, which the reader closes.
   *
   * @param name what errors call the stream, such as {@code stdin}
   */
  public static JsonLinesReader read(InputStream in, String name) {
    return read(in, name, DEFAULT_MAX_LINE_BYTES);
  }

  /**
   * Reads a stream, which the reader closes.
   *
   * @param name what errors call the stream, such as {@code stdin}
   * @param maxLineBytes a longer line is refused before it is read to its end, at least 1
   */
  public static JsonLinesReader read(InputStream in, String name, int maxLineBytes) {
    return new JsonLinesReader(in, name, maxLineBytes);
  }

  /**
   * Opens a file for writing; an existing file is replaced.
   *
   * @throws SelfAlignException if the file can't be opened
   */
  public static JsonLinesWriter write(Path file) {
    try {
      return write(Files.newOutputStream(file), file.toString());
    } catch (IOException e) {
      throw new SelfAlignException(file + ": can't be opened: " + reason(e), e);
    }
  }

  /**
   * Writes to a stream, which the writer closes.
   *
   * @param name what errors call the stream, such as {@code stdout}
   */
  public static JsonLinesWriter write(OutputStream out, String name) {
    return new JsonLinesWriter(out, name);
  }

  /**
   * A record as one line: a compact JSON object in UTF-8, ended by LF.
   *
   * @param record an {@code ObjectNode}, a Java record, or a map with string keys
   * @throws IllegalArgumentException if it doesn't make a JSON object, or has a text with an
   *     unpaired surrogate
   */
  public static byte[] encode(Object record) {
    String json;
    try {
      json = JsonMapping.MAPPER.writeValueAsString(record);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "a "
              + record.getClass().getName()
              + " can't be written as JSON: "
              + e.getOriginalMessage(),
          e);
    }
    if (!json.startsWith("{")) {
      throw new IllegalArgumentException(
          "a " + record.getClass().getName() + " makes no JSON object");
    }
    if (UnicodeText.indexOfUnpairedSurrogate(json) >= 0) {
      throw new IllegalArgumentException(
          "a " + record.getClass().getName() + " has a text with an unpaired surrogate");
    }
    return (json + '\n').getBytes(UTF_8);
  }

  /**
   * Parses one line.
   *
   * @param name what errors call the file
   * @param line the line's number, from 1
   * @throws InvalidDataException if it isn't one JSON object
   */
  public static JsonLine parse(String name, long line, String text) {
    return JsonLine.parse(name, line, text);
  }

  /** The exception's reason in words; the file system's own message is often only the path. */
  public static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (e instanceof AccessDeniedException) {
      return "access denied";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
