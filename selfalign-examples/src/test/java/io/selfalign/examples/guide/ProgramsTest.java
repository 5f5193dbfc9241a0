package io.selfalign.examples.guide;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every program of the package says how it is called, and is in the guide. */
class ProgramsTest {
  private static final Path SOURCES = Path.of("src/main/java/io/selfalign/examples/guide");

  static Stream<String> programs() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files
          .filter(file -> read(file).contains("public static void main("))
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .sorted()
          .toList()
          .stream();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(file + " can't be read", e);
    }
  }

  @ParameterizedTest
  @MethodSource("programs")
  void a_program_says_how_it_is_called_and_is_in_the_guide(String program) throws Exception {
    Class<?> type = Class.forName("io.selfalign.examples.guide." + program);
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      type.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
    }
    assertThat(out.toString(UTF_8)).startsWith(program + " ");
    assertThat(Path.of("../docs/examples.md")).content().contains("guide." + program + " ");
  }
}
