package io.selfalign.signatures;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Types as a reader of a signature writes them: without the package where it is the signature's own
 * or one of the JDK's common ones, below {@code io.selfalign} without that part, and with
 * {@code @Nullable} where it stands in the source.
 *
 * @param home the package of the signature
 */
record TypeText(String home) {
  private static final String ROOT = "io.selfalign.";
  private static final Set<String> COMMON =
      Set.of(
          "java.lang",
          "java.io",
          "java.nio.file",
          "java.time",
          "java.util",
          "java.util.function",
          "java.util.stream");

  /** A type without arguments, such as {@code Map.Entry}. */
  String name(Class<?> type) {
    if (type.isArray()) {
      return name(type.getComponentType()) + "[]";
    }
    if (type.isPrimitive()) {
      return type.getName();
    }
    String packageName = type.getPackageName();
    String qualified = type.getCanonicalName();
    String simple = qualified.substring(packageName.length() + 1);
    if (packageName.equals(home) || COMMON.contains(packageName)) {
      return simple;
    }
    return qualified.startsWith(ROOT) ? qualified.substring(ROOT.length()) : qualified;
  }

  /** A type with its arguments and where it may be null. */
  String of(AnnotatedType type) {
    String text;
    if (type instanceof AnnotatedArrayType array) {
      // The annotation of an array stands before its brackets.
      return of(array.getAnnotatedGenericComponentType()) + nullable(type, " ", " ") + "[]";
    } else if (type instanceof AnnotatedParameterizedType parameterized) {
      ParameterizedType raw = (ParameterizedType) type.getType();
      text =
          name((Class<?>) raw.getRawType())
              + "<"
              + list(parameterized.getAnnotatedActualTypeArguments())
              + ">";
    } else if (type instanceof AnnotatedWildcardType wildcard) {
      text = wildcard(wildcard);
    } else {
      Type plain = type.getType();
      text = plain instanceof Class<?> c ? name(c) : plain.getTypeName();
    }
    return nullable(type, "", " ") + text;
  }

  private String wildcard(AnnotatedWildcardType wildcard) {
    AnnotatedType[] lower = wildcard.getAnnotatedLowerBounds();
    if (lower.length > 0) {
      return "? super " + of(lower[0]);
    }
    AnnotatedType[] upper = wildcard.getAnnotatedUpperBounds();
    return isObject(upper) ? "?" : "? extends " + of(upper[0]);
  }

  /** Types with commas between. */
  String list(AnnotatedType[] types) {
    return Arrays.stream(types).map(this::of).collect(Collectors.joining(", "));
  }

  /** Parameters of a method or constructor. */
  String parameters(AnnotatedType[] types, boolean variable) {
    String text = list(types);
    return variable ? text.substring(0, text.length() - "[]".length()) + "..." : text;
  }

  /** What a declaration is generic in, such as {@code <T extends Record>}, or nothing. */
  String variables(TypeVariable<?>[] variables) {
    if (variables.length == 0) {
      return "";
    }
    return Stream.of(variables).map(this::variable).collect(Collectors.joining(", ", "<", ">"));
  }

  private String variable(TypeVariable<?> variable) {
    AnnotatedType[] bounds = variable.getAnnotatedBounds();
    if (isObject(bounds)) {
      return variable.getName();
    }
    List<String> texts = Arrays.stream(bounds).map(this::of).toList();
    return variable.getName() + " extends " + String.join(" & ", texts);
  }

  /** Whether the bound is {@code Object}, which nobody writes, and may not be null. */
  private static boolean isObject(AnnotatedType[] bounds) {
    return bounds.length == 0
        || (bounds.length == 1
            && bounds[0].getType() == Object.class
            && nullable(bounds[0], "", "").isEmpty());
  }

  private static String nullable(@Nullable AnnotatedType type, String before, String after) {
    if (type == null) {
      return "";
    }
    for (Annotation annotation : type.getAnnotations()) {
      if (annotation.annotationType() == Nullable.class) {
        return before + "@Nullable" + after;
      }
    }
    return "";
  }
}
