package io.selfalign;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static io.selfalign.signatures.VisibleSignatures.areVisibleToUsers;
import static io.selfalign.signatures.VisibleSignatures.nameInVisibleSignaturesNoTypeOf;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Internal types stay out of what users see. */
@AnalyzeClasses(packages = "io.selfalign", importOptions = ImportOption.DoNotIncludeTests.class)
class InternalTypesTest {
  @ArchTest
  static final ArchRule public_signatures_name_no_internal_type =
      classes()
          .that()
          .resideOutsideOfPackage("io.selfalign.internal..")
          .and(areVisibleToUsers())
          .should(nameInVisibleSignaturesNoTypeOf("io.selfalign.internal"));
}
