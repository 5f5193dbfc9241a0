package io.selfalign.djl.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.selfalign.djl.DjlModel;
import io.selfalign.djl.Fixtures;
import io.selfalign.error.ModelLoadException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every file of a checkpoint, replaced by what is not such a file at all. */
class GarbageFilesTest {
  /** Words of the libraries that read the files, which say nothing to whoever has the file. */
  private static final String[] INTERNALS = {
    "`", "Source:", "REDACTED", "Feature", "Constraints", "Exception", "untagged", "u32", "\n"
  };

  @TempDir Path folder;

  static List<byte[]> garbage() {
    List<byte[]> all = new ArrayList<>();
    for (String text :
        new String[] {
          "",
          " ",
          "[]",
          "null",
          "true",
          "3",
          "\"text\"",
          "{\"a\":" + "[".repeat(100_000),
          "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}",
          "{\"a\":".repeat(100_000),
          "{\"a\":" + "9".repeat(100_000) + "}",
          "{\"" + "k".repeat(100_000) + "\": 1}",
          "{\"a\":\"" + "k".repeat(100_000),
          "{\"a\":NaN}",
          "{\"a\":-Infinity}",
          "{\"a\":01}",
          "{\"a\":1,}",
          "{\"a\":1} x",
          "{\"a\":nul}",
          "{\"a\":\"\n\"}",
          "{\"a\":\"\\q\"}",
          "{'a':1}",
          "{a:1}",
          "{/* why */}",
          "{\"a\":{\"b\":[1,",
          "\u0001\u0002\u0003",
          "<!DOCTYPE html><html>",
          "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
        }) {
      all.add(text.getBytes(StandardCharsets.UTF_8));
    }
    all.add("{\"a\":1}".getBytes(StandardCharsets.UTF_16));
    all.add("{\"a\":1}".getBytes(StandardCharsets.UTF_16LE));
    all.add(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
    all.add(new byte[1000]);
    all.add(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0});
    byte[] random = new byte[5000];
    new Random(1).nextBytes(random);
    all.add(random);
    return all;
  }

  @ParameterizedTest
  @CsvSource({
    "smollm, config.json",
    "smollm, generation_config.json",
    "smollm, tokenizer.json",
    "smollm, model.safetensors",
    "sharded, model.safetensors.index.json",
    "sharded, model-00002-of-00003.safetensors"
  })
  void garbage_is_refused_by_the_name_of_its_file(String fixture, String name) throws IOException {
    Path file = copy(fixture).resolve(name);
    for (byte[] content : garbage()) {
      Files.write(file, content);
      String shown = new String(content, 0, Math.min(content.length, 30), StandardCharsets.UTF_8);
      Throwable refusal = catchThrowable(() -> DjlModel.open(folder).close());
      assertThat(refusal).as("'%s'", shown).isInstanceOf(ModelLoadException.class);
      assertThat(refusal.getMessage())
          .as("'%s'", shown)
          .startsWith(file + ":")
          .doesNotContain(INTERNALS)
          .hasSizeLessThan(file.toString().length() + 250);
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void a_link_that_leads_nowhere_is_not_taken_for_an_optional_file_left_out() throws IOException {
    for (String name :
        List.of("generation_config.json", "config.json", "tokenizer.json", "model.safetensors")) {
      Path file = copy("smollm").resolve(name);
      Files.deleteIfExists(file);
      Files.createSymbolicLink(file, Path.of("nowhere"));
      Throwable refusal = catchThrowable(() -> DjlModel.open(folder).close());
      assertThat(refusal)
          .isInstanceOf(ModelLoadException.class)
          .hasMessage(file + ": is a link to a file that is not there");
      Files.delete(file);
    }
  }

  @Test
  void a_pointer_of_git_lfs_says_how_to_get_the_file() throws IOException {
    Path file = copy("smollm").resolve("model.safetensors");
    Files.writeString(
        file, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 269060552\n");
    assertThat(catchThrowable(() -> DjlModel.open(folder).close()))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(
            file + ": is only a pointer of Git LFS to the file; run 'git lfs pull' in its folder");
  }

  private Path copy(String fixture) throws IOException {
    try (var files = Files.list(Fixtures.folder(fixture))) {
      for (Path file : files.toList()) {
        Path target = folder.resolve(file.getFileName());
        Files.deleteIfExists(target);
        Files.copy(file, target);
      }
    }
    return folder;
  }
}
