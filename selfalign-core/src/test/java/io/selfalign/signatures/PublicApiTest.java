package io.selfalign.signatures;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.SelfAlign;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The public signatures of selfalign-core, beside those that are committed. */
class PublicApiTest {
  private static final String MODULE = "selfalign-core";
  private static final Path LIST = Path.of("api.txt");

  @Test
  void public_signatures_are_those_of_the_committed_list() throws Exception {
    SortedMap<String, List<String>> now = PublicSignatures.of(classes(), exported()::contains);
    if (SignatureList.isToBeUpdated()) {
      SignatureList.write(LIST, MODULE, now);
    }
    assertThat(SignatureList.difference(MODULE, SignatureList.read(LIST), now)).isEmpty();
  }

  static Set<String> exported() throws URISyntaxException {
    return ModuleFinder.of(classes())
        .find("io.selfalign")
        .orElseThrow()
        .descriptor()
        .exports()
        .stream()
        .filter(exports -> !exports.isQualified())
        .map(Exports::source)
        .collect(Collectors.toSet());
  }

  private static Path classes() throws URISyntaxException {
    return Path.of(SelfAlign.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
