package io.selfalign.examples;

import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles programs of the documentation against the class path of the tests. */
final class SourceCompiler {
  private SourceCompiler() {}

  /**
   * Compiles one source file.
   *
   * @param name the name of its class
   * @param classes where to write class files
   * @return what the compiler complains of; empty if nothing
   */
  static String complaints(String name, String source, Path classes) {
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
}
