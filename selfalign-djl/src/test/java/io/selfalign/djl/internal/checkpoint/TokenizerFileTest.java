package io.selfalign.djl.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.djl.Fixtures;
import io.selfalign.djl.internal.decode.PromptTokenizer;
import io.selfalign.error.ModelLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a tokenizer.json that is not there or is not one. */
class TokenizerFileTest {
  private static final String CONVERT =
      " in Python with transformers:"
          + " AutoTokenizer.from_pretrained(folder).save_pretrained(folder)";

  @TempDir Path folder;

  @Test
  void a_missing_tokenizer_says_how_to_get_one() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    refused(file + ": file not found; write it" + CONVERT);

    Files.write(folder.resolve("tokenizer.model"), new byte[1]);
    refused(
        file
            + ": file not found; the SentencePiece file tokenizer.model is there, but is not"
            + " read; write it"
            + CONVERT);
  }

  @Test
  void a_folder_in_its_place_is_not_called_missing() throws IOException {
    Path file = Files.createDirectory(folder.resolve("tokenizer.json"));
    refused(file + ": is a folder, but must be a file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | : 'model' is missing",
        "{'model': 3} | : 'model' is 3, but must be an object",
        "{'model': {}} | : 'model.vocab' is missing",
        "{'model': {'vocab': 3}} | : 'model.vocab' is 3, but must be an object",
        "{'model': {'vocab': {'a': -1}}} | : 'model.vocab.a' is -1, but must be an integer from 0",
        "{'model': {'vocab': {'a': 4000000000}}} | : 'model.vocab.a' is 4000000000, but must be",
        "{'model': {'vocab': {'a': 'b'}}} | : 'model.vocab.a' is \"b\", but must be an integer",
        "{'model': {'vocab': [3]}} | : 'model.vocab' is [3], but must be a list of lists",
        "{'model': {'vocab': {}}, 'added_tokens': [3]} | : 'added_tokens' is [3], but must be a",
        "{'model': {'vocab': {}}, 'added_tokens': [{'special': true}]} | : 'added_tokens[0].content'"
            + " is missing",
        "{'model': {'vocab': {}}, 'added_tokens': [{'special': true, 'content': 'a', 'id': -1}]} |"
            + " : 'added_tokens[0].id' is -1, but must be an integer from 0",
      })
  void tokens_must_have_ids(String text, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("tokenizer.json"), text.replace('\'', '"'));
    assertThatThrownBy(() -> PromptTokenizer.open(folder, 100))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith(file + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"type\":\"BPE\" | \"type\":\"XYZ\"",
        "\"version\":\"1.0\" | \"version\":1",
        "\"merges\":[ | \"merges\":[3,",
        "\"type\":\"ByteLevel\" | \"type\":\"Foo\"",
      })
  void json_that_is_no_tokenizer_is_placed_but_not_explained_by_the_native_library(
      String part, String replacement) throws IOException {
    String whole = Files.readString(Fixtures.folder("smollm").resolve("tokenizer.json"));
    assertThat(whole).contains(part);
    Path file = folder.resolve("tokenizer.json");
    Files.writeString(file, whole.replace(part, replacement));
    assertThatThrownBy(() -> PromptTokenizer.open(folder, 1000))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageMatching(
            "\\Q"
                + file
                + "\\E:1:\\d+\\Q: is no tokenizer as transformers writes it; write it"
                + " anew"
                + CONVERT
                + "\\E");
  }

  @Test
  void a_byte_order_mark_does_no_harm() throws IOException {
    String whole = Files.readString(Fixtures.folder("smollm").resolve("tokenizer.json"));
    Files.writeString(folder.resolve("tokenizer.json"), "\uFEFF" + whole);
    try (PromptTokenizer marked = PromptTokenizer.open(folder, 1000);
        PromptTokenizer plain = PromptTokenizer.open(Fixtures.folder("smollm"), 1000)) {
      assertThat(marked.encode("The cat")).isEqualTo(plain.encode("The cat"));
    }
  }

  private void refused(String message) {
    assertThatThrownBy(() -> PromptTokenizer.open(folder, 100))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(message);
  }
}
