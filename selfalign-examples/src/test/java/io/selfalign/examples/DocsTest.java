package io.selfalign.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The Java of the guide compiles, and its links lead somewhere.
 *
 * <p>A page's blocks become one class: records, classes and interfaces are members of it, so that a
 * block may use what another one declares, and the rest of each block is a method. Variables that a
 * reader is expected to have, such as {@code model}, are fields. A block after the line {@code <!--
 * not compiled -->} is left out.
 */
class DocsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern BLOCK =
      Pattern.compile("(?s)(<!-- not compiled -->\n)?```java\n(.*?)```");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");
  private static final Pattern TYPE =
      Pattern.compile("(public |final |static )*(record|class|interface|enum) .*");

  private static final List<String> PACKAGES =
      List.of(
          "",
          "data.",
          "djl.",
          "engrave.",
          "error.",
          "eval.",
          "examples.guide.",
          "examples.miniature.",
          "instruct.",
          "model.",
          "pipeline.",
          "principle.",
          "testing.",
          "text.",
          "trial.",
          "tuning.",
          "verbose.");

  private static final String FIELDS =
      """
        static io.selfalign.djl.DjlModel model;
        static io.selfalign.djl.DjlModel base;
        static java.util.List<io.selfalign.data.Query> queries;
        static io.selfalign.principle.PrincipleDrivenAlignment stage;
        static io.selfalign.principle.PromptFrame frame;
        static io.selfalign.principle.PrincipleSet mine;
        static io.selfalign.principle.ExemplarSelector own;
        static io.selfalign.model.GenerationOptions options;
      """;

  @TempDir Path classes;

  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  static List<Path> pagesWithJava() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (Path page : pages()) {
      if (!blocks(page).isEmpty()) {
        pages.add(page);
      }
    }
    return pages;
  }

  private static List<String> blocks(Path page) throws IOException {
    return BLOCK
        .matcher(Files.readString(page))
        .results()
        .filter(block -> block.group(1) == null)
        .map(block -> block.group(2))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("pagesWithJava")
  void the_java_of_a_page_compiles(Path page) throws IOException {
    StringBuilder imports = new StringBuilder();
    StringBuilder types = new StringBuilder();
    StringBuilder methods = new StringBuilder();
    PACKAGES.forEach(name -> imports.append("import io.selfalign.").append(name).append("*;\n"));
    imports.append("import io.selfalign.pipeline.Pipeline.Output;\n");
    imports.append("import java.net.URI;\nimport java.nio.file.Path;\n");
    imports.append("import java.util.*;\nimport java.util.stream.*;\n");
    int number = 0;
    for (String block : blocks(page)) {
      methods.append("  static void block").append(++number).append("() throws Exception {\n");
      for (String chunk : chunks(block)) {
        if (chunk.startsWith("import ")) {
          imports.append(chunk);
        } else if (isType(chunk)) {
          types.append("static ").append(chunk.replaceFirst("public (class|record)", "$1"));
        } else {
          methods.append(chunk);
        }
      }
      methods.append("  }\n");
    }
    String source = imports + "class Page {\n" + FIELDS + types + methods + "}\n";
    assertThat(SourceCompiler.complaints("Page", source, classes)).as(source).isEmpty();
  }

  /** Statements and declarations, each whole. */
  private static List<String> chunks(String block) {
    List<String> chunks = new ArrayList<>();
    StringBuilder chunk = new StringBuilder();
    int depth = 0;
    for (String line : block.lines().toList()) {
      chunk.append(line).append('\n');
      String code = line.replaceAll("\"[^\"]*\"", "").replaceAll("//.*", "").strip();
      depth += count(code, '{') + count(code, '(') - count(code, '}') - count(code, ')');
      if (depth == 0 && (code.endsWith(";") || code.endsWith("}"))) {
        chunks.add(chunk.toString().stripLeading());
        chunk.setLength(0);
      }
    }
    if (!chunk.toString().isBlank()) {
      chunks.add(chunk + ";\n"); // an expression, shown without its end
    }
    return chunks;
  }

  private static int count(String text, char wanted) {
    return (int) text.chars().filter(character -> character == wanted).count();
  }

  private static boolean isType(String chunk) {
    return TYPE.matcher(chunk.strip().lines().findFirst().orElse("")).matches();
  }

  @Test
  void links_to_files_lead_somewhere() throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path page : pages()) {
      Matcher links = LINK.matcher(Files.readString(page));
      while (links.find()) {
        if (!Files.exists(page.resolveSibling(links.group(1)))) {
          dead.add(page + ": " + links.group(1));
        }
      }
    }
    assertThat(dead).isEmpty();
  }

  @Test
  void the_guide_lists_every_page() throws IOException {
    String guide = Files.readString(ROOT.resolve("docs/README.md"));
    assertThat(pages())
        .map(page -> page.getFileName().toString())
        .filteredOn(page -> !page.equals("README.md"))
        .allSatisfy(page -> assertThat(guide).contains("(" + page + ")"));
  }
}
