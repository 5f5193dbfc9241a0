package io.selfalign.djl.internal.program;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The model program's text, joined of the resources that lie beside this class.
 *
 * <p>Each has functions, and perhaps methods of the class {@code Decoder} after them. The joined
 * text has all functions, and one class with all methods.
 */
final class ProgramText {
  /** Linear maps with packed weights. */
  static final String PACKED_LINEAR = "packed_linear.py";

  /** Linear maps with weights as a checkpoint has them. */
  static final String PLAIN_LINEAR = "plain_linear.py";

  /** The other parts, in the order in which to read them. */
  private static final List<String> PARTS =
      List.of(
          "model.py",
          "weights.py",
          "layer.py",
          "attention.py",
          "pieces.py",
          "segments.py",
          "forward.py",
          "sampling.py",
          "cache.py",
          "lora.py",
          "training.py");

  private static final String CLASS = "class Decoder(Module):\n";

  private ProgramText() {}

  /** The whole text, with the linear maps that the kernels need. */
  static String of(Kernels kernels) {
    StringBuilder functions =
        new StringBuilder(part(kernels.packFrom() > 0 ? PACKED_LINEAR : PLAIN_LINEAR));
    StringBuilder methods = new StringBuilder();
    for (String name : PARTS) {
      String text = part(name);
      int methodsAt = text.indexOf(CLASS);
      functions.append("\n\n").append(methodsAt < 0 ? text : text.substring(0, methodsAt));
      if (methodsAt >= 0) {
        methods.append('\n').append(text.substring(methodsAt + CLASS.length()));
      }
    }
    return functions
        + "\n\n"
        + CLASS
        + "  __parameters__ = []\n"
        + "  __buffers__ = []\n"
        + methods;
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
