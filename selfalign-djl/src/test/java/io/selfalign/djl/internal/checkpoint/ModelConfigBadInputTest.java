package io.selfalign.djl.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.error.ModelLoadException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every configuration that can't be run is refused by file, key, value and what is expected. */
class ModelConfigBadInputTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "hidden_size",
        "intermediate_size",
        "num_hidden_layers",
        "num_attention_heads",
        "vocab_size"
      })
  void a_missing_key_is_named(String key, @TempDir Path folder) {
    refused(folder, TestConfig.llama().remove(key), "'" + key + "' is missing");
    refused(folder, TestConfig.llama().set(key, "null"), "'" + key + "' is missing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "architectures | ['GPT2LMHeadModel'] | architecture 'GPT2LMHeadModel' is not supported;"
            + " supported: LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM,"
            + " Qwen3ForCausalLM, GraniteForCausalLM, SmolLM3ForCausalLM",
        "architectures | [] | neither 'architectures' nor 'model_type' says what model this is",
        "architectures | 'LlamaForCausalLM' | 'architectures' is \"LlamaForCausalLM\", but must be"
            + " a list of texts",
        "architectures | [1] | 'architectures' is [1], but must be a list of texts",
        "model_type | 3 | 'model_type' is 3, but must be a text",
        "hidden_size | 0 | 'hidden_size' is 0, but must be an integer from 1 to 16777216",
        "hidden_size | -32 | 'hidden_size' is -32, but must be an integer from 1",
        "hidden_size | 32.5 | 'hidden_size' is 32.5, but must be an integer",
        "hidden_size | '32' | 'hidden_size' is \"32\", but must be an integer",
        "hidden_size | true | 'hidden_size' is true, but must be an integer",
        "hidden_size | [32] | 'hidden_size' is [32], but must be an integer",
        "hidden_size | 99999999999999999999 | 'hidden_size' is 99999999999999999999, but must",
        "hidden_size | 1e999999 | 'hidden_size' is ",
        "hidden_size | 4294967328 | 'hidden_size' is 4294967328, but must be an integer from 1 to",
        "hidden_size | 34 | 'hidden_size' is 34, but must be a multiple of 'num_attention_heads'"
            + " (4) where 'head_dim' is missing",
        "hidden_size | 12 | the head dimension is 3, but must be even for the rotary embedding",
        "head_dim | 7 | the head dimension is 7, but must be even for the rotary embedding",
        "head_dim | 0 | 'head_dim' is 0, but must be an integer from 1",
        "head_dim | 8388608 | 'num_attention_heads' (4) times the head dimension (8388608) must be"
            + " at most 16777216",
        "intermediate_size | 0 | 'intermediate_size' is 0, but must be an integer from 1",
        "num_hidden_layers | 0 | 'num_hidden_layers' is 0, but must be an integer from 1 to 10000",
        "num_hidden_layers | 2000000000 | but must be an integer from 1 to 10000",
        "num_attention_heads | 0 | 'num_attention_heads' is 0, but must be an integer from 1 to",
        "num_key_value_heads | 3 | 'num_key_value_heads' is 3, but must divide"
            + " 'num_attention_heads' (4)",
        "num_key_value_heads | 8 | 'num_key_value_heads' is 8, but must be an integer from 1 to 4",
        "num_key_value_heads | 0 | 'num_key_value_heads' is 0, but must be an integer from 1 to 4",
        "vocab_size | 0 | 'vocab_size' is 0, but must be an integer from 1 to 134217728",
        "max_position_embeddings | 0 | 'max_position_embeddings' is 0, but must be an integer from"
            + " 1 to 1073741824",
        "rms_norm_eps | -1 | 'rms_norm_eps' is -1, but must be a number of at least 0",
        "rms_norm_eps | '1e-5' | 'rms_norm_eps' is \"1e-5\", but must be a finite number",
        "rope_theta | 0 | 'rope_theta' is 0, but must be a number greater than 0",
        "rope_theta | -1 | 'rope_theta' is -1, but must be a number greater than 0",
        "rope_theta | 1e39 | but must be a finite number",
        "rope_theta | 1e-50 | but must be a number greater than 0",
        "tie_word_embeddings | 1 | 'tie_word_embeddings' is 1, but must be true or false",
        "attention_bias | 'no' | 'attention_bias' is \"no\", but must be true or false",
        "hidden_act | 'gelu' | 'hidden_act' is \"gelu\", but must be \"silu\", the only",
        "hidden_activation | 'relu' | 'hidden_activation' is \"relu\", but must be \"silu\"",
        "quantization_config | {} | quantized checkpoints are not supported",
        "partial_rotary_factor | 0.5 | 'partial_rotary_factor' is 0.5, but must be 1",
        "eos_token_id | 'a' | 'eos_token_id' is \"a\", but must be an integer or a list of",
        "eos_token_id | [1.5] | 'eos_token_id' is [1.5], but must be an integer or a list of",
      })
  void an_impossible_value_is_named(
      String key, String value, String message, @TempDir Path folder) {
    refused(folder, TestConfig.llama().set(key, value), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[] | 'rope_scaling' is [], but must be an object",
        "{'rope_type': 'longrope', 'factor': 2} | 'rope_scaling.rope_type' is \"longrope\", but"
            + " must be one of default, linear, llama3, yarn, dynamic",
        "{'type': 'proportional'} | 'rope_scaling.type' is \"proportional\", but must be one of",
        "{'type': 3} | 'rope_scaling.type' is 3, but must be a text",
        "{'type': 'linear'} | 'rope_scaling.factor' is missing",
        "{'type': 'linear', 'factor': 0} | 'rope_scaling.factor' is 0, but must be a number greater",
        "{'type': 'linear', 'factor': 'two'} | 'rope_scaling.factor' is \"two\", but must be",
        "{'type': 'dynamic'} | 'rope_scaling.factor' is missing",
        "{'type': 'llama3', 'factor': 8, 'high_freq_factor': 4} | 'rope_scaling.low_freq_factor' is"
            + " missing",
        "{'type': 'llama3', 'factor': 8, 'low_freq_factor': 4, 'high_freq_factor': 4} |"
            + " 'rope_scaling.high_freq_factor' is 4, but must be greater than 'low_freq_factor'",
        "{'type': 'yarn', 'beta_fast': -1} | 'rope_scaling.beta_fast' is -1, but must be a number",
        "{'type': 'yarn', 'rope_theta': 1} | 'rope_scaling.rope_theta' is 1, but must be greater",
        "{'type': 'yarn', 'truncate': 1} | 'rope_scaling.truncate' is 1, but must be true or false",
        "{'type': 'yarn', 'factor': 4, 'attention_factor': 0} | 'rope_scaling.attention_factor' is"
            + " 0, but must be a number greater than 0",
        "{'type': 'yarn', 'original_max_position_embeddings': 0} |"
            + " 'rope_scaling.original_max_position_embeddings' is 0, but must be a number greater",
        "{'partial_rotary_factor': 0.25} | 'rope_scaling.partial_rotary_factor' is 0.25, but must",
        "{'type': 'linear', 'factor': 1e-38, 'rope_theta': 1e-30} | the rotary embedding's settings"
            + " give infinite frequencies",
      })
  void impossible_rope_settings_are_named(String value, String message, @TempDir Path folder) {
    refused(folder, TestConfig.llama().set("rope_scaling", value), message);
  }

  @Test
  void a_window_must_be_possible(@TempDir Path folder) {
    refused(
        folder,
        TestConfig.of(Architecture.MISTRAL).set("sliding_window", "0"),
        "'sliding_window' is 0, but must be an integer from 1");
    refused(
        folder,
        TestConfig.of(Architecture.MISTRAL)
            .set("layer_types", "['full_attention','sliding_attention','full_attention','x']"),
        "but must be a list of \"full_attention\" or \"sliding_attention\" for each of 4 layers");
    String mixed = "['full_attention','sliding_attention','full_attention','sliding_attention']";
    refused(
        folder,
        TestConfig.of(Architecture.MISTRAL).set("layer_types", mixed),
        "but must be \"sliding_attention\" in all layers, as 'sliding_window' says for Mistral");
    refused(
        folder,
        TestConfig.of(Architecture.QWEN3).set("layer_types", mixed),
        "'layer_types' names 'sliding_attention', but 'use_sliding_window' is not true or"
            + " 'sliding_window' has no value");
    refused(
        folder,
        TestConfig.of(Architecture.QWEN2).set("layer_types", "['full_attention']"),
        "for each of 4 layers");
  }

  @Test
  void layers_without_rope_must_be_listed_for_every_layer(@TempDir Path folder) {
    TestConfig config = TestConfig.of(Architecture.SMOLLM3);
    refused(
        folder,
        config.set("no_rope_layers", "[1, 0, 1]"),
        "'no_rope_layers' is [1,0,1], but must be a list with an entry for each of 4 layers");
    refused(folder, config.set("no_rope_layers", "[1, 0, 1, 2]"), "must be a list of 0 and 1");
    config.remove("no_rope_layers");
    refused(
        folder,
        config.set("no_rope_layer_interval", "0"),
        "'no_rope_layer_interval' is 0, but must be an integer from 1");
  }

  @Test
  void granite_multipliers_must_be_possible(@TempDir Path folder) {
    refused(
        folder,
        TestConfig.of(Architecture.GRANITE).set("logits_scaling", "0"),
        "'logits_scaling' is 0, but must be a number greater than 0");
    refused(
        folder,
        TestConfig.of(Architecture.GRANITE).set("embedding_multiplier", "1e300"),
        "but must be a finite number");
  }

  @Test
  void a_default_that_does_not_fit_is_named(@TempDir Path folder) {
    refused(
        folder,
        TestConfig.of(Architecture.QWEN2).remove("num_key_value_heads"),
        "'num_key_value_heads' is missing, and its default of 32 does not fit: it must be an"
            + " integer from 1 to 4");
  }

  @Test
  void a_syntax_error_is_named_by_line_and_column(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), "{\n  \"a\": 1,\n  b\n}");
    assertThatThrownBy(() -> ModelConfig.read(folder))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith(file + ":3:")
        .hasMessageContaining(": not valid JSON: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | : is empty, but must hold a JSON object",
        "[] | : must hold a JSON object, but begins with '['",
        "null | : must hold a JSON object, but begins with 'null'",
        "{} {} | : goes on after its JSON object",
        "{} x | :1:4: not valid JSON: ",
        "{\"a\" | :1:5: not valid JSON: ",
        "\u00ff | :1:2: not valid JSON: ",
        "{'a':1} | :1:2: not valid JSON: ",
      })
  void what_is_no_json_object_is_refused(String text, String message, @TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), text);
    assertThatThrownBy(() -> ModelConfig.read(folder))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith(file + message);
  }

  @Test
  void invalid_utf8_is_refused(@TempDir Path folder) throws IOException {
    Path file =
        Files.write(folder.resolve("config.json"), new byte[] {'{', '"', (byte) 0xc3, '"', '}'});
    assertThatThrownBy(() -> ModelConfig.read(folder))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith(file + ":1:");
  }

  @Test
  void missing_folder_file_in_its_place_and_missing_config_differ(@TempDir Path folder)
      throws IOException {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> ModelConfig.read(missing))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(missing + ": folder not found");
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> ModelConfig.read(file))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(file + ": is a file, but must be a Hugging Face checkpoint folder");
    assertThatThrownBy(() -> ModelConfig.read(folder))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(
            folder.resolve("config.json")
                + ": file not found; a model is a Hugging Face checkpoint folder with config.json");
    Files.createDirectory(folder.resolve("config.json"));
    assertThatThrownBy(() -> ModelConfig.read(folder))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(folder.resolve("config.json") + ": is a folder, but must be a file");
  }

  @Test
  void a_huge_file_is_refused_unread(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("config.json");
    try (SeekableByteChannel out =
        Files.newByteChannel(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      out.position(3L << 30).write(ByteBuffer.allocate(1));
    }
    assertThatThrownBy(() -> ModelConfig.read(folder))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(file + ": the file has 3,221,225,473 bytes, but must have at most 16,777,216");
  }

  @Test
  void a_broken_generation_config_is_named(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("generation_config.json"), "{");
    assertThatThrownBy(() -> TestConfig.llama().read(folder))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith(file + ":1:");
  }

  private static void refused(Path folder, TestConfig config, String message) {
    assertThatThrownBy(() -> config.read(folder))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith(folder.resolve("config.json") + ": ")
        .hasMessageContaining(message);
  }
}
