package io.selfalign.djl;

import static com.tngtech.archunit.core.importer.ImportOption.Predefined.DO_NOT_INCLUDE_TESTS;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.selfalign.SelfAlign;
import io.selfalign.signatures.PublicSignatures;
import io.selfalign.signatures.SignatureList;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** What selfalign-djl promises, and what it asks of selfalign-core. */
class DjlPublicApiTest {
  private static final String MODULE = "selfalign-djl";
  private static final Path LIST = Path.of("api.txt");

  @Test
  void public_signatures_are_those_of_the_committed_list() throws Exception {
    SortedMap<String, List<String>> now =
        PublicSignatures.of(place(DjlModel.class), "io.selfalign.djl"::equals);
    if (SignatureList.isToBeUpdated()) {
      SignatureList.write(LIST, MODULE, now);
    }
    assertThat(SignatureList.difference(MODULE, SignatureList.read(LIST), now)).isEmpty();
  }

  /** Tests have both modules on the class path, where this would not show. */
  @Test
  void core_exports_to_djl_what_djl_uses_of_it() throws Exception {
    ModuleDescriptor core =
        ModuleFinder.of(place(SelfAlign.class)).find("io.selfalign").orElseThrow().descriptor();
    Set<String> exported =
        core.exports().stream()
            .filter(e -> !e.isQualified() || e.targets().contains("io.selfalign.djl"))
            .map(Exports::source)
            .collect(toSet());
    Set<String> used =
        new ClassFileImporter()
            .withImportOption(DO_NOT_INCLUDE_TESTS).importPackages("io.selfalign.djl").stream()
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .map(Dependency::getTargetClass)
                .map(JavaClass::getBaseComponentType)
                .map(JavaClass::getPackageName)
                .filter(core.packages()::contains)
                .collect(toSet());
    assertThat(exported).as("packages that core exports to djl").containsAll(used);
    assertThat(used).contains("io.selfalign.model");
  }

  private static Path place(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
