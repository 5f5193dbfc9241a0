package io.selfalign.signatures;

import io.selfalign.Experimental;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The public signatures of a folder of class files: every type that code in another package can
 * name, with its public and protected members. A signature leaves out what is no promise (parameter
 * names, annotations other than {@code @Nullable} and {@link Experimental}, {@code synchronized})
 * and what goes without saying (a record's accessors, an enum's {@code values}, {@code toString}).
 */
public final class PublicSignatures {
  private PublicSignatures() {}

  /**
   * Reads the signatures.
   *
   * @param classes a folder of class files, which must be on the class path
   * @param isPublic tells the packages whose types are promised
   * @return for each type, by its full name, the lines that declare it: the type's own, then its
   *     members in alphabetical order
   */
  public static SortedMap<String, List<String>> of(Path classes, Predicate<String> isPublic) {
    SortedMap<String, List<String>> signatures = new TreeMap<>();
    for (Class<?> type : types(classes)) {
      if (isPublic.test(type.getPackageName()) && isVisible(type)) {
        signatures.put(type.getCanonicalName(), lines(type));
      }
    }
    return signatures;
  }

  /** All packages of a folder of class files that have a type in them. */
  public static SortedSet<String> packages(Path classes) {
    return types(classes).stream()
        .map(Class::getPackageName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** All types of a folder of class files, not initialized. */
  public static List<Class<?>> types(Path classes) {
    try (Stream<Path> files = Files.walk(classes)) {
      List<Class<?>> types = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        String name =
            classes.relativize(file).toString().replace(file.getFileSystem().getSeparator(), ".");
        if (name.endsWith(".class") && !name.endsWith("-info.class")) {
          types.add(load(name.substring(0, name.length() - ".class".length())));
        }
      }
      return types;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, PublicSignatures.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(name + " is not on the class path", e);
    }
  }

  /** Whether code in another package can name the type. */
  public static boolean isVisible(Class<?> type) {
    if (type.isAnonymousClass() || type.isLocalClass() || type.isSynthetic()) {
      return false;
    }
    Class<?> outer = type.getDeclaringClass();
    return isVisible(type.getModifiers()) && (outer == null || isVisible(outer));
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static List<String> lines(Class<?> type) {
    TypeText text = new TypeText(type.getPackageName());
    SortedSet<String> members = new TreeSet<>();
    for (Field field : type.getDeclaredFields()) {
      if (isVisible(field.getModifiers()) && !field.isSynthetic()) {
        members.add(field(field, text));
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (isVisible(constructor.getModifiers())
          && !constructor.isSynthetic()
          && !isImplied(constructor)) {
        members.add(constructor(constructor, text));
      }
    }
    addMethods(type, type, text, members);
    List<String> lines = new ArrayList<>();
    lines.add(declaration(type, text));
    lines.addAll(members);
    return lines;
  }

  /**
   * Of a type and of its ancestors that a user can't name, whose methods are the type's own then.
   */
  private static void addMethods(
      Class<?> type, Class<?> of, TypeText text, SortedSet<String> members) {
    for (Method method : of.getDeclaredMethods()) {
      if (isVisible(method.getModifiers()) && !method.isSynthetic() && !isImplied(type, method)) {
        members.add(method(method, text));
      }
    }
    Stream.concat(Stream.ofNullable(of.getSuperclass()), Arrays.stream(of.getInterfaces()))
        .filter(ancestor -> !isVisible(ancestor))
        .forEach(ancestor -> addMethods(type, ancestor, text, members));
  }

  private static boolean isImplied(Constructor<?> constructor) {
    Class<?> type = constructor.getDeclaringClass();
    return type.isEnum()
        || (type.isRecord()
            && Arrays.equals(
                constructor.getParameterTypes(),
                Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new)));
  }

  private static boolean isImplied(Class<?> type, Method method) {
    String name = method.getName();
    List<Class<?>> parameters = List.of(method.getParameterTypes());
    if (parameters.isEmpty()) {
      return name.equals("hashCode")
          || name.equals("toString")
          || (type.isEnum() && name.equals("values"))
          || (type.isRecord()
              && Stream.of(type.getRecordComponents()).anyMatch(c -> c.getName().equals(name)));
    }
    return (name.equals("equals") && parameters.equals(List.of(Object.class)))
        || (type.isEnum() && name.equals("valueOf") && parameters.equals(List.of(String.class)));
  }

  private static String declaration(Class<?> type, TypeText text) {
    StringBuilder line = new StringBuilder(experimental(type));
    line.append(modifiers(type)).append(text.name(type));
    line.append(text.variables(type.getTypeParameters()));
    if (type.isRecord()) {
      line.append(
          Stream.of(type.getRecordComponents())
              .map(c -> text.of(c.getAnnotatedType()) + " " + c.getName())
              .collect(Collectors.joining(", ", "(", ")")));
    }
    Class<?> superclass = type.getSuperclass();
    if (superclass != null
        && superclass != Object.class
        && isVisible(superclass)
        && !type.isRecord()
        && !type.isEnum()) {
      line.append(" extends ").append(text.of(type.getAnnotatedSuperclass()));
    }
    if (!type.isAnnotation()) {
      List<String> interfaces = new ArrayList<>();
      for (int i = 0; i < type.getInterfaces().length; i++) {
        if (isVisible(type.getInterfaces()[i])) {
          interfaces.add(text.of(type.getAnnotatedInterfaces()[i]));
        }
      }
      if (!interfaces.isEmpty()) {
        line.append(type.isInterface() ? " extends " : " implements ");
        line.append(String.join(", ", interfaces));
      }
    }
    return line.toString();
  }

  private static String modifiers(Class<?> type) {
    int modifiers = type.getModifiers();
    StringBuilder text = new StringBuilder();
    text.append(Modifier.isProtected(modifiers) ? "protected " : "");
    if (type.isAnnotation()) {
      return text.append("@interface ").toString();
    } else if (type.isRecord()) {
      return text.append("record ").toString();
    } else if (type.isEnum()) {
      return text.append("enum ").toString();
    }
    text.append(type.isSealed() ? "sealed " : "");
    if (type.isInterface()) {
      return text.append("interface ").toString();
    }
    boolean inner = type.getDeclaringClass() != null && !Modifier.isStatic(modifiers);
    text.append(inner ? "inner " : "");
    text.append(Modifier.isAbstract(modifiers) ? "abstract " : "");
    text.append(Modifier.isFinal(modifiers) ? "final " : "");
    return text.append("class ").toString();
  }

  private static String field(Field field, TypeText text) {
    String name = field.getName();
    if (field.isEnumConstant()) {
      return experimental(field) + "constant " + name;
    }
    return experimental(field)
        + memberModifiers(field.getModifiers())
        + text.of(field.getAnnotatedType())
        + " "
        + name;
  }

  private static String constructor(Constructor<?> constructor, TypeText text) {
    int modifiers = constructor.getModifiers();
    return experimental(constructor)
        + (Modifier.isProtected(modifiers) ? "protected " : "")
        + "new "
        + constructor.getDeclaringClass().getSimpleName()
        + arguments(constructor, text);
  }

  private static String method(Method method, TypeText text) {
    int modifiers = method.getModifiers();
    Class<?> type = method.getDeclaringClass();
    if (type.isInterface() || Modifier.isFinal(type.getModifiers())) {
      modifiers &= ~(Modifier.ABSTRACT | Modifier.FINAL);
    }
    String variables = text.variables(method.getTypeParameters());
    return experimental(method)
        + memberModifiers(modifiers)
        + (method.isDefault() ? "default " : "")
        + (variables.isEmpty() ? "" : variables + " ")
        + text.of(method.getAnnotatedReturnType())
        + " "
        + method.getName()
        + arguments(method, text);
  }

  private static String memberModifiers(int modifiers) {
    int told = Modifier.PROTECTED | Modifier.STATIC | Modifier.ABSTRACT | Modifier.FINAL;
    String text = Modifier.toString(modifiers & told);
    return text.isEmpty() ? "" : text + " ";
  }

  private static String arguments(Executable of, TypeText text) {
    AnnotatedType[] thrown = of.getAnnotatedExceptionTypes();
    return "("
        + text.parameters(of.getAnnotatedParameterTypes(), of.isVarArgs())
        + ")"
        + (thrown.length == 0 ? "" : " throws " + text.list(thrown));
  }

  private static String experimental(AnnotatedElement element) {
    boolean marked = element.isAnnotationPresent(Experimental.class);
    if (element instanceof Class<?> type && type.getDeclaringClass() == null) {
      marked |= type.getPackage().isAnnotationPresent(Experimental.class);
    }
    return marked ? "@Experimental " : "";
  }
}
