package io.selfalign.djl.internal.program;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The model program's text, from the resources that lie beside this class. */
final class ProgramText {
  /** Linear maps with packed weights. */
  static final String PACKED_LINEAR = "packed_linear.py";

  private ProgramText() {}

  /** The whole text, with the linear maps that the kernels need. */
  static String of(Kernels kernels) {
    return part("decoder.py") + part(kernels.packFrom() > 0 ? PACKED_LINEAR : "plain_linear.py");
  }

  /** The text of one resource. */
  static String part(String name) {
    try (InputStream source = ProgramText.class.getResourceAsStream(name)) {
      if (source == null) {
        throw new IllegalStateException("selfalign-djl is incomplete: " + name + " is missing");
      }
      return new String(source.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("selfalign-djl can't be read: " + name, e);
    }
  }
}
