package io.selfalign.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the README compile as they stand there. */
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("(?s)```java\n(.*?)```");
  private static final List<String> PACKAGES =
      List.of("", "djl.", "model.", "principle.", "tuning.", "pipeline.", "data.");

  @TempDir Path classes;

  private static String block(String marker) throws IOException {
    Matcher blocks = BLOCK.matcher(Files.readString(Path.of("../README.md")));
    while (blocks.find()) {
      if (blocks.group(1).contains(marker)) {
        return blocks.group(1);
      }
    }
    throw new AssertionError("the README has no program with " + marker);
  }

  private String compile(String name, String source) {
    return SourceCompiler.complaints(name, source, classes);
  }

  @Test
  void the_first_program_compiles() throws IOException {
    assertThat(compile("Hello", block("public class Hello"))).isEmpty();
  }

  @Test
  void the_program_that_aligns_a_model_compiles_and_has_fifteen_lines() throws IOException {
    String block = block("SelfAlign.of(");
    assertThat(block.lines().count()).isLessThanOrEqualTo(15);
    StringBuilder source = new StringBuilder("import java.nio.file.Path;\n");
    PACKAGES.forEach(name -> source.append("import io.selfalign.").append(name).append("*;\n"));
    source.append("class Aligns {\n  static void run() throws Exception {\n").append(block);
    assertThat(compile("Aligns", source.append("  }\n}\n").toString())).isEmpty();
  }
}
