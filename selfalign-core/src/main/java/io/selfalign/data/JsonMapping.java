package io.selfalign.data;

import io.selfalign.error.InvalidDataException;
import io.selfalign.internal.data.JsonErrors;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JacksonException.Reference;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * How JSON and Java records correspond: every component is a field that must be there unless it is
 * an {@link Optional}, and no value is converted to another type.
 */
final class JsonMapping {
  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  // The reader's limit on lines comes first.
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .annotationIntrospector(new ComponentsAreRequired())
          // Else 1.10 would come back as 1.1, and a long number rounded.
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              textual ->
                  textual
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail))
          .build();

  private static final ObjectReader STRICT_READER =
      MAPPER.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private JsonMapping() {}

  /** A line as a record, or nothing if something is wrong with it: then the slow way tells what. */
  static <T extends Record> Optional<T> map(String text, Class<T> type) {
    try {
      return Optional.ofNullable(STRICT_READER.forType(type).readValue(text));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /** The line's object as a record; what goes wrong is told in the file's terms. */
  static <T extends Record> T map(JsonLine line, Class<T> type) {
    try {
      return MAPPER.treeToValue(line.object(), type);
    } catch (JacksonException e) {
      throw new InvalidDataException(line.place() + ": " + problem(line, e), e);
    }
  }

  private static String problem(JsonLine line, JacksonException e) {
    if (e.getCause() instanceof IllegalArgumentException refusal) {
      return String.valueOf(refusal.getMessage());
    }
    String field = "field '" + path(e) + "' ";
    JsonNode value = line.object().at(pointer(e));
    if (value.isMissingNode()) {
      return field + "is missing";
    }
    return targetType(e)
        .map(type -> field + "must be " + kind(type) + ", but is " + JsonLine.kind(value))
        .orElseGet(() -> field + "can't be read: " + JsonErrors.inWords(e));
  }

  private static Optional<Class<?>> targetType(JacksonException e) {
    if (e instanceof MismatchedInputException mismatch) {
      return Optional.ofNullable(mismatch.getTargetType());
    }
    return e instanceof InputCoercionException coercion
        ? Optional.ofNullable(coercion.getTargetType())
        : Optional.empty();
  }

  /** What a type is called in JSON. */
  private static String kind(Class<?> type) {
    if (CharSequence.class.isAssignableFrom(type)) {
      return "a string";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == int.class || type == Integer.class) {
      return "a whole number of 32 bits";
    }
    if (type == long.class || type == Long.class) {
      return "a whole number of 64 bits";
    }
    if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
      return "a number";
    }
    return type.isArray() || Iterable.class.isAssignableFrom(type) ? "an array" : "an object";
  }

  /** Where in the object, for people: {@code turns[2].text}. */
  private static String path(JacksonException e) {
    StringBuilder path = new StringBuilder();
    for (Reference step : e.getPath()) {
      if (step.getPropertyName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
      }
    }
    return path.toString();
  }

  /** Where in the object, as a JSON Pointer. */
  private static String pointer(JacksonException e) {
    StringBuilder pointer = new StringBuilder();
    for (Reference step : e.getPath()) {
      String name = step.getPropertyName();
      pointer
          .append('/')
          .append(
              name == null
                  ? String.valueOf(step.getIndex())
                  : name.replace("~", "~0").replace("/", "~1"));
    }
    return pointer.toString();
  }

  /** By itself Jackson gives an absent number the value 0. */
  private static final class ComponentsAreRequired extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
      return (member instanceof AnnotatedParameter && member.getRawType() != Optional.class)
          ? Boolean.TRUE
          : super.hasRequiredMarker(config, member);
    }
  }
}
