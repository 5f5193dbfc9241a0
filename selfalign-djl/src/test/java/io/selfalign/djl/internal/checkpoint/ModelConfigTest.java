package io.selfalign.djl.internal.checkpoint;

import static io.selfalign.djl.internal.checkpoint.Architecture.GRANITE;
import static io.selfalign.djl.internal.checkpoint.Architecture.LLAMA;
import static io.selfalign.djl.internal.checkpoint.Architecture.MISTRAL;
import static io.selfalign.djl.internal.checkpoint.Architecture.QWEN2;
import static io.selfalign.djl.internal.checkpoint.Architecture.QWEN3;
import static io.selfalign.djl.internal.checkpoint.Architecture.SMOLLM3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a configuration means, above all where it says nothing. */
class ModelConfigTest {
  @TempDir Path folder;

  // The defaults of the configuration classes of transformers 5.18.
  @ParameterizedTest
  @CsvSource({
    // context, KV heads of 32 heads, head dimension of 64 wide / 32 heads, theta, tied
    "LLAMA,   2048,   32, 2,   1e4, false",
    "MISTRAL, 131072, 8,  2,   1e4, false",
    "QWEN2,   32768,  32, 2,   1e4, false",
    "QWEN3,   32768,  32, 128, 1e4, false",
    "GRANITE, 2048,   32, 2,   1e4, false",
    "SMOLLM3, 32768,  4,  2,   2e6, true",
  })
  void absent_keys_have_the_defaults_of_the_architecture(
      Architecture architecture,
      int context,
      int kvHeads,
      int headDim,
      double theta,
      boolean tied) {
    ModelConfig config =
        TestConfig.of(architecture)
            .set("hidden_size", "64")
            .set("num_attention_heads", "32")
            .remove("num_key_value_heads")
            .read(folder);
    assertThat(config.architecture()).isEqualTo(architecture);
    assertThat(config.contextLength()).isEqualTo(context);
    assertThat(config.kvHeads()).isEqualTo(kvHeads);
    assertThat(config.headDim()).isEqualTo(headDim);
    assertThat(config.rope()).isEqualTo(RopeConfig.standard(theta));
    assertThat(config.tiedEmbeddings()).isEqualTo(tied);
    assertThat(config.rmsNormEps()).isEqualTo(1e-6);
  }

  @Test
  void the_sizes_are_those_of_the_file() {
    ModelConfig config =
        TestConfig.llama()
            .set("head_dim", "10")
            .set("max_position_embeddings", "77.0")
            .set("rms_norm_eps", "1e-5")
            .set("tie_word_embeddings", "true")
            .read(folder);
    assertThat(config.hiddenSize()).isEqualTo(32);
    assertThat(config.intermediateSize()).isEqualTo(48);
    assertThat(config.layers()).isEqualTo(4);
    assertThat(config.heads()).isEqualTo(4);
    assertThat(config.kvHeads()).isEqualTo(2);
    assertThat(config.headDim()).isEqualTo(10);
    assertThat(config.vocabSize()).isEqualTo(100);
    assertThat(config.contextLength()).isEqualTo(77);
    assertThat(config.rmsNormEps()).isEqualTo(1e-5);
    assertThat(config.tiedEmbeddings()).isTrue();
  }

