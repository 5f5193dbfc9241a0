package io.selfalign.djl.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.error.CancelledException;
import io.selfalign.error.ModelLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFingerprintTest {
  private static final List<String> FILES =
      List.of("config.json", "generation_config.json", "model.safetensors", "tokenizer.json");

  @TempDir Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{}\n");
    Files.writeString(folder.resolve("generation_config.json"), "{ }\n");
    Files.writeString(folder.resolve("tokenizer.json"), "{  }\n");
    TestSafeTensors.write(folder.resolve("model.safetensors"), TestSafeTensors.small());
  }

  @Test
  void it_is_what_a_shell_computes() throws IOException {
    // printf '\2\0\0\0\0\0\0\0{}' > model.safetensors; printf '{}\n' > config.json; (and so on);
    // LC_ALL=C sha256sum config.json generation_config.json model.safetensors tokenizer.json |
    //   sha256sum
    Files.write(folder.resolve("model.safetensors"), TestSafeTensors.file("{}", new byte[0]));
    assertThat(fingerprint())
        .isEqualTo("f8469c41950f310de0750716317465d9285af580b52e8b46446a5b701b91df6c");
  }

  @Test
  void other_files_and_the_place_do_not_count(@TempDir Path other) throws IOException {
    String before = fingerprint();
    Files.writeString(folder.resolve("README.md"), "read me");
    assertThat(fingerprint()).isEqualTo(before).hasSize(64).matches("[0-9a-f]+");
    for (String file : FILES) {
      Files.copy(folder.resolve(file), other.resolve(file));
    }
    try (SafeTensors tensors = SafeTensors.open(other)) {
      assertThat(CheckpointFingerprint.of(other, tensors)).isEqualTo(before);
    }
  }

  @Test
  void every_byte_counts_and_every_missing_file() throws IOException {
    Set<String> seen = new HashSet<>(Set.of(fingerprint()));
    for (String name : FILES) {
      Path file = folder.resolve(name);
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length - 1] ^= 1;
      Files.write(file, bytes);
      assertThat(seen.add(fingerprint())).as(name).isTrue();
    }
    Files.delete(folder.resolve("generation_config.json"));
    assertThat(seen.add(fingerprint())).isTrue();
  }

  @Test
  void a_file_that_is_gone_or_a_thread_that_is_interrupted_is_told() throws IOException {
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> CheckpointFingerprint.of(folder, tensors))
          .isInstanceOf(CancelledException.class);
      assertThat(Thread.interrupted()).isTrue();

      Files.delete(folder.resolve("model.safetensors"));
      assertThatThrownBy(() -> CheckpointFingerprint.of(folder, tensors))
          .isInstanceOf(ModelLoadException.class)
          .hasMessageContaining("model.safetensors: can't be read");
    }
  }

  private String fingerprint() {
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      return CheckpointFingerprint.of(folder, tensors);
    }
  }
}
