package io.selfalign.djl;

import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaParameter;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.JavaTypeVariable;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * What a user of selfalign-djl can see, which is the package {@code io.selfalign.djl} alone, and
 * which of its internal packages may use which.
 */
@AnalyzeClasses(packages = "io.selfalign.djl", importOptions = ImportOption.DoNotIncludeTests.class)
class DjlArchitectureTest {
  @ArchTest
  static final ArchRule internals_use_only_those_below_them =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("checkpoint")
          .definedBy("io.selfalign.djl.internal.checkpoint..")
          .layer("program")
          .definedBy("io.selfalign.djl.internal.program..")
          .layer("decode")
          .definedBy("io.selfalign.djl.internal.decode..")
          .layer("train")
          .definedBy("io.selfalign.djl.internal.train..")
          .layer("public")
          .definedBy("io.selfalign.djl")
          .whereLayer("checkpoint")
          .mayNotAccessAnyLayer()
          .whereLayer("program")
          .mayOnlyAccessLayers("checkpoint")
          .whereLayer("decode")
          .mayOnlyAccessLayers("program", "checkpoint")
          .whereLayer("train")
          .mayOnlyAccessLayers("program", "checkpoint")
          .whereLayer("public")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule every_class_is_in_the_public_package_or_in_a_known_internal_one =
      classes()
          .should()
          .resideInAnyPackage(
              "io.selfalign.djl",
              "io.selfalign.djl.internal.checkpoint..",
              "io.selfalign.djl.internal.program..",
              "io.selfalign.djl.internal.decode..",
              "io.selfalign.djl.internal.train..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule every_package_is_null_marked =
      classes()
          .should(
              ArchCondition.from(
                  DescribedPredicate.describe(
                      "be in a package that says @NullMarked, else NullAway skips it",
                      type -> type.getPackage().isAnnotatedWith(NullMarked.class))))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule public_signatures_name_neither_djl_types_nor_internals =
      classes()
          .that()
          .resideInAPackage("io.selfalign.djl")
          .and(areVisibleToUsers())
          .should(nameInVisibleSignaturesNoTypeOf("ai.djl", "io.selfalign.djl.internal"))
          .allowEmptyShould(true);

  private static DescribedPredicate<JavaClass> areVisibleToUsers() {
    return DescribedPredicate.describe(
        "are visible to users",
        type ->
            Stream.iterate(Optional.of(type), Optional::isPresent, t -> t.get().getEnclosingClass())
                .flatMap(Optional::stream)
                .allMatch(t -> isVisible(t.getModifiers())));
  }

  private static ArchCondition<JavaClass> nameInVisibleSignaturesNoTypeOf(String... hidden) {
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
            .flatMap(DjlArchitectureTest::rawTypes)
            .map(t -> new Signature(type.getName(), t));
    Stream<Signature> fields =
        type.getFields().stream()
            .filter(field -> isVisible(field.getModifiers()))
            .flatMap(DjlArchitectureTest::typesOf);
    Stream<Signature> codeUnits =
        type.getCodeUnits().stream()
            .filter(codeUnit -> isVisible(codeUnit.getModifiers()))
            .flatMap(DjlArchitectureTest::typesOf);
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
            .flatMap(DjlArchitectureTest::rawTypes)
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
