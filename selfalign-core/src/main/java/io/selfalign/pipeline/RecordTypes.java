package io.selfalign.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.data.Traceable;
import io.selfalign.error.InvalidDataException;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a type of records must be so that a run can write, read and trace it. */
final class RecordTypes {
  private RecordTypes() {}

  /** The lines as records of a type that {@link #problem} finds nothing wrong with. */
  static <T extends Traceable> Stream<T> read(JsonLinesReader lines, Class<T> type) {
    return lines.stream(type.asSubclass(Record.class)).map(type::cast);
  }

  /** What is wrong with a type, to follow its name in a message. */
  static Optional<String> problem(Class<?> type) {
    if (!type.isRecord()) {
      return Optional.of("is not a Java record");
    }
    if (!hasComponent(type, "id")) {
      return Optional.of("has no component 'id'");
    }
    return overridesParents(type) && !hasComponent(type, "parents")
        ? Optional.of("has parents() without a component 'parents', which would not be written")
        : Optional.empty();
  }

  /**
   * Checks that records will be read again as what they are: the first by reading it, all by
   * looking for null, which a field can't have.
   *
   * @throws IllegalArgumentException naming the record and what is wrong
   */
  static void checkWritable(List<? extends Traceable> records) {
    for (Traceable record : records) {
      for (RecordComponent component : record.getClass().getRecordComponents()) {
        if (isNull(component, record)) {
          throw new IllegalArgumentException(
              "record '" + record.id() + "': " + component.getName() + " is null");
        }
      }
    }
    if (!records.isEmpty()) {
      Traceable first = records.get(0);
      String json = new String(JsonLines.encode(first), UTF_8);
      try {
        Object unused =
            JsonLines.parse("json", 1, json).as(first.getClass().asSubclass(Record.class));
      } catch (InvalidDataException e) {
        throw new IllegalArgumentException(
            "record '" + first.id() + "' could not be read again once written: " + e.getMessage(),
            e);
      }
    }
  }

  private static boolean isNull(RecordComponent component, Traceable record) {
    if (component.getType().isPrimitive()) {
      return false;
    }
    try {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(record) == null;
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          "record type " + record.getClass().getName() + " can't be read: " + e, e);
    }
  }

  /**
   * The components of a type, for a fingerprint: {@code text: java.lang.String}. Those of records
   * within it follow, each once, as {@code Nested.text: java.lang.String}.
   */
  static List<String> shape(Class<?> type) {
    Map<Class<?>, List<String>> shapes = new LinkedHashMap<>();
    addShape(type, "", shapes);
    return shapes.values().stream().flatMap(List::stream).toList();
  }

  private static void addShape(Class<?> type, String prefix, Map<Class<?>, List<String>> shapes) {
    if (!type.isRecord() || shapes.containsKey(type)) {
      return;
    }
    List<String> lines = new ArrayList<>();
    shapes.put(type, lines);
    for (RecordComponent component : type.getRecordComponents()) {
      Type of = component.getGenericType();
      lines.add(prefix + component.getName() + ": " + of.getTypeName());
      classes(of)
          .forEach(nested -> addShape(nested, prefix + nested.getSimpleName() + ".", shapes));
    }
  }

  /** A type's class and those of its arguments. */
  private static Stream<Class<?>> classes(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      return Stream.concat(
          classes(parameterized.getRawType()),
          Arrays.stream(parameterized.getActualTypeArguments()).flatMap(RecordTypes::classes));
    }
    if (type instanceof GenericArrayType array) {
      return classes(array.getGenericComponentType());
    }
    if (type instanceof WildcardType wildcard) {
      return Arrays.stream(wildcard.getUpperBounds()).flatMap(RecordTypes::classes);
    }
    return type instanceof Class<?> found
        ? Stream.of(found.isArray() ? found.getComponentType() : found)
        : Stream.empty();
  }

  private static boolean hasComponent(Class<?> type, String name) {
    return Arrays.stream(type.getRecordComponents()).anyMatch(c -> c.getName().equals(name));
  }

  private static boolean overridesParents(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .anyMatch(m -> m.getName().equals("parents") && m.getParameterCount() == 0);
  }
}
