package io.selfalign.pipeline;

import io.selfalign.data.JsonLinesReader;
import io.selfalign.data.Traceable;
import java.util.Arrays;
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

  private static boolean hasComponent(Class<?> type, String name) {
    return Arrays.stream(type.getRecordComponents()).anyMatch(c -> c.getName().equals(name));
  }

  private static boolean overridesParents(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .anyMatch(m -> m.getName().equals("parents") && m.getParameterCount() == 0);
  }
}
