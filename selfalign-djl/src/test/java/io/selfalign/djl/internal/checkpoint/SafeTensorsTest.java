package io.selfalign.djl.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.error.CancelledException;
import io.selfalign.error.ModelLoadException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsTest {
  private static final byte[] A = TestSafeTensors.counting(24, 1);
  private static final byte[] B = TestSafeTensors.counting(10, 100);
  private static final byte[] IDS = TestSafeTensors.counting(16, 200);

  @TempDir Path folder;

  @Test
  void entries_say_type_shape_and_place() {
    try (SafeTensors tensors = open()) {
      assertThat(tensors.entries().keySet()).containsExactly("a", "b", "scalar", "none");
      TensorEntry a = tensors.require("a", 2, 3);
      assertThat(a.type()).isEqualTo(TensorType.F32);
      assertThat(a.byteSize()).isEqualTo(24);
      assertThat(a.file()).isEqualTo(folder.resolve("model.safetensors"));
      assertThat(tensors.require("b", 5).type()).isEqualTo(TensorType.BF16);
      assertThat(tensors.require("scalar").type()).isEqualTo(TensorType.F16);
      assertThat(tensors.require("none", 3, 0).byteSize()).isZero();
      assertThat(tensors.files()).containsExactly(folder.resolve("model.safetensors"));
    }
  }

  @Test
  void read_fills_the_rest_of_the_target_and_no_more() {
    try (SafeTensors tensors = open()) {
      ByteBuffer target = ByteBuffer.allocateDirect(32).position(2).limit(2 + 24);
      tensors.read(tensors.require("a", 2, 3), 0, target);

      assertThat(target.hasRemaining()).isFalse();
      assertThat(bytes(target.limit(32), 2, 24)).isEqualTo(A);
      assertThat(bytes(target, 26, 6)).containsOnly(0);
      assertThat(bytes(target, 0, 2)).containsOnly(0);
    }
  }

  @Test
  void read_takes_any_part_of_a_tensor() {
    try (SafeTensors tensors = open()) {
      ByteBuffer target = ByteBuffer.allocate(4);
      tensors.read(tensors.require("b", 5), 6, target);
      assertThat(target.array()).isEqualTo(Arrays.copyOfRange(B, 6, 10));

      tensors.read(tensors.require("none", 3, 0), 0, ByteBuffer.allocate(0));
    }
  }

  @Test
  void read_refuses_a_range_that_is_not_within_the_tensor() {
    try (SafeTensors tensors = open()) {
      TensorEntry b = tensors.require("b", 5);
      assertThatThrownBy(() -> tensors.read(b, 7, ByteBuffer.allocate(4)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("4 bytes from 7 on are not within the 10 bytes of tensor 'b'");
      assertThatThrownBy(() -> tensors.read(b, -1, ByteBuffer.allocate(4)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> tensors.read(b, Long.MAX_VALUE, ByteBuffer.allocate(4)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void read_refuses_an_entry_of_another_checkpoint() {
    try (SafeTensors tensors = open()) {
      TensorEntry foreign =
          new TensorEntry("b", TensorType.F32, List.of(5L), Path.of("/etc/passwd"), 0, 20);
      assertThatThrownBy(() -> tensors.read(foreign, 0, ByteBuffer.allocate(4)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is not a tensor of " + folder);
    }
  }

  @Test
  void read_after_close_is_a_programming_error() {
    SafeTensors tensors = open();
    TensorEntry b = tensors.require("b", 5);
    tensors.close();
    tensors.close();
    assertThatThrownBy(() -> tensors.read(b, 0, ByteBuffer.allocate(4)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the checkpoint " + folder + " is closed");
  }

  @Test
  void require_names_what_is_missing() {
    try (SafeTensors tensors = open()) {
      assertThatThrownBy(() -> tensors.require("lm_head.weight", 2, 3))
          .isInstanceOf(ModelLoadException.class)
          .hasMessage(
              folder.resolve("model.safetensors")
                  + ": tensor 'lm_head.weight' is missing; the checkpoint has 5 tensors, the first"
                  + " is 'a'");
    }
  }

  @Test
  void require_names_actual_and_expected_shape() {
    try (SafeTensors tensors = open()) {
      assertThatThrownBy(() -> tensors.require("a", 3, 2))
          .isInstanceOf(ModelLoadException.class)
          .hasMessage(
              folder.resolve("model.safetensors")
                  + ": tensor 'a' has the shape [2, 3], but config.json makes it [3, 2]");
    }
  }

  @Test
  void a_tensor_of_another_type_is_an_error_only_if_required() {
    try (SafeTensors tensors = open()) {
      assertThatThrownBy(() -> tensors.require("ids", 2))
          .isInstanceOf(ModelLoadException.class)
          .hasMessageContaining(
              "tensor 'ids' has the type I64, but must be one of [F32, F16, BF16]");
    }
  }

  @Test
  void a_file_larger_than_4_GiB_is_read_at_its_end_and_across_its_borders() throws IOException {
    long big = 5L << 30;
    byte[] marker = TestSafeTensors.counting(16, 3);
    byte[] header =
        String.format(
                "{\"big\":{\"dtype\":\"F16\",\"shape\":[%d],\"data_offsets\":[0,%d]},"
                    + "\"last\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[%d,%d]}}",
                big / 2, big, big, big + 16)
            .getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("model.safetensors");
    try (SeekableByteChannel out =
        Files.newByteChannel(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      out.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).flip());
      out.write(ByteBuffer.wrap(header));
      long data = out.position();
      for (long position : List.of((2L << 30) - 8, (4L << 30) - 8, big)) {
        out.position(data + position).write(ByteBuffer.wrap(marker));
      }
    }
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      ByteBuffer target = ByteBuffer.allocateDirect(16);
      tensors.read(tensors.require("last", 4), 0, target);
      assertThat(bytes(target, 0, 16)).isEqualTo(marker);
      for (long border : List.of(2L << 30, 4L << 30)) {
        tensors.read(tensors.require("big", big / 2), border - 8, target.clear());
        assertThat(bytes(target, 0, 16)).isEqualTo(marker);
      }
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void a_read_that_takes_several_steps_is_put_together_in_order() {
    int size = (3 << 20) + 6;
    byte[] data = new byte[size];
    new Random(9).nextBytes(data);
    new TestSafeTensors()
        .tensor("x", "F16", new byte[6], 3)
        .tensor("y", "BF16", data, size / 2)
        .write(folder.resolve("model.safetensors"));
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      for (ByteBuffer target :
          List.of(ByteBuffer.allocateDirect(size), ByteBuffer.allocate(size))) {
        tensors.read(tensors.require("y", size / 2), 1, target.position(1));
        assertThat(target.position(1).mismatch(ByteBuffer.wrap(data, 1, size - 1))).isEqualTo(-1);
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void nothing_stays_open_or_mapped_after_a_read() throws IOException {
    try (SafeTensors tensors = open()) {
      for (int i = 0; i < 100; i++) {
        tensors.read(tensors.require("a", 2, 3), 0, ByteBuffer.allocateDirect(24));
      }
      String name = folder.getFileName().toString();
      assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain(name);
      try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
        assertThat(open.map(SafeTensorsTest::target)).noneMatch(file -> file.contains(name));
      }
    }
  }

  @Test
  void a_file_truncated_after_opening_is_an_error() throws IOException {
    try (SafeTensors tensors = open()) {
      TensorEntry a = tensors.require("a", 2, 3);
      truncate(a.file(), a.offset() + 20);
      assertThatThrownBy(() -> tensors.read(a, 4, ByteBuffer.allocate(20)))
          .isInstanceOf(ModelLoadException.class)
          .hasMessage(
              "%s: became shorter while it was read: bytes %d to %d are needed, but the file has"
                  + " only %d now; let no program write to a checkpoint that is in use",
              a.file(), a.offset() + 4, a.offset() + 24, a.offset() + 20);
    }
  }

  @Test
  @Timeout(120)
  void a_file_truncated_during_a_read_is_an_error_and_no_crash() {
    int size = 32 << 20;
    Path file = folder.resolve("model.safetensors");
    byte[] valid = new TestSafeTensors().tensor("x", "F32", new byte[size], size / 4).bytes();
    ByteBuffer target = ByteBuffer.allocateDirect(size);
    int inTheMiddle = 0;
    for (int i = 0; i < 10 || (inTheMiddle == 0 && i < 300); i++) {
      TestSafeTensors.write(file, valid);
      try (SafeTensors tensors = SafeTensors.open(folder)) {
        TensorEntry x = tensors.require("x", size / 4);
        CompletableFuture<Void> truncation = later(i % 10, () -> truncate(file, 1000));
        assertThatThrownBy(() -> readForEver(tensors, x, target))
            .isInstanceOf(ModelLoadException.class)
            .hasMessageContaining("became shorter");
        inTheMiddle += target.position() > 0 ? 1 : 0;
        truncation.join();
      }
    }
    assertThat(inTheMiddle).as("failures in the middle of a read").isPositive();
  }

  @Test
  @Timeout(120)
  void an_interrupt_during_a_read_ends_it_and_nothing_else() {
    int size = 32 << 20;
    new TestSafeTensors()
        .tensor("x", "F32", new byte[size], size / 4)
        .write(folder.resolve("model.safetensors"));
    ByteBuffer target = ByteBuffer.allocateDirect(size);
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      TensorEntry x = tensors.require("x", size / 4);
      Thread reading = Thread.currentThread();
      for (int i = 0; i < 10; i++) {
        CompletableFuture<Void> interrupt = later(i, reading::interrupt);
        assertThatThrownBy(() -> readForEver(tensors, x, target))
            .isInstanceOf(CancelledException.class)
            .hasMessage("reading " + x.file() + " was interrupted");
        assertThat(Thread.interrupted()).isTrue();
        interrupt.join();
      }
      tensors.read(x, 0, target.clear());
    }
  }

  @Test
  void an_interrupted_thread_fails_alone_and_stays_interrupted() {
    try (SafeTensors tensors = open()) {
      TensorEntry b = tensors.require("b", 5);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> tensors.read(b, 0, ByteBuffer.allocate(4)))
          .isInstanceOf(CancelledException.class)
          .hasMessageContaining("model.safetensors was interrupted");
      assertThat(Thread.interrupted()).isTrue();

      tensors.read(b, 0, ByteBuffer.allocate(4));
    }
  }

  @Test
  void threads_read_at_the_same_time() {
    try (SafeTensors tensors = open()) {
      List<byte[]> read =
          IntStream.range(0, 200)
              .parallel()
              .mapToObj(
                  i -> {
                    ByteBuffer target = ByteBuffer.allocate(24);
                    tensors.read(tensors.require("a", 2, 3), 0, target);
                    return target.array();
                  })
              .toList();
      assertThat(read).allSatisfy(bytes -> assertThat(bytes).isEqualTo(A));
    }
  }

  private SafeTensors open() {
    new TestSafeTensors()
        .tensor("a", "F32", A, 2, 3)
        .tensor("b", "BF16", B, 5)
        .tensor("ids", "I64", IDS, 2)
        .tensor("scalar", "F16", new byte[2])
        .tensor("none", "F32", new byte[0], 3, 0)
        .write(folder.resolve("model.safetensors"));
    return SafeTensors.open(folder);
  }

  private static void readForEver(SafeTensors tensors, TensorEntry entry, ByteBuffer target) {
    while (true) {
      tensors.read(entry, 0, target.clear());
    }
  }

  private static CompletableFuture<Void> later(int milliseconds, Runnable action) {
    return CompletableFuture.runAsync(
        action, CompletableFuture.delayedExecutor(milliseconds, TimeUnit.MILLISECONDS));
  }

  private static void truncate(Path file, long size) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // Closed meanwhile.
    }
  }

  private static byte[] bytes(ByteBuffer buffer, int from, int size) {
    byte[] bytes = new byte[size];
    buffer.get(from, bytes);
    return bytes;
  }
}
