package io.selfalign.modulepath;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.SelfAlign;
import io.selfalign.signatures.PublicSignatures;
import java.io.File;
import java.io.InputStream;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Opens;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an application finds that has selfalign-core on its module path. */
class ModulePathTest {
  private static final String MODULE = "io.selfalign";
  private static final String INTERNAL = "io.selfalign.internal";
  private static final String JACKSON = "tools.jackson.databind";
  private static final Path CLASSES = classes();

  @TempDir Path temporary;

  private final ModuleDescriptor module =
      ModuleFinder.of(CLASSES).find(MODULE).orElseThrow().descriptor();

  private static Path classes() {
    try {
      return Path.of(SelfAlign.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void public_packages_are_exported_to_all_and_internal_ones_to_djl_at_most() {
    SortedSet<String> packages = PublicSignatures.packages(CLASSES);
    assertThat(module.exports().stream().filter(e -> !e.isQualified()).map(Exports::source))
        .as("packages that module-info.java exports")
        .containsExactlyInAnyOrderElementsOf(
            packages.stream().filter(name -> !isInternal(name)).toList());
    assertThat(module.exports().stream().filter(Exports::isQualified))
        .allSatisfy(
            exports -> {
              assertThat(exports.source()).matches(ModulePathTest::isInternal);
              assertThat(exports.targets()).containsExactly("io.selfalign.djl");
            });
  }

  private static boolean isInternal(String packageName) {
    return packageName.equals(INTERNAL) || packageName.startsWith(INTERNAL + ".");
  }

  /** Else Jackson can't read or write them, which shows on the module path alone. */
  @Test
  void packages_with_records_that_users_cannot_name_are_open_to_jackson() {
    Set<String> hidden =
        PublicSignatures.types(CLASSES).stream()
            .filter(Class::isRecord)
            .filter(type -> !PublicSignatures.isVisible(type) || isInternal(type.getPackageName()))
            .map(Class::getPackageName)
            .collect(toSet());
    assertThat(
            module.opens().stream()
                .filter(opens -> opens.targets().contains(JACKSON))
                .map(Opens::source))
        .as("packages that module-info.java opens to " + JACKSON)
        .containsAll(hidden);
  }

  @Test
  void all_four_stages_and_the_report_run_on_the_module_path() throws Exception {
    List<Path> modules = resolved();
    List<Path> others = new ArrayList<>(classPath());
    others.removeAll(modules);
    Path run = temporary.resolve("run");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--module-path",
                joined(modules),
                "--add-modules",
                MODULE,
                "--class-path",
                joined(others),
                ModulePathProgram.class.getName(),
                run.toString())
            .redirectErrorStream(true)
            .start();
    String output;
    try (InputStream out = process.getInputStream()) {
      output = new String(out.readAllBytes(), UTF_8);
    }
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(output).contains("module io.selfalign: 3 demonstrations");
    assertThat(process.exitValue()).as(output).isZero();
    assertThat(run.resolve("report.html")).as(output).exists();
    assertThat(Files.readString(run.resolve("report.html"))).contains("echarts");
  }

  /** The parts of the class path that the module needs, as Maven splits it. */
  private static List<Path> resolved() {
    ModuleFinder finder =
        ModuleFinder.of(classPath().stream().filter(ModulePathTest::isModule).toArray(Path[]::new));
    return Configuration.empty()
        .resolve(finder, ModuleFinder.ofSystem(), Set.of(MODULE))
        .modules()
        .stream()
        .map(ResolvedModule::reference)
        .map(ModuleReference::location)
        .flatMap(location -> location.stream())
        .filter(location -> location.getScheme().equals("file"))
        .map(Path::of)
        .toList();
  }

  private static boolean isModule(Path entry) {
    try {
      return ModuleFinder.of(entry).findAll().stream()
          .anyMatch(reference -> !reference.descriptor().isAutomatic());
    } catch (FindException e) {
      return false;
    }
  }

  private static List<Path> classPath() {
    return Stream.of(System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator)))
        .map(Path::of)
        .map(Path::toAbsolutePath)
        .filter(Files::exists)
        .toList();
  }

  private static String joined(List<Path> paths) {
    return String.join(File.pathSeparator, paths.stream().map(Path::toString).toList());
  }
}
