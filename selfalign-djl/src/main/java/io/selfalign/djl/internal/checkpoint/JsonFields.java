package io.selfalign.djl.internal.checkpoint;

import io.selfalign.error.ModelLoadException;
import io.selfalign.internal.data.JsonErrors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON object of a checkpoint, read by someone who expects it to be wrong: every getter checks
 * type and range, and its error names the file, the key with its path, the value and what it must
 * be. A key whose value is null counts as absent, as in Python's configurations.
 */
final class JsonFields {
  /** Doubles hold every integer up to here. */
  private static final double MAX_EXACT = 1L << 53;

  private static final int MAX_SHOWN = 80;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          // As in Python, the last of two equal keys counts.
          .disable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;
  private final String path;
  private final JsonNode object;

  private JsonFields(Path file, String path, JsonNode object) {
    this.file = file;
    this.path = path;
    this.object = object;
  }

  /**
   * Reads a file that holds one object.
   *
   * @param maxBytes a larger file is refused unread
   * @throws ModelLoadException naming the file, and line and column of a syntax error
   */
  static JsonFields read(Path file, long maxBytes) {
    try (InputStream in = CheckpointFolder.openJson(file, maxBytes);
        JsonParser parser = MAPPER.createParser(in)) {
      return parse(file, parser);
    } catch (IOException e) {
      throw CheckpointFolder.unreadable(file, e);
    } catch (JacksonException e) {
      throw invalid(file, e.getLocation(), e);
    }
  }

