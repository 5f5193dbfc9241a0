package io.selfalign.djl.internal.checkpoint;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Writes safetensors files: valid ones from tensors, and any other from a header as text. */
final class TestSafeTensors {
  private final StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  /** A valid file of three tensors. */
  static byte[] small() {
    return new TestSafeTensors()
        .tensor("model.embed_tokens.weight", "F32", new byte[24], 2, 3)
        .tensor("model.norm.weight", "BF16", new byte[6], 3)
        .tensor("ids", "I64", new byte[16], 2)
        .bytes();
  }

  @CanIgnoreReturnValue
  TestSafeTensors tensor(String name, String type, byte[] content, long... shape) {
    header.append(
        String.format(
            ",\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%d,%d]}",
            name,
            type,
            Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(",")),
            data.size(),
            data.size() + content.length));
    data.writeBytes(content);
    return this;
  }

  byte[] bytes() {
    return file(header + "}", data.toByteArray());
  }

  void write(Path file) {
    write(file, bytes());
  }

  static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] file(String header, byte[] data) {
    return file(header.getBytes(StandardCharsets.UTF_8), data);
  }

  static byte[] file(byte[] header, byte[] data) {
    return ByteBuffer.allocate(8 + header.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .put(data)
        .array();
  }

  /** Bytes 0, 1, 2, ... that differ from each other and between tensors. */
  static byte[] counting(int size, int first) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (first + 7 * i);
    }
    return bytes;
  }
}
