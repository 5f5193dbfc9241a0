package io.selfalign;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture.LayerDependencySpecification;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/** The arrows between the packages of core. A package that has no classes yet breaks no rule. */
@AnalyzeClasses(packages = "io.selfalign", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  /** Packages that may know each other. */
  private record Layer(List<String> packages) {
    Layer(String... packages) {
      this(List.of(packages));
    }

    String name() {
      return String.join(" and ", packages);
    }
  }

  /** From the bottom up: a layer may use those of earlier lines, and none of its own line. */
  private static final List<List<Layer>> LEVELS =
      List.of(
          List.of(new Layer("io.selfalign.error..")),
          List.of(new Layer("io.selfalign.data..", "io.selfalign.internal.data..")),
          List.of(new Layer("io.selfalign.model..")),
          List.of(new Layer("io.selfalign.text..")),
          List.of(new Layer("io.selfalign.internal.text..")),
          List.of(new Layer("io.selfalign.pipeline..")),
          List.of(new Layer("io.selfalign.answer..")),
          List.of(new Layer("io.selfalign.tuning..")),
          List.of(
              new Layer("io.selfalign.instruct.."),
              new Layer("io.selfalign.principle.."),
              new Layer("io.selfalign.engrave.."),
              new Layer("io.selfalign.verbose..")),
          List.of(new Layer("io.selfalign.eval..", "io.selfalign.report..")),
          List.of(new Layer("io.selfalign.trial..")),
          List.of(new Layer("io.selfalign")));

  @ArchTest static final ArchRule each_package_uses_only_those_below_it = layers();

  @ArchTest
  static final ArchRule every_class_lives_in_a_package_of_the_levels =
      classes()
          .should()
          .resideInAnyPackage(
              LEVELS.stream()
                  .flatMap(List::stream)
                  .flatMap(layer -> layer.packages().stream())
                  .toArray(String[]::new))
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
  static final ArchRule core_knows_no_engine =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.djl..", "com.sun.jna..", "io.selfalign.djl..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule core_has_no_native_methods =
      methods().should().notHaveModifier(JavaModifier.NATIVE).allowEmptyShould(true);

  @ArchTest
  static final ArchRule core_loads_no_native_libraries =
      noClasses()
          .should()
          .callMethod(System.class, "load", String.class)
          .orShould()
          .callMethod(System.class, "loadLibrary", String.class)
          .orShould()
          .callMethod(Runtime.class, "load", String.class)
          .orShould()
          .callMethod(Runtime.class, "loadLibrary", String.class)
          .allowEmptyShould(true);

  private static ArchRule layers() {
    LayeredArchitecture architecture =
        layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .withOptionalLayers(true)
            // A mark, which any package may carry.
            .ignoreDependency(DescribedPredicate.alwaysTrue(), equivalentTo(Experimental.class));
    List<String> below = new ArrayList<>();
    for (List<Layer> level : LEVELS) {
      for (Layer layer : level) {
        LayerDependencySpecification rule =
            architecture
                .layer(layer.name())
                .definedBy(layer.packages().toArray(String[]::new))
                .whereLayer(layer.name());
        architecture =
            below.isEmpty()
                ? rule.mayNotAccessAnyLayer()
                : rule.mayOnlyAccessLayers(below.toArray(String[]::new));
      }
      level.forEach(layer -> below.add(layer.name()));
    }
    return architecture;
  }
}
