package io.selfalign.signatures;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The first page of the Javadoc. */
class OverviewTest {
  private static final Pattern ROW = Pattern.compile("<th scope=\"row\">\\{@link ([a-z.]+)}</th>");

  @Test
  void every_exported_package_has_a_row_in_the_reading_order()
      throws IOException, URISyntaxException {
    List<String> rows =
        ROW.matcher(Files.readString(Path.of("src/main/javadoc/overview.html")))
            .results()
            .map(row -> row.group(1))
            .toList();
    assertThat(rows).containsExactlyInAnyOrderElementsOf(PublicApiTest.exported());
    assertThat(rows.get(0)).isEqualTo("io.selfalign");
  }
}
