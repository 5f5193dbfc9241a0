package io.selfalign.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
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
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject file =
        new SimpleJavaFileObject(
            URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    StringWriter errors = new StringWriter();
    List<String> options =
        List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
    boolean compiled = compiler.getTask(errors, null, null, options, null, List.of(file)).call();
    return compiled ? "" : errors.toString();
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
