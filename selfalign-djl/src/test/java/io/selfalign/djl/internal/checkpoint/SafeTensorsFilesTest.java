package io.selfalign.djl.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.error.ModelLoadException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files of a folder make a checkpoint: one file, shards with an index, or none. */
class SafeTensorsFilesTest {
  private static final String INDEX = "model.safetensors.index.json";

  @TempDir Path temporary;
  private Path folder = Path.of("");

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(temporary.resolve("model"));
  }

  @Test
  void tensors_of_all_shards_are_found_and_read() throws IOException {
    shard("one.safetensors", "a", 1);
    shard("two.safetensors", "b", 2);
    index("{'metadata':{},'weight_map':{'a':'one.safetensors','b':'two.safetensors'}}");
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      assertThat(tensors.files())
          .containsExactly(folder.resolve("one.safetensors"), folder.resolve("two.safetensors"));
      ByteBuffer target = ByteBuffer.allocate(4);
      tensors.read(tensors.require("b", 1), 0, target);
      assertThat(target.array()).isEqualTo(TestSafeTensors.counting(4, 2));
      assertThatThrownBy(() -> tensors.require("c", 1))
          .isInstanceOf(ModelLoadException.class)
          .hasMessageContaining(INDEX + ": tensor 'c' is missing; the checkpoint has 2 tensors");
    }
  }

  @Test
  void a_single_file_wins_over_an_index() throws IOException {
    shard("model.safetensors", "a", 1);
    index("not even JSON");
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      assertThat(tensors.entries()).containsOnlyKeys("a");
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void shards_may_be_links_as_in_the_cache_of_Hugging_Face() throws IOException {
    Path blobs = Files.createDirectory(temporary.resolve("blobs"));
    new TestSafeTensors().tensor("a", "F32", new byte[4], 1).write(blobs.resolve("0123abcd"));
    Files.createSymbolicLink(folder.resolve("one.safetensors"), Path.of("..", "blobs", "0123abcd"));
    index("{'weight_map':{'a':'one.safetensors'}}");
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      assertThat(tensors.entries()).containsOnlyKeys("a");
    }
  }

  @Test
  void a_tensor_in_two_shards_is_refused() throws IOException {
    shard("one.safetensors", "a", 1);
    shard("two.safetensors", "a", 2);
    index("{'weight_map':{'a':'one.safetensors','b':'two.safetensors'}}");
    refused(
        folder.resolve("two.safetensors")
            + ": tensor 'a' is also in "
            + folder.resolve("one.safetensors"));
  }

  @Test
  void a_tensor_that_is_not_in_the_shard_of_the_index_is_refused() throws IOException {
    shard("one.safetensors", "a", 1);
    shard("two.safetensors", "b", 2);
    index("{'weight_map':{'a':'one.safetensors','b':'two.safetensors','c':'two.safetensors'}}");
    refused(
        folder.resolve("two.safetensors")
            + ": tensor 'c' is not in this file, where "
            + INDEX
            + " says it is");
    index("{'weight_map':{'a':'two.safetensors','b':'one.safetensors'}}");
    refused(folder.resolve("two.safetensors") + ": tensor 'a' is not in this file");
  }

  @Test
  void a_shard_that_is_missing_is_named() throws IOException {
    shard("one.safetensors", "a", 1);
    index("{'weight_map':{'a':'one.safetensors','b':'two.safetensors'}}");
    refused(folder.resolve("two.safetensors") + ": file not found");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside.safetensors",
        "/etc/outside.safetensors",
        "deeper/one.safetensors",
        "..\\outside.safetensors",
        "./one.safetensors",
        "..",
        "",
        "pytorch_model.bin",
        "one\\u0000.safetensors",
        "one\\n.safetensors",
        "\\u0000"
      })
  void a_shard_must_be_a_safetensors_file_of_the_folder(String name) throws IOException {
    shard("one.safetensors", "a", 1);
    new TestSafeTensors()
        .tensor("a", "F32", new byte[4], 1)
        .write(temporary.resolve("outside.safetensors"));
    index("{'weight_map':{'a':'" + name.replace("..\\", "..\\\\") + "'}}");
    assertThatThrownBy(() -> SafeTensors.open(folder))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith(folder.resolve(INDEX) + ": 'weight_map.a' is \"")
        .hasMessageEndingWith("\", but must be the name of a .safetensors file in the same folder")
        .hasMessageNotContainingAny("\n", "\0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}|'weight_map' is missing",
        "{'weight_map':[]}|'weight_map' is [], but must be an object",
        "{'weight_map':{}}|'weight_map' is {}, but must be an object that names the file of each",
        "{'weight_map':{'a':3}}|'weight_map.a' is 3, but must be a text",
        "{'weight_map':{'a':null}}|'weight_map.a' is missing",
        "[]|must hold a JSON object",
      })
  void an_index_must_map_tensors_to_files(String case_) throws IOException {
    String[] parts = case_.split("\\|", -1);
    index(parts[0]);
    refused(folder.resolve(INDEX) + ": " + parts[1]);
  }

  @Test
  void a_syntax_error_in_the_index_is_named_by_line_and_column() throws IOException {
    index("{'weight_map':\n  {'a' 'one.safetensors'}}");
    refused(folder.resolve(INDEX) + ":2:8: not valid JSON: ");
  }

  @Test
  void names_of_any_length_and_kind_are_told_on_one_short_line() throws IOException {
    String name = "a\\n\\u0000".repeat(5000);
    shard("one.safetensors", name, 1);
    index("{'weight_map':{'" + name + "':'one.safetensors','" + name + "b':'one.safetensors'}}");
    assertShort(() -> SafeTensors.open(folder), "is not in this file");

    shard("two.safetensors", name, 1);
    index("{'weight_map':{'a':'one.safetensors','b':'two.safetensors'}}");
    assertShort(() -> SafeTensors.open(folder), "is also in");

    index("{'weight_map':{'" + name + "':3}}");
    assertShort(() -> SafeTensors.open(folder), "is 3, but must be a text");

    index("{'weight_map':{'" + name + "':'one.safetensors'}}");
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      assertShort(() -> tensors.require("c"), "the first is 'a??a??");
    }
  }

  private void assertShort(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(message)
        .hasMessageNotContainingAny("\n", "\0")
        .message()
        .hasSizeLessThan(3 * folder.toString().length() + 300);
  }

  @Test
  void pickled_weights_are_not_read() throws IOException {
    Files.write(folder.resolve("pytorch_model.bin"), new byte[10]);
    refused(
        folder
            + ": has weights in pytorch_model.bin, but only safetensors are read, because pickled"
            + " weights can run code; convert them in Python with transformers:"
            + " AutoModelForCausalLM.from_pretrained(folder).save_pretrained(folder)");
  }

  @Test
  void no_weights_at_all_or_under_other_names() throws IOException {
    refused(folder + ": has neither model.safetensors nor " + INDEX);
    shard("consolidated.safetensors", "a", 1);
    refused("what it has under other names is not read: [consolidated.safetensors]");
  }

  @Test
  void a_folder_must_be_there_and_be_one() throws IOException {
    Path missing = temporary.resolve("missing");
    assertThatThrownBy(() -> SafeTensors.open(missing))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(missing + ": folder not found");
    Path file = Files.write(temporary.resolve("file"), new byte[0]);
    assertThatThrownBy(() -> SafeTensors.open(file))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(file + ": is a file, but must be a Hugging Face checkpoint folder");
  }

  @Test
  void a_folder_in_place_of_a_file_is_refused() throws IOException {
    Files.createDirectory(folder.resolve("model.safetensors"));
    refused(folder.resolve("model.safetensors") + ": is a folder, but must be a file");
  }

  private void shard(String file, String tensor, int first) {
    new TestSafeTensors()
        .tensor(tensor, "F32", TestSafeTensors.counting(4, first), 1)
        .write(folder.resolve(file));
  }

  private void index(String json) throws IOException {
    Files.writeString(folder.resolve(INDEX), json.replace('\'', '"'));
  }

  private void refused(String message) {
    assertThatThrownBy(() -> SafeTensors.open(folder))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(message);
  }
}
