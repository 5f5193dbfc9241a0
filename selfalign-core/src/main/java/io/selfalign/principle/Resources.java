package io.selfalign.principle;

import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Reads the files of this package: the library's own, which lie beside this class, and others. */
final class Resources {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private Resources() {}

  /** The lines of a resource. */
  static <T> List<T> lines(String resource, Function<JsonLine, T> parse) {
    InputStream in = Resources.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IllegalStateException(
          resource + " is missing from selfalign-core; keep its resources when you repackage it");
    }
    return lines(JsonLines.read(in, resource), parse);
  }

  /** The lines of a file. */
  static <T> List<T> lines(Path file, Function<JsonLine, T> parse) {
    return lines(JsonLines.read(file), parse);
  }

  private static <T> List<T> lines(JsonLinesReader reader, Function<JsonLine, T> parse) {
    try (reader) {
      return reader.stream().map(parse).toList();
    }
  }

  /** Reads lines as records that each have an id of their own; for one file. */
  static <T extends Record> Function<JsonLine, T> unique(Class<T> type, Function<T, String> id) {
    Map<String, Long> lineOfId = new HashMap<>();
    return line -> {
      T record = line.as(type);
      Long earlier = lineOfId.putIfAbsent(id.apply(record), line.line());
      if (earlier != null) {
        throw line.error(
            "field 'id' is '"
                + id.apply(record)
                + "', as in line "
                + earlier
                + "; make ids unique");
      }
      return record;
    };
  }

  /** A whole file of UTF-8. */
  static String text(Path file) {
    try {
      String text = Files.readString(file);
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new InvalidDataException(file + ": not valid UTF-8; save the text as UTF-8", e);
    } catch (IOException e) {
      throw new SelfAlignException(file + ": can't be read: " + JsonLines.reason(e), e);
    }
  }
}