  @Test
  void the_last_of_two_equal_keys_counts_as_in_python() throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        "{\"model_type\": \"llama\", \"hidden_size\": 64, \"intermediate_size\": 48,"
            + " \"num_hidden_layers\": 1, \"num_attention_heads\": 4, \"vocab_size\": 100,"
            + " \"hidden_size\": 32}");
    assertThat(ModelConfig.read(folder).hiddenSize()).isEqualTo(32);
  }

  @ParameterizedTest
  @EnumSource
  void the_model_type_stands_in_for_missing_architectures(Architecture architecture) {
    TestConfig config = TestConfig.of(architecture);
    config.set("model_type", "'" + architecture.modelType() + "'");
    assertThat(config.remove("architectures").read(folder).architecture()).isEqualTo(architecture);
    assertThat(config.set("architectures", "null").read(folder).architecture())
        .isEqualTo(architecture);
  }

  @Test
  void null_is_absent_and_null_kv_heads_are_one_per_head() {
    ModelConfig config =
        TestConfig.of(MISTRAL)
            .set("num_key_value_heads", "null")
            .set("head_dim", "null")
            .set("rope_scaling", "null")
            .set("quantization_config", "null")
            .read(folder);
    assertThat(config.kvHeads()).isEqualTo(4);
    assertThat(config.headDim()).isEqualTo(8);
  }

  @ParameterizedTest
  @CsvSource({
    // q/k/v, output, MLP biases with both keys false and with both true; QK norm
    "LLAMA,   false, false, false, true,  true,  true,  false",
    "MISTRAL, false, false, false, false, false, false, false",
    "QWEN2,   true,  false, false, true,  false, false, false",
    "QWEN3,   false, false, false, true,  true,  false, true",
    "GRANITE, false, false, false, true,  true,  true,  false",
    "SMOLLM3, false, false, false, true,  true,  true,  false",
  })
  void biases_and_norms_are_those_of_the_architecture(
      Architecture architecture,
      boolean qkv,
      boolean output,
      boolean mlp,
      boolean askedQkv,
      boolean askedOutput,
      boolean askedMlp,
      boolean qkNorm) {
    ModelConfig plain = TestConfig.of(architecture).read(folder);
    ModelConfig asked =
        TestConfig.of(architecture)
            .set("attention_bias", "true")
            .set("mlp_bias", "true")
            .read(folder);
    assertThat(List.of(plain.qkvBias(), plain.outputBias(), plain.mlpBias()))
        .containsExactly(qkv, output, mlp);
    assertThat(List.of(asked.qkvBias(), asked.outputBias(), asked.mlpBias()))
        .containsExactly(askedQkv, askedOutput, askedMlp);
    assertThat(plain.qkNorm()).isEqualTo(qkNorm);
  }

  @Test
  void granite_has_multipliers_and_its_own_attention_scale() {
    ModelConfig config =
        TestConfig.of(GRANITE)
            .set("embedding_multiplier", "12")
            .set("residual_multiplier", "0.22")
            .set("attention_multiplier", "0.015625")
            .set("logits_scaling", "8.0")
            .read(folder);
    assertThat(config.embeddingMultiplier()).isEqualTo(12);
    assertThat(config.residualMultiplier()).isEqualTo(0.22);
    assertThat(config.attentionScale()).isEqualTo(0.015625);
    assertThat(config.logitsScaling()).isEqualTo(8);
    // Not 1 / sqrt(8): transformers' default multiplier is 1.
    assertThat(TestConfig.of(GRANITE).read(folder).attentionScale()).isEqualTo(1);
  }

  @Test
  void the_others_have_no_multipliers_even_if_a_file_names_some() {
    ModelConfig config =
        TestConfig.llama()
            .set("embedding_multiplier", "12")
            .set("attention_multiplier", "3")
            .set("logits_scaling", "8.0")
            .read(folder);
    assertThat(config.embeddingMultiplier()).isEqualTo(1);
    assertThat(config.residualMultiplier()).isEqualTo(1);
    assertThat(config.logitsScaling()).isEqualTo(1);
    assertThat(config.attentionScale()).isEqualTo(1 / Math.sqrt(8));
  }

  @Test
  void mistral_has_its_window_in_all_layers_and_by_default_4096() {
    assertThat(TestConfig.of(MISTRAL).set("sliding_window", "8").read(folder).slidingWindows())
        .containsExactly(8, 8, 8, 8);
    assertThat(TestConfig.of(MISTRAL).set("sliding_window", "null").read(folder).slidingWindows())
        .containsExactly(0, 0, 0, 0);
    assertThat(TestConfig.of(MISTRAL).read(folder).slidingWindows())
        .containsExactly(4096, 4096, 4096, 4096);
  }

  @Test
  void a_window_that_no_sequence_outgrows_is_full_attention() {
    TestConfig config = TestConfig.of(MISTRAL).set("max_position_embeddings", "64");
    assertThat(config.set("sliding_window", "64").read(folder).slidingWindows()).containsOnly(0);
    assertThat(config.set("sliding_window", "63").read(folder).slidingWindows()).containsOnly(63);
  }

  @ParameterizedTest
  @EnumSource(names = {"QWEN2", "QWEN3"})
  void qwen_has_windows_above_max_window_layers_if_asked(Architecture architecture) {
    TestConfig config =
        TestConfig.of(architecture).set("sliding_window", "8").set("max_window_layers", "3");
    assertThat(config.read(folder).slidingWindows()).containsExactly(0, 0, 0, 0);
    config.set("use_sliding_window", "true");
    assertThat(config.read(folder).slidingWindows()).containsExactly(0, 0, 0, 8);
    assertThat(config.remove("max_window_layers").read(folder).slidingWindows()).containsOnly(0);
    config.set("max_window_layers", "0");
    assertThat(config.remove("sliding_window").read(folder).slidingWindows()).containsOnly(4096);
    assertThat(config.set("sliding_window", "null").read(folder).slidingWindows()).containsOnly(0);
  }

  @ParameterizedTest
  @EnumSource(names = {"QWEN2", "QWEN3", "SMOLLM3"})
  void layer_types_go_before_the_rule(Architecture architecture) {
    String full = "'full_attention'";
    String sliding = "'sliding_attention'";
    assertThat(
            TestConfig.of(architecture)
                .set("sliding_window", "8")
                .set("use_sliding_window", "true")
                .set("max_window_layers", "0")
                .set("layer_types", List.of(sliding, full, full, sliding).toString())
                .read(folder)
                .slidingWindows())
        .containsExactly(8, 0, 0, 8);
  }

  @ParameterizedTest
  @EnumSource(names = {"LLAMA", "GRANITE"})
  void llama_and_granite_know_no_windows(Architecture architecture) {
    ModelConfig config =
        TestConfig.of(architecture)
            .set("sliding_window", "8")
            .set("use_sliding_window", "true")
            .read(folder);
    assertThat(config.slidingWindows()).containsExactly(0, 0, 0, 0);
  }

  @Test
  void smollm3_leaves_out_the_rotary_embedding_in_every_fourth_layer() {
    assertThat(TestConfig.of(SMOLLM3).read(folder).ropeLayers())
        .containsExactly(true, true, true, false);
    assertThat(TestConfig.of(SMOLLM3).set("no_rope_layer_interval", "2").read(folder).ropeLayers())
        .containsExactly(true, false, true, false);
  }

  @Test
  void in_smollm3_a_1_in_no_rope_layers_is_a_layer_with_rope() {
    assertThat(
            TestConfig.of(SMOLLM3)
                .set("no_rope_layers", "[1, 0, true, 0, 1, 1]")
                .read(folder)
                .ropeLayers())
        .containsExactly(true, false, true, false);
    assertThat(TestConfig.llama().set("no_rope_layers", "[0, 0, 0, 0]").read(folder).ropeLayers())
        .isEqualTo(Collections.nCopies(4, true));
  }

  @Test
  void in_smollm3_the_layers_without_rope_have_the_window() {
    assertThat(
            TestConfig.of(SMOLLM3)
                .set("use_sliding_window", "true")
                .set("sliding_window", "16")
                .read(folder)
                .slidingWindows())
        .containsExactly(0, 0, 0, 16);
  }

  @Test
  void rope_settings_are_read_where_any_version_of_transformers_writes_them() {
    TestConfig config = TestConfig.llama().set("rope_theta", "500.5");
    assertThat(config.read(folder).rope()).isEqualTo(RopeConfig.standard(500.5));

    config.set("rope_parameters", "{'rope_type': 'default', 'rope_theta': 700}");
    assertThat(config.read(folder).rope()).isEqualTo(RopeConfig.standard(700));

    config.set("rope_scaling", "{'type': 'linear', 'factor': 2}");
    assertThat(config.read(folder).rope()).isEqualTo(RopeConfig.linear(500.5, 2));

    config.set("rope_scaling", "{}");
    assertThat(config.read(folder).rope()).isEqualTo(RopeConfig.standard(700));

    config.set("rope_parameters", "{'rope_type': 'dynamic', 'type': 'linear', 'factor': 2}");
    assertThat(config.read(folder).rope()).isEqualTo(RopeConfig.dynamic(500.5));
  }

  @Test
  void rope_settings_by_layer_type_are_read_if_they_are_the_same() {
    TestConfig config =
        TestConfig.of(QWEN3)
            .set(
                "rope_parameters",
                "{'full_attention': {'rope_theta': 5}, 'sliding_attention': {'rope_theta': 5.0}}");
    assertThat(config.read(folder).rope()).isEqualTo(RopeConfig.standard(5));

    config.set(
        "rope_parameters",
        "{'full_attention': {'rope_theta': 5}, 'sliding_attention': {'rope_theta': 6}}");
    assertThatThrownBy(() -> config.read(folder))
        .hasMessageContaining(
            "config.json: the rotary embedding differs between [full_attention,"
                + " sliding_attention], which is not supported");
  }

  @Test
  void the_original_context_beside_the_settings_goes_before_that_inside() {
    String inside =
        "{'type': 'llama3', 'factor': 8, 'low_freq_factor': 1, 'high_freq_factor': 4,"
            + " 'original_max_position_embeddings': 64}";
    TestConfig config = TestConfig.llama().set("rope_scaling", inside);
    assertThat(config.read(folder).rope().originalContextLength()).isEqualTo(64);
    config.set("original_max_position_embeddings", "128");
    assertThat(config.read(folder).rope().originalContextLength()).isEqualTo(128);
  }

  @Test
  void end_of_sequence_ids_are_those_of_both_files() throws IOException {
    TestConfig config = TestConfig.llama().set("eos_token_id", "7");
    assertThat(config.read(folder).endOfSequenceIds()).containsExactly(7);

    generation("{\"eos_token_id\": [9, 7, 3]}");
    assertThat(config.read(folder).endOfSequenceIds()).containsExactly(3, 7, 9);
    assertThat(config.set("eos_token_id", "null").read(folder).endOfSequenceIds())
        .containsExactly(3, 7, 9);
    assertThat(config.remove("eos_token_id").read(folder).endOfSequenceIds())
        .containsExactly(3, 7, 9);

    generation("{}");
    assertThat(config.set("eos_token_id", "[]").read(folder).endOfSequenceIds()).isEmpty();
  }

  @Test
  void end_of_sequence_ids_outside_the_vocabulary_can_not_be_generated() {
    assertThat(
            TestConfig.llama()
                .set("eos_token_id", "[-1, 99, 100, 5000000000]")
                .read(folder)
                .endOfSequenceIds())
        .containsExactly(99);
  }

  @Test
  void without_the_key_the_architecture_knows_its_end_of_sequence() {
    for (Architecture architecture : List.of(LLAMA, MISTRAL, GRANITE)) {
      assertThat(TestConfig.of(architecture).read(folder).endOfSequenceIds()).containsExactly(2);
    }
    assertThat(TestConfig.of(SMOLLM3).set("vocab_size", "128256").read(folder).endOfSequenceIds())
        .containsExactly(128_001);
    assertThat(TestConfig.of(SMOLLM3).read(folder).endOfSequenceIds()).isEmpty();
    assertThat(TestConfig.of(QWEN2).read(folder).endOfSequenceIds()).isEmpty();
    assertThat(TestConfig.llama().set("eos_token_id", "null").read(folder).endOfSequenceIds())
        .isEmpty();
  }

  private void generation(String json) throws IOException {
    Files.writeString(folder.resolve("generation_config.json"), json);
  }
}
