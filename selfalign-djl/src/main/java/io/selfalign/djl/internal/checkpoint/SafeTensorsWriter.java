package io.selfalign.djl.internal.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes safetensors files. */
public final class SafeTensorsWriter {
  private static final int ALIGNMENT = 8;
  private static final int BUFFER_BYTES = 1 << 20;

  private SafeTensorsWriter() {}

  /**
   * A tensor to write.
   *
   * @param shape its sizes, outermost first
   * @param content writes all of its elements, in row-major order
   */
  public record Tensor(String name, TensorType type, List<Long> shape, Content content) {
    /** Copies the shape. */
    public Tensor {
      shape = List.copyOf(shape);
    }

    /** A tensor of floats. */
    public static Tensor of(String name, float[] values, long... shape) {
      return new Tensor(
          name,
          TensorType.F32,
          java.util.Arrays.stream(shape).boxed().toList(),
          sink -> {
            for (float value : values) {
              sink.put(value);
            }
          });
    }

    private long byteSize() {
      return shape.stream().mapToLong(Long::longValue).reduce(type.bytes(), Math::multiplyExact);
    }
  }

  /** Writes the elements of a tensor to a sink, all of them, in order. */
  @FunctionalInterface
  public interface Content {
    /** Writes the elements. */
    void writeTo(Sink sink) throws IOException;
  }

  /** Takes a tensor's elements. */
  public static final class Sink {
    private final FileChannel channel;
    private final ByteBuffer buffer =
        ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private TensorType type = TensorType.F32;
    private long written;

    private Sink(FileChannel channel) {
      this.channel = channel;
    }

    /** Adds an element, rounded to the tensor's type. */
    public void put(float value) throws IOException {
      if (buffer.remaining() < Float.BYTES) {
        flush();
      }
      FloatCodec.put(buffer, type, value);
    }

    /** Adds elements as they are stored. */
    public void put(ByteBuffer bytes) throws IOException {
      flush();
      while (bytes.hasRemaining()) {
        written += channel.write(bytes);
      }
    }

    private void flush() throws IOException {
      buffer.flip();
      while (buffer.hasRemaining()) {
        written += channel.write(buffer);
      }
      buffer.clear();
    }
  }

  /**
   * Writes a file and forces it to the disk.
   *
   * @param file is replaced if it is there
   * @param metadata texts for the file's header
   * @throws IOException if the file can't be written
   */
  public static void write(Path file, Map<String, String> metadata, List<Tensor> tensors)
      throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      Sink sink = new Sink(channel);
      sink.put(header(metadata, tensors));
      for (Tensor tensor : tensors) {
        sink.type = tensor.type();
        long expected = sink.written + tensor.byteSize();
        tensor.content().writeTo(sink);
        sink.flush();
        if (sink.written != expected) {
          throw new SelfAlignException(
              String.format(
                  "%s: tensor '%s' has %d bytes more than its shape",
                  file, tensor.name(), sink.written - expected));
        }
      }
      channel.force(true);
    }
  }

  private static ByteBuffer header(Map<String, String> metadata, List<Tensor> tensors) {
    ObjectNode header = JsonMapper.shared().createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode texts = header.putObject("__metadata__");
      metadata.forEach(texts::put);
    }
    long offset = 0;
    for (Tensor tensor : tensors) {
      ObjectNode entry = header.putObject(tensor.name());
      entry.put("dtype", tensor.type().name());
      tensor.shape().forEach(entry.withArray("shape")::add);
      entry.withArray("data_offsets").add(offset).add(offset + tensor.byteSize());
      offset += tensor.byteSize();
    }
    byte[] json = header.toString().getBytes(UTF_8);
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(padded).put(json);
    while (bytes.hasRemaining()) {
      bytes.put((byte) ' ');
    }
    return bytes.flip();
  }
}