  private static JsonFields parse(Path file, JsonParser parser) {
    try {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_OBJECT) {
        throw new ModelLoadException(
            file
                + (first == null
                    ? ": is empty, but must hold a JSON object; is the download complete?"
                    : ": must hold a JSON object, but begins with " + quoted(parser.getString())));
      }
      JsonFields fields = new JsonFields(file, "", parser.<JsonNode>readValueAsTree());
      if (parser.nextToken() != null) {
        throw new ModelLoadException(file + ": goes on after its JSON object");
      }
      return fields;
    } catch (StreamConstraintsException e) { // It does not say where.
      throw invalid(file, parser.currentLocation(), e);
    }
  }

  private static ModelLoadException invalid(
      Path file, @Nullable TokenStreamLocation at, JacksonException e) {
    String place = at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr();
    return new ModelLoadException(file + place + ": not valid JSON: " + JsonErrors.inWords(e), e);
  }

  /** Whether the key is not there at all: a null is there. */
  boolean lacks(String key) {
    return object.get(key) == null;
  }

  /** Whether the key has a value other than null. */
  boolean has(String key) {
    return !lacks(key) && !object.get(key).isNull();
  }

  /** The keys, in order. */
  List<String> keys() {
    return object.properties().stream().map(e -> e.getKey()).toList();
  }

  int integer(String key, int min, int max) {
    if (!has(key)) {
      throw missing(key);
    }
    return integer(key, object.get(key), min, max);
  }

  int integerOr(String key, int absent, int min, int max) {
    if (has(key)) {
      return integer(key, min, max);
    }
    if (absent < min || absent > max) {
      throw new ModelLoadException(
          String.format(
              "%s: %s is missing, and its default of %d does not fit: it must be %s",
              file, name(key), absent, range(min, max)));
    }
    return absent;
  }

  /** A number that is greater than 0 as a float, too. */
  double positive(String key) {
    if (!has(key)) {
      throw missing(key);
    }
    double value = number(key, 0);
    if ((float) value <= 0) {
      throw error(key, "a number greater than 0");
    }
    return value;
  }

  double positiveOr(String key, double absent) {
    return has(key) ? positive(key) : absent;
  }

  /** Any number that is finite as a float: that is what models compute with. */
  double number(String key, double absent) {
    if (!has(key)) {
      return absent;
    }
    double value = object.get(key).isNumber() ? object.get(key).doubleValue() : Double.NaN;
    if (!Float.isFinite((float) value)) {
      throw error(key, "a finite number");
    }
    return value;
  }

  boolean flag(String key, boolean absent) {
    if (!has(key)) {
      return absent;
    }
    if (!object.get(key).isBoolean()) {
      throw error(key, "true or false");
    }
    return object.get(key).booleanValue();
  }

  Optional<String> text(String key) {
    return has(key) ? Optional.of(text(key, object.get(key))) : Optional.empty();
  }

  /** The value of a key, if it is a text. */
  Optional<String> textIfAny(String key) {
    return has(key) ? object.get(key).stringValueOpt() : Optional.empty();
  }

  Optional<JsonFields> object(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (!object.get(key).isObject()) {
      throw error(key, "an object");
    }
    return Optional.of(new JsonFields(file, path + key + ".", object.get(key)));
  }

  Optional<List<JsonFields>> objects(String key) {
    Optional<List<JsonNode>> nodes =
        list(key, "a list of objects", node -> Optional.of(node).filter(JsonNode::isObject));
    return nodes.map(
        list ->
            IntStream.range(0, list.size())
                .mapToObj(i -> new JsonFields(file, path + key + "[" + i + "].", list.get(i)))
                .toList());
  }

  /** Whether the key's value is a list. */
  boolean isList(String key) {
    return has(key) && object.get(key).isArray();
  }

  boolean isEmptyList(String key) {
    return isList(key) && object.get(key).isEmpty();
  }

  /** A list of lists that each begin with a text: these texts. */
  List<String> firstTexts(String key) {
    return list(
            key,
            "a list of lists that begin with a text",
            node -> node.isArray() ? node.path(0).stringValueOpt() : Optional.empty())
        .orElseThrow(() -> missing(key));
  }

  Optional<List<String>> texts(String key) {
    return list(key, "a list of texts", JsonNode::stringValueOpt);
  }

  /** A list of 0 and 1, or of false and true. */
  Optional<List<Boolean>> switches(String key) {
    return list(
        key,
        "a list of 0 and 1",
        node ->
            node.isBoolean()
                ? Optional.of(node.booleanValue())
                : integer(node).filter(i -> i == 0 || i == 1).map(i -> i == 1));
  }

  /** An integer, or a list of integers. */
  List<Long> integers(String key) {
    if (!has(key)) {
      return List.of();
    }
    Optional<Long> single = integer(object.get(key));
    return single.isPresent()
        ? List.of(single.get())
        : list(key, "an integer or a list of integers", JsonFields::integer).orElse(List.of());
  }

  ModelLoadException missing(String key) {
    return new ModelLoadException(file + ": " + name(key) + " is missing");
  }

  /** The value of a key is not what it must be. */
  ModelLoadException error(String key, String expected) {
    String actual = lacks(key) ? "missing" : show(object.get(key));
    return new ModelLoadException(
        String.format("%s: %s is %s, but must be %s", file, name(key), actual, expected));
  }

  /** Something else is wrong with the file. */
  ModelLoadException error(String message) {
    return new ModelLoadException(file + ": " + message);
  }

  private int integer(String key, JsonNode node, int min, int max) {
    return integer(node)
        .filter(value -> value >= min && value <= max)
        .orElseThrow(() -> error(key, range(min, max)))
        .intValue();
  }

  /** A float such as 4096.0 is taken: Python's readers take it, too. */
  private static Optional<Long> integer(JsonNode node) {
    double value = node.isNumber() ? node.doubleValue() : Double.NaN;
    return value == Math.rint(value) && Math.abs(value) <= MAX_EXACT
        ? Optional.of((long) value)
        : Optional.empty();
  }

  private String text(String key, JsonNode node) {
    if (!node.isString()) {
      throw error(key, "a text");
    }
    return node.stringValue();
  }

  private <T> Optional<List<T>> list(
      String key, String expected, Function<JsonNode, Optional<T>> element) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (!object.get(key).isArray()) {
      throw error(key, expected);
    }
    List<T> list = new ArrayList<>();
    for (JsonNode node : object.get(key).values()) {
      list.add(element.apply(node).orElseThrow(() -> error(key, expected)));
    }
    return Optional.of(list);
  }

  private static String range(int min, int max) {
    return "an integer from " + min + " to " + max;
  }

  private String name(String key) {
    return quoted(path + key);
  }

  private static String show(JsonNode node) {
    return shortened(node.toString());
  }

  /** A text of the checkpoint in quotes, on one line and not too long. */
  static String quoted(String text) {
    return "'" + shortened(text.replaceAll("\\p{Cntrl}", "?")) + "'";
  }

  private static String shortened(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
  }
}
