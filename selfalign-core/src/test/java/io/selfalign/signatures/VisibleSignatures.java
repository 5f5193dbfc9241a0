package io.selfalign.signatures;

import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaParameter;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.JavaTypeVariable;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** What rules of ArchUnit say of the signatures that users see. */
public final class VisibleSignatures {
  private VisibleSignatures() {}

  /** Types that code in another package can name. */
  public static DescribedPredicate<JavaClass> areVisibleToUsers() {
    return DescribedPredicate.describe(
        "are visible to users",
        type ->
            Stream.iterate(Optional.of(type), Optional::isPresent, t -> t.get().getEnclosingClass())
                .flatMap(Optional::stream)
                .allMatch(t -> isVisible(t.getModifiers())));
  }

  /**
   * No visible signature of a type names a type of the hidden packages or of those below them: as
   * an ancestor, a type, a parameter, a result, an exception, an argument of these or a bound.
   */
  public static ArchCondition<JavaClass> nameInVisibleSignaturesNoTypeOf(String... hidden) {
    return new ArchCondition<>("name no type of %s", String.join(", ", hidden)) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        signaturesOf(type)
            .filter(signature -> isOneOf(signature.type(), hidden))
            .map(s -> s.place() + " names " + s.type().getName())
            .distinct()
            .forEach(message -> events.add(violated(type, message)));
      }
    };
  }

  private static boolean isOneOf(JavaClass type, String... packages) {
    String name = type.getBaseComponentType().getPackageName();
    return Stream.of(packages).anyMatch(p -> name.equals(p) || name.startsWith(p + "."));
  }

  /** A type that a user meets in the named place. */
  private record Signature(String place, JavaClass type) {}

  private static Stream<Signature> signaturesOf(JavaClass type) {
    Stream<Signature> supertypes =
        Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream())
            .flatMap(VisibleSignatures::rawTypes)
            .map(t -> new Signature(type.getName(), t));
    Stream<Signature> fields =
        type.getFields().stream()
            .filter(field -> isVisible(field.getModifiers()))
            .flatMap(VisibleSignatures::typesOf);
    Stream<Signature> codeUnits =
        type.getCodeUnits().stream()
            .filter(codeUnit -> isVisible(codeUnit.getModifiers()))
            .flatMap(VisibleSignatures::typesOf);
    return Stream.of(
            supertypes, bounds(type.getName(), type.getTypeParameters()), fields, codeUnits)
        .flatMap(Function.identity());
  }

  private static Stream<Signature> typesOf(JavaField field) {
    return rawTypes(field.getType()).map(t -> new Signature(field.getFullName(), t));
  }

  private static Stream<Signature> typesOf(JavaCodeUnit codeUnit) {
    Stream<JavaType> named =
        Stream.of(
                codeUnit.getParameters().stream().map(JavaParameter::getType),
                Stream.of(codeUnit.getReturnType()),
                codeUnit.getExceptionTypes().stream())
            .flatMap(Function.identity());
    return Stream.concat(
        named
            .flatMap(VisibleSignatures::rawTypes)
            .map(t -> new Signature(codeUnit.getFullName(), t)),
        bounds(codeUnit.getFullName(), codeUnit.getTypeParameters()));
  }

  private static Stream<Signature> bounds(
      String place, Iterable<? extends JavaTypeVariable<?>> variables) {
    Stream.Builder<Signature> found = Stream.builder();
    variables.forEach(
        variable ->
            variable.getAllInvolvedRawTypes().forEach(t -> found.add(new Signature(place, t))));
    return found.build();
  }

  private static Stream<JavaClass> rawTypes(JavaType type) {
    return type.getAllInvolvedRawTypes().stream();
  }

  private static boolean isVisible(Set<JavaModifier> modifiers) {
    return modifiers.contains(PUBLIC) || modifiers.contains(PROTECTED);
  }
}
