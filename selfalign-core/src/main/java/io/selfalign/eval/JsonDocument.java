package io.selfalign.eval;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.data.JsonLines;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.internal.data.JsonErrors;
import io.selfalign.internal.data.UnicodeText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON file over many lines whose values know where they stand: every error names file, line and
 * field, such as {@code mc_task.json:17: field '[2].question' must be a string, but is null}.
 */
final class JsonDocument {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int MAX_DEPTH = 100;

  private JsonDocument() {}

  /** The whole file as one value. */
  static Value read(Path file) {
    String text;
    try {
      text = UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidDataException(file + ": not valid UTF-8; save the text as UTF-8", e);
    } catch (IOException e) {
      throw new SelfAlignException(file + ": can't be opened: " + JsonLines.reason(e), e);
    }
    return parse(file.toString(), text.startsWith("\uFEFF") ? text.substring(1) : text);
  }

  static Value parse(String name, String text) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() == null) {
        throw new InvalidDataException(name + ": the file is empty, but must be JSON");
      }
      Value value = value(parser, name, "", 0);
      if (parser.nextToken() != null) {
        throw new InvalidDataException(
            place(name, parser) + ": more follows after the JSON value; remove it");
      }
      return value;
    } catch (JacksonException e) {
      String line = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
      throw new InvalidDataException(name + line + ": not valid JSON: " + JsonErrors.inWords(e), e);
    }
  }

  private static String place(String name, JsonParser parser) {
    return name + ":" + parser.currentTokenLocation().getLineNr();
  }

  private static Value value(JsonParser parser, String name, String path, int depth) {
    String place = place(name, parser);
    if (depth > MAX_DEPTH) {
      throw new InvalidDataException(place + ": more than " + MAX_DEPTH + " values in each other");
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Value> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String field = parser.currentName();
          String fieldPlace = place(name, parser);
          String fieldPath = path.isEmpty() ? field : path + "." + field;
          parser.nextToken();
          if (fields.put(field, value(parser, name, fieldPath, depth + 1)) != null) {
            throw new InvalidDataException(
                fieldPlace + ": field '" + shown(fieldPath) + "' is there twice");
          }
        }
        yield new Value(place, path, fields, "an object");
      }
      case START_ARRAY -> {
        List<Value> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          elements.add(value(parser, name, path + "[" + elements.size() + "]", depth + 1));
        }
        yield new Value(place, path, elements, "an array");
      }
      case VALUE_STRING -> new Value(place, path, parser.getString(), "a string");
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          new Value(place, path, parser.getDoubleValue(), "the number " + parser.getString());
      case VALUE_TRUE -> new Value(place, path, true, "true");
      case VALUE_FALSE -> new Value(place, path, false, "false");
      default -> new Value(place, path, Value.NULL, "null");
    };
  }

  private static String shown(String path) {
    return path.length() <= 80 ? path : path.substring(0, 80) + "…";
  }

  /**
   * A value of the file.
   *
   * @param place file and line, such as {@code task.json:17}
   * @param path the field, such as {@code [2].question}; empty for the whole
   */
  record Value(String place, String path, Object content, String kind) {
    private static final Object NULL = new Object();

    /** An error about this value: its place and field, then the message. */
    InvalidDataException error(String message) {
      return new InvalidDataException(
          place + ": " + (path.isEmpty() ? "the file " : "field '" + shown(path) + "' ") + message);
    }

    /** An error about what this value has in it, in its own words. */
    InvalidDataException refused(IllegalArgumentException e) {
      return error("can't be taken: " + e.getMessage());
    }

    private InvalidDataException mustBe(String expected) {
      return error("must be " + expected + ", but is " + kind);
    }

    /** The fields of an object, in order. */
    @SuppressWarnings("unchecked") // an object's content is made above
    Map<String, Value> object() {
      if (content instanceof Map<?, ?> fields) {
        return (Map<String, Value>) fields;
      }
      throw mustBe("an object");
    }

    /** The elements of an array. */
    @SuppressWarnings("unchecked") // an array's content is made above
    List<Value> array() {
      if (content instanceof List<?> elements) {
        return (List<Value>) elements;
      }
      throw mustBe("an array");
    }

    /** A string in which something can be read. */
    String text() {
      if (!(content instanceof String text)) {
        throw mustBe("a string");
      }
      if (text.isBlank()) {
        throw error("is blank");
      }
      if (UnicodeText.indexOfUnpairedSurrogate(text) >= 0) {
        throw error("has an unpaired surrogate; it is not valid Unicode");
      }
      return text;
    }

    /** Whether a choice is right: 1 or true, or 0 or false. */
    boolean label() {
      if (content instanceof Boolean flag) {
        return flag;
      }
      if (content instanceof Double number && (number == 0 || number == 1)) {
        return number == 1;
      }
      throw mustBe("1 or 0");
    }

    /** An object's field, which must be there. */
    Value field(String name) {
      Value value = object().get(name);
      if (value == null) {
        throw new InvalidDataException(
            place
                + ": field '"
                + (path.isEmpty() ? name : shown(path) + "." + name)
                + "' is missing");
      }
      return value;
    }

    /** An object's field, if it is there and not null. */
    Optional<Value> optional(String name) {
      return Optional.ofNullable(object().get(name)).filter(value -> value.content != NULL);
    }
  }
}
