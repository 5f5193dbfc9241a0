package io.selfalign.djl.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.selfalign.error.ModelLoadException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Any file is read or refused with a ModelLoadException, in little memory. */
class SafeTensorsPropertyTest {
  private static Path folder = Path.of("");

  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("safetensors");
  }

  @AfterContainer
  static void deleteFolder() throws IOException {
    Files.deleteIfExists(folder.resolve("model.safetensors"));
    Files.delete(folder);
  }

  @Property(tries = 300)
  void random_bytes_are_refused(@ForAll @Size(max = 200) byte[] bytes) {
    openOrRefuse(bytes);
  }

  @Property(tries = 300)
  void random_headers_are_refused(@ForAll @Size(max = 200) byte[] header) {
    openOrRefuse(TestSafeTensors.file(header, new byte[16]));
  }

  /** Changes, removals and insertions of bytes, mostly to what JSON is made of. */
  @Property(tries = 1500)
  void mutations_of_a_valid_file_are_read_or_refused(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int mutations) {
    Random random = new Random(seed);
    List<Byte> bytes = new ArrayList<>();
    for (byte b : TestSafeTensors.small()) {
      bytes.add(b);
    }
    String likely = "0123456789[]{},:\"-.eE\\ ";
    for (int i = 0; i < mutations; i++) {
      int at = random.nextInt(bytes.size());
      byte value =
          (byte)
              (random.nextInt(4) == 0
                  ? random.nextInt(256)
                  : likely.charAt(random.nextInt(likely.length())));
      switch (random.nextInt(3)) {
        case 0 -> bytes.set(at, value);
        case 1 -> bytes.remove(at);
        default -> bytes.add(at, value);
      }
    }
    byte[] mutated = new byte[bytes.size()];
    for (int i = 0; i < mutated.length; i++) {
      mutated[i] = bytes.get(i);
    }
    openOrRefuse(mutated);
  }

  @Property(tries = 200)
  void what_was_written_is_read(@ForAll long seed, @ForAll @IntRange(max = 12) int count) {
    Random random = new Random(seed);
    TestSafeTensors written = new TestSafeTensors();
    List<byte[]> contents = new ArrayList<>();
    List<long[]> shapes = new ArrayList<>();
    TensorType[] types = TensorType.values();
    for (int i = 0; i < count; i++) {
      long[] shape = random.longs(random.nextInt(4), 0, 5).toArray();
      int elements = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      byte[] content = new byte[elements * types[i % 3].bytes()];
      random.nextBytes(content);
      written.tensor("tensor \u00e9 " + i, types[i % 3].name(), content, shape);
      contents.add(content);
      shapes.add(shape);
    }
    written.write(folder.resolve("model.safetensors"));
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      assertThat(tensors.entries()).hasSize(count);
      for (int i = 0; i < count; i++) {
        TensorEntry entry = tensors.require("tensor \u00e9 " + i, shapes.get(i));
        ByteBuffer target = ByteBuffer.allocate((int) entry.byteSize());
        tensors.read(entry, 0, target);
        assertThat(target.array()).isEqualTo(contents.get(i));
        assertThat(entry.type()).isEqualTo(types[i % 3]);
      }
    }
  }

  private static void openOrRefuse(byte[] bytes) {
    TestSafeTensors.write(folder.resolve("model.safetensors"), bytes);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      for (TensorEntry entry : tensors.entries().values()) {
        assertThat(entry.byteSize()).isLessThanOrEqualTo(bytes.length);
        tensors.read(entry, 0, ByteBuffer.allocate((int) entry.byteSize()));
      }
    } catch (ModelLoadException e) {
      assertThat(e).hasMessageStartingWith(folder.resolve("model.safetensors") + ": ");
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before)
        .as("bytes allocated for a file of %d bytes", bytes.length)
        .isLessThan(8 << 20);
  }
}
