package io.selfalign.djl.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.error.ModelLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointFolderTest {
  @TempDir Path folder;

  @Test
  void a_tokenizer_that_is_json_is_found() throws IOException {
    Path file = Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {\"vocab\": []}}");
    assertThat(CheckpointFolder.tokenizer(folder)).isEqualTo(file);
  }

  @Test
  void a_missing_tokenizer_says_how_to_get_one() throws IOException {
    String convert =
        "; write it in Python with transformers:"
            + " AutoTokenizer.from_pretrained(folder).save_pretrained(folder)";
    Path file = folder.resolve("tokenizer.json");
    assertThatThrownBy(() -> CheckpointFolder.tokenizer(folder))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(file + ": file not found" + convert);

    Files.write(folder.resolve("tokenizer.model"), new byte[1]);
    assertThatThrownBy(() -> CheckpointFolder.tokenizer(folder))
        .hasMessage(
            file
                + ": file not found; the SentencePiece file tokenizer.model is there, but is not"
                + " read"
                + convert);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"model\": | :1:1",
        "{\"model\" 3} | :1:1",
        "[] | : must hold a JSON object",
        "`` | : must hold a JSON object",
        "{} {} | : goes on after its JSON object",
        "{} } | :1:4: not valid JSON",
      })
  void a_tokenizer_that_is_no_json_object_is_refused(String text, String message)
      throws IOException {
    Path file = Files.writeString(folder.resolve("tokenizer.json"), text);
    assertThatThrownBy(() -> CheckpointFolder.tokenizer(folder))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith(file + message);
  }
}
