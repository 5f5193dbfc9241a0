package io.selfalign.answer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Texts of the tests, one a line. */
public final class Samples {
  private Samples() {}

  /** The lines of a resource of this package without comments. */
  public static List<String> lines(String resource) {
    try {
      return Resources.readLines(Resources.getResource(Samples.class, resource), UTF_8).stream()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.replace("\\n", "\n"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
