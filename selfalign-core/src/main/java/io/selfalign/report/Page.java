package io.selfalign.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import io.selfalign.data.JsonLines;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Puts the page together: the frame {@code page.html}, the style, the data as JSON, the chart
 * library and the page's own scripts. No text of a model or user is in the HTML itself; the data is
 * a block that no parser takes for anything else, and scripts set texts as texts. The page's policy
 * runs these scripts alone, by their hashes, and loads nothing.
 */
final class Page {
  private static final String STYLE = "page.css";

  /** In this order: what all charts use, the sections, and what draws them. */
  private static final List<String> SCRIPTS =
      List.of(
          "dom.js",
          "charts.js",
          "overview.js",
          "funnel.js",
          "instructions.js",
          "topics.js",
          "principles.js",
          "lengths.js",
          "training.js",
          "evaluation.js",
          "samples.js",
          "timings.js",
          "configuration.js",
          "page.js");

  private static final String WEBJAR = "org.webjars/echarts";

  private Page() {}

  /** Writes the page, in one piece or not at all. */
  static void write(Path file, Map<String, Object> data) {
    String frame = resource("page.html");
    String style = resource(STYLE);
    String charts = charts();
    String script = script();
    String policy =
        "default-src 'none'; script-src "
            + hash(charts)
            + " "
            + hash(script)
            + "; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
    WholeFile.write(
        file,
        temporary -> {
          try (Writer out = Files.newBufferedWriter(temporary, UTF_8)) {
            for (String part : frame.split("(?=\\{\\{)|(?<=\\}\\})")) {
              out.write(
                  switch (part) {
                    case "{{policy}}" -> policy;
                    case "{{style}}" -> style;
                    case "{{data}}" -> embedded(data);
                    case "{{charts}}" -> charts;
                    case "{{script}}" -> script;
                    default -> part;
                  });
            }
          }
        });
  }

  /**
   * JSON that can stand in a script element: without the characters that end or open one, or that
   * end a line to older parsers. They occur in strings only, where an escape means the same.
   */
  static String embedded(Map<String, Object> data) {
    return new String(JsonLines.encode(data), UTF_8)
        .strip()
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }

  private static String script() {
    StringBuilder script = new StringBuilder("'use strict';\n(() => {\n");
    for (String name : SCRIPTS) {
      script.append(resource(name)).append('\n');
    }
    return script.append("})();\n").toString();
  }

  /** Apache ECharts, from its WebJar. */
  private static String charts() {
    Properties webJar = new Properties();
    try (InputStream in = open("META-INF/maven/" + WEBJAR + "/pom.properties")) {
      webJar.load(in);
    } catch (IOException e) {
      throw new SelfAlignException("the WebJar of ECharts can't be read: " + e.getMessage(), e);
    }
    return text(
        "META-INF/resources/webjars/echarts/" + webJar.getProperty("version") + "/echarts.min.js");
  }

  private static String resource(String name) {
    return text("io/selfalign/report/" + name);
  }

  /** A parser of HTML makes a line feed of other line ends, which would change the hash. */
  private static String text(String resource) {
    try (InputStream in = open(resource)) {
      return new String(in.readAllBytes(), UTF_8).replace("\r\n", "\n").replace('\r', '\n');
    } catch (IOException e) {
      throw new SelfAlignException(resource + " can't be read: " + e.getMessage(), e);
    }
  }

  private static InputStream open(String resource) {
    // A class finds what is in its own module, a class loader what is in the WebJar beside it.
    InputStream in =
        resource.startsWith("META-INF/")
            ? Page.class.getClassLoader().getResourceAsStream(resource)
            : Page.class.getResourceAsStream("/" + resource);
    if (in == null) {
      throw new SelfAlignException(
          resource
              + " is not on the class path; add org.webjars:echarts, which selfalign-core depends"
              + " on (on the module path with --add-modules echarts), and keep the resources of both"
              + " in a repackaged jar");
    }
    return in;
  }

  private static String hash(String script) {
    byte[] digest = Hashing.sha256().hashString(script, UTF_8).asBytes();
    return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
  }
}
