package io.selfalign.eval;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.data.JsonLines;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Comma-separated values with a header line (RFC 4180): fields may be quoted, and then have commas,
 * line breaks, and quotes written twice. Rows know the line on which they begin.
 */
final class CsvFile {
  private final String name;
  private final String text;
  private int at;
  private int line = 1;

  private CsvFile(String name, String text) {
    this.name = name;
    this.text = text;
  }

  /** A row. */
  record Row(String name, int line, List<String> header, List<String> cells) {
    /** An error about this row: file and line, then the message. */
    InvalidDataException error(String message) {
      return new InvalidDataException(name + ":" + line + ": " + message);
    }

    /** A column's text, which may be blank. */
    String text(String column) {
      int index = header.indexOf(column);
      if (index < 0) {
        throw new InvalidDataException(
            name + ":1: column '" + column + "' is missing; there are " + header);
      }
      return cells.get(index);
    }

    /** A column's text, in which something can be read. */
    String nonBlankText(String column) {
      String text = text(column);
      if (text.isBlank()) {
        throw error("field '" + column + "' is blank");
      }
      return text.strip();
    }
  }

  static List<Row> read(Path file) {
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString();
      return parse(file.toString(), text);
    } catch (CharacterCodingException e) {
      throw new InvalidDataException(file + ": not valid UTF-8; save the text as UTF-8", e);
    } catch (IOException e) {
      throw new SelfAlignException(file + ": can't be opened: " + JsonLines.reason(e), e);
    }
  }

  static List<Row> parse(String name, String text) {
    CsvFile csv = new CsvFile(name, text.startsWith("\uFEFF") ? text.substring(1) : text);
    if (csv.text.isBlank()) {
      throw new InvalidDataException(name + ": the file is empty, but must have a header line");
    }
    List<String> header = csv.cells();
    List<Row> rows = new ArrayList<>();
    while (csv.at < csv.text.length()) {
      int line = csv.line;
      List<String> cells = csv.cells();
      if (cells.size() == 1 && cells.get(0).isBlank()) {
        continue;
      }
      Row row = new Row(name, line, header, cells);
      if (cells.size() != header.size()) {
        throw row.error(
            "the row has " + cells.size() + " fields, but the header has " + header.size());
      }
      rows.add(row);
    }
    return rows;
  }

  /** The fields up to the end of the row. */
  private List<String> cells() {
    List<String> cells = new ArrayList<>();
    while (true) {
      cells.add(at < text.length() && text.charAt(at) == '"' ? quoted() : plain());
      if (at == text.length()) {
        return cells;
      }
      char end = text.charAt(at++);
      if (end == '\r' && at < text.length() && text.charAt(at) == '\n') {
        at++;
      }
      if (end != ',') {
        line++;
        return cells;
      }
    }
  }

  private String plain() {
    int start = at;
    while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(start, at);
  }

  private String quoted() {
    int begun = line;
    StringBuilder cell = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '"') {
        line += c == '\n' ? 1 : 0;
        cell.append(c);
      } else if (at < text.length() && text.charAt(at) == '"') {
        cell.append('"');
        at++;
      } else if (at == text.length() || ",\r\n".indexOf(text.charAt(at)) >= 0) {
        return cell.toString();
      } else {
        throw new InvalidDataException(
            name
                + ":"
                + line
                + ": something follows a closing quote; write quotes in a field twice");
      }
    }
    throw new InvalidDataException(name + ":" + begun + ": a quoted field is not closed");
  }
}
