package io.selfalign.data;

import io.selfalign.error.InvalidDataException;
import io.selfalign.internal.data.JsonErrors;
import io.selfalign.internal.data.UnicodeText;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One record of a JSON Lines file, which knows where it stands. Every getter's {@link
 * InvalidDataException} names the place and what to change, such as {@code seeds.jsonl:17: field
 * 'instruction' is blank}. Fields that nobody asks for are ignored.
 */
public final class JsonLine {
  private final String name;
  private final long line;
  private final ObjectNode object;

  private JsonLine(String name, long line, ObjectNode object) {
    this.name = name;
    this.line = line;
    this.object = object;
  }

  /** Parses a line that isn't blank. */
  static JsonLine parse(String name, long line, String text) {
    String problem;
    try (JsonParser parser = JsonMapping.MAPPER.createParser(text)) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_OBJECT) {
        ObjectNode object = parser.readValueAsTree();
        long end = parser.currentLocation().getCharOffset();
        String rest = text.substring((int) end);
        if (rest.isBlank()) {
          return new JsonLine(name, line, object);
        }
        long column = end + 1 + rest.length() - rest.stripLeading().length();
        problem = "more follows after the JSON object, at column " + column;
      } else {
        problem = "expected a JSON object, but found " + kind(first);
      }
    } catch (JacksonException e) {
      throw new InvalidDataException(message(name, line, invalid(e)), e);
    }
    throw new InvalidDataException(message(name, line, problem));
  }

  /** The line's number, counted from 1. */
  public long line() {
    return line;
  }

  /** The file's name and the line's number, such as {@code seeds.jsonl:17}. */
  public String place() {
    return name + ":" + line;
  }

  /** The whole object. Changing it changes this line. */
  public ObjectNode object() {
    return object;
  }

  /**
   * A field's string, which may be empty.
   *
   * @throws InvalidDataException if the field is missing, not a string, or has an unpaired
   *     surrogate
   */
  public String text(String field) {
    return checkedText(field, required(field));
  }

  /**
   * A field's string, in which something can be read.
   *
   * @throws InvalidDataException if the field is missing, not a string, blank, or has an unpaired
   *     surrogate
   */
  public String nonBlankText(String field) {
    String text = text(field);
    if (text.isBlank()) {
      throw error("field '" + field + "' is blank");
    }
    return text;
  }

  /**
   * A field's string, if it is there and not null.
   *
   * @throws InvalidDataException if it is something else than a string, or has an unpaired
   *     surrogate
   */
  public Optional<String> optionalText(String field) {
    return value(field).map(value -> checkedText(field, value));
  }

  /**
   * A field's whole number.
   *
   * @throws InvalidDataException if the field is missing, not a number, not whole, or does not fit
   *     64 bits
   */
  public long integer(String field) {
    JsonNode value = required(field);
    if (!value.isIntegralNumber()) {
      throw mustBe(field, "a whole number", value);
    }
    if (!value.canConvertToLong()) {
      throw error("field '" + field + "' is " + value + ", which does not fit 64 bits");
    }
    return value.longValue();
  }

  /**
   * A field's number, rounded to the nearest double.
   *
   * @throws InvalidDataException if the field is missing, not a number, or too large
   */
  public double number(String field) {
    JsonNode value = required(field);
    if (!value.isNumber()) {
      throw mustBe(field, "a number", value);
    }
    double number = value.decimalValue().doubleValue();
    if (Double.isInfinite(number)) {
      throw error("field '" + field + "' is " + value + ", which is too large");
    }
    return number;
  }

  /**
   * A field's truth value.
   *
   * @throws InvalidDataException if the field is missing or neither true nor false
   */
  public boolean flag(String field) {
    JsonNode value = required(field);
    if (!value.isBoolean()) {
      throw mustBe(field, "true or false", value);
    }
    return value.booleanValue();
  }

  /**
   * The line as a Java record. Component {@code tokenIds} is field {@code token_ids}; every
   * component's field must be there, with a value of its own type, unless it is an {@link
   * Optional}.
   *
   * @throws InvalidDataException if a field is missing or of another type, or if the record's
   *     constructor throws {@link IllegalArgumentException}, whose message follows the place
   */
  public <T extends Record> T as(Class<T> type) {
    return JsonMapping.map(this, type);
  }

  /** An exception about this line: its place, then the message. */
  public InvalidDataException error(String message) {
    return new InvalidDataException(place() + ": " + message);
  }

  @Override
  public String toString() {
    return place() + ": " + object;
  }

  private Optional<JsonNode> value(String field) {
    return object.optional(field).filter(value -> !value.isNull());
  }

  private JsonNode required(String field) {
    return object.optional(field).orElseThrow(() -> error("field '" + field + "' is missing"));
  }

  private String checkedText(String field, JsonNode value) {
    if (!value.isString()) {
      throw mustBe(field, "a string", value);
    }
    String text = value.stringValue();
    int index = UnicodeText.indexOfUnpairedSurrogate(text);
    if (index >= 0) {
      throw error(FieldChecks.unpairedSurrogate(field, text, index));
    }
    return text;
  }

  private InvalidDataException mustBe(String field, String expected, JsonNode value) {
    return error("field '" + field + "' must be " + expected + ", but is " + kind(value));
  }

  /** What a value is, in a message. */
  static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> "a string";
      case NUMBER -> "the number " + value;
      case BOOLEAN -> value.toString();
      case ARRAY -> "an array";
      case OBJECT, POJO -> "an object";
      case NULL -> "null";
      default -> "something else";
    };
  }

  private static String kind(@Nullable JsonToken token) {
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE -> "true";
      case VALUE_FALSE -> "false";
      case VALUE_NULL -> "null";
      default -> "something else";
    };
  }

  private static String invalid(JacksonException e) {
    String column = e.getLocation() == null ? "" : " at column " + e.getLocation().getColumnNr();
    return "not valid JSON" + column + ": " + JsonErrors.inWords(e);
  }

  private static String message(String name, long line, String problem) {
    return name + ":" + line + ": " + problem + "; write one {...} per line";
  }
}
