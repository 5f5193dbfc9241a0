package io.selfalign.instruct;

import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.error.InvalidDataException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads a file of seeds, one per line. What a seed looks like is known to {@code parse} alone. */
final class SeedFile {
  private SeedFile() {}

  static <T> List<T> read(Path file, Function<JsonLine, T> parse) {
    return read(JsonLines.read(file), file.toString(), parse);
  }

  /** Reads a stream and closes it. */
  static <T> List<T> read(InputStream in, String name, Function<JsonLine, T> parse) {
    return read(JsonLines.read(in, name), name, parse);
  }

  /** Reads a resource that lies beside this class. */
  static <T> List<T> standard(String resource, Function<JsonLine, T> parse) {
    InputStream in = SeedFile.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IllegalStateException(
          resource + " is missing from selfalign-core; keep its resources when you repackage it");
    }
    return read(JsonLines.read(in, resource), resource, parse);
  }

  private static <T> List<T> read(
      JsonLinesReader reader, String name, Function<JsonLine, T> parse) {
    List<T> seeds = new ArrayList<>();
    try (reader) {
      reader.stream().forEach(line -> seeds.add(parse(line, parse)));
    }
    if (seeds.isEmpty()) {
      throw new InvalidDataException(name + ": has no seeds; write one {...} per line");
    }
    return List.copyOf(seeds);
  }

  private static <T> T parse(JsonLine line, Function<JsonLine, T> parse) {
    try {
      return parse.apply(line);
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(line.place() + ": " + e.getMessage(), e);
    }
  }
}
