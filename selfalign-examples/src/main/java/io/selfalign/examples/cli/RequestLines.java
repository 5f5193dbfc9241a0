package io.selfalign.examples.cli;

import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.error.ContextLengthException;
import io.selfalign.error.InvalidDataException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The requests that stand on standard input, one a line, each with its own id: a string or a
 * number. The library sees every id as text; results carry it as it was given.
 *
 * @param <R> what a line becomes
 */
final class RequestLines<R> {
  private static final String NAME = "stdin";

  /** Makes a request of an id and the line's other fields. */
  @FunctionalInterface
  interface Parser<R> {
    R parse(String id, JsonLine line);
  }

  private record Origin(String place, JsonNode id) {}

  private final List<R> requests = new ArrayList<>();
  private final Map<String, Origin> origins = new LinkedHashMap<>();

  private RequestLines() {}

  /**
   * Reads to the end.
   *
   * @throws InvalidDataException naming the line that isn't a request
   */
  static <R> RequestLines<R> read(InputStream in, Parser<R> parser) {
    RequestLines<R> all = new RequestLines<>();
    try (JsonLinesReader lines = JsonLines.read(in, NAME)) {
      lines.stream().forEach(line -> all.add(line, parser));
    }
    return all;
  }

  /** The requests, in the order of the lines. */
  List<R> requests() {
    return requests;
  }

  /** The ids, in the order of the lines. */
  List<String> ids() {
    return List.copyOf(origins.keySet());
  }

  /** The id as it stands on its line. */
  JsonNode givenId(String id) {
    return origin(id).id();
  }

  /** The same refusal, with the line that it concerns. */
  InvalidDataException placed(ContextLengthException e) {
    return new InvalidDataException(origin(e.requestId()).place() + ": " + e.getMessage(), e);
  }

  private Origin origin(String id) {
    Origin origin = origins.get(id);
    if (origin == null) {
      throw new IllegalStateException("the model answers a request '" + id + "' that nobody made");
    }
    return origin;
  }

  private void add(JsonLine line, Parser<R> parser) {
    String id = id(line);
    Origin earlier = origins.get(id);
    if (earlier != null) {
      throw line.error("id '" + id + "' is also at " + earlier.place() + "; make ids unique");
    }
    try {
      requests.add(parser.parse(id, line));
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(line.place() + ": " + e.getMessage(), e);
    }
    origins.put(id, new Origin(line.place(), line.object().get("id")));
  }

  private static String id(JsonLine line) {
    JsonNode id = line.object().get("id");
    if (id != null && !id.isString() && !id.isNumber()) {
      throw line.error("field 'id' must be a string or a number");
    }
    return id != null && id.isNumber() ? id.toString() : line.text("id");
  }
}
