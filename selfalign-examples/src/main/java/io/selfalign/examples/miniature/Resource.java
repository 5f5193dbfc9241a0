package io.selfalign.examples.miniature;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The texts that the corpus is made of: lines, without comments and blank lines. */
final class Resource {
  private Resource() {}

  static List<String> lines(String name) {
    try (InputStream in = Resource.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " is missing");
      }
      return new String(in.readAllBytes(), UTF_8)
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The cells of a table whose columns are parted by {@code |}. */
  static List<List<String>> table(String name) {
    List<List<String>> rows = new ArrayList<>();
    for (String line : lines(name)) {
      List<String> row = new ArrayList<>();
      for (String cell : line.split("\\|", -1)) {
        row.add(cell.strip());
      }
      rows.add(List.copyOf(row));
    }
    return List.copyOf(rows);
  }
}
