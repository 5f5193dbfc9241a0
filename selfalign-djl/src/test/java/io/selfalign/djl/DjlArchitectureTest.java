package io.selfalign.djl;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static io.selfalign.signatures.VisibleSignatures.areVisibleToUsers;
import static io.selfalign.signatures.VisibleSignatures.nameInVisibleSignaturesNoTypeOf;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
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
}
