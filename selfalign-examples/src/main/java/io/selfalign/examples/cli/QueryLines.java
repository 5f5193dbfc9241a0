package io.selfalign.examples.cli;

import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.data.Query;
import io.selfalign.error.InvalidDataException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads instructions of a file as queries. */
final class QueryLines {
  private QueryLines() {}

  /**
   * The queries of a file, or of standard input if it is {@code -}, in their order. A line without
   * an id gets that of its place, such as {@code line-17}.
   *
   * @throws InvalidDataException naming the line that is wrong, or if there is none
   */
  static List<Query> read(Path file, InputStream in) {
    boolean standardInput = file.toString().equals("-");
    List<Query> queries = new ArrayList<>();
    Map<String, String> places = new HashMap<>();
    try (JsonLinesReader lines =
        standardInput ? JsonLines.read(in, "stdin") : JsonLines.read(file)) {
      lines.stream()
          .forEach(
              line -> {
                Query query = query(line);
                String earlier = places.putIfAbsent(query.id(), line.place());
                if (earlier != null) {
                  throw line.error(
                      "id '" + query.id() + "' is also at " + earlier + "; make ids unique");
                }
                queries.add(query);
              });
    }
    if (queries.isEmpty()) {
      throw new InvalidDataException(
          file + ": has no instructions; write one {\"instruction\"} per line");
    }
    return queries;
  }

  private static Query query(JsonLine line) {
    try {
      return new Query(
          id(line),
          List.of(),
          Query.textOf(line.nonBlankText("instruction"), line.optionalText("input")),
          filled(line, "source"),
          filled(line, "question_type"));
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(line.place() + ": " + e.getMessage(), e);
    }
  }

  private static Optional<String> filled(JsonLine line, String field) {
    return line.optionalText(field).filter(text -> !text.isBlank());
  }

  private static String id(JsonLine line) {
    JsonNode id = line.object().get("id");
    if (id == null || id.isNull()) {
      return "line-" + line.line();
    }
    return id.isNumber() ? id.toString() : line.nonBlankText("id");
  }
}
