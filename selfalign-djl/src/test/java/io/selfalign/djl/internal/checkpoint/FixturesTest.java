package io.selfalign.djl.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The checkpoints that transformers wrote: configuration and tensors agree with each other. */
class FixturesTest {
  static List<Path> checkpoints() throws IOException, URISyntaxException {
    URL url = Objects.requireNonNull(FixturesTest.class.getResource("/fixtures"));
    try (Stream<Path> folders = Files.list(Path.of(url.toURI()))) {
      return folders.filter(f -> Files.exists(f.resolve("config.json"))).sorted().toList();
    }
  }

  @Test
  void every_architecture_has_a_fixture() throws Exception {
    assertThat(checkpoints().stream().map(ModelConfig::read).map(ModelConfig::architecture))
        .contains(Architecture.values());
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void the_file_has_exactly_the_tensors_that_its_configuration_makes(Path folder) {
    ModelConfig config = ModelConfig.read(folder);
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      Set<String> names = new HashSet<>(tensors.entries().keySet());
      // Old checkpoints store what is computed from rope_theta now.
      names.removeIf(name -> name.endsWith(".rotary_emb.inv_freq"));
      assertThat(names).isEqualTo(requireAll(config, tensors));
    }
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void the_architecture_is_that_of_the_golden_values(Path folder) throws IOException {
    JsonNode golden = new JsonMapper().readTree(Files.readString(folder.resolve("golden.json")));
    assertThat(ModelConfig.read(folder).architecture().className())
        .isEqualTo(golden.get("architecture").asString());
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void the_tokenizer_is_there(Path folder) {
    assertThat(CheckpointFolder.tokenizer(folder)).isEqualTo(folder.resolve("tokenizer.json"));
  }

  @Test
  void windows_and_layers_without_rope_are_where_the_fixtures_have_them() throws Exception {
    assertThat(config("mistral-window").slidingWindows()).containsExactly(8, 8, 8);
    assertThat(config("qwen2-window").slidingWindows()).containsExactly(0, 8, 8);
    assertThat(config("qwen3-window").slidingWindows()).containsExactly(8, 0, 8);
    assertThat(config("qwen3").slidingWindows()).containsExactly(0, 0);
    assertThat(config("smollm3").ropeLayers()).containsExactly(true, false, true);
    assertThat(config("llama-bias").headDim()).isEqualTo(10);
    assertThat(config("llama-transformers5").rope()).isEqualTo(config("llama3-rope").rope());
    assertThat(config("llama-transformers5").endOfSequenceIds()).containsExactly(385, 388);
    assertThat(config("granite").attentionScale()).isEqualTo(0.25);
  }

  private static ModelConfig config(String name) throws IOException, URISyntaxException {
    return ModelConfig.read(
        checkpoints().stream().filter(f -> f.endsWith(name)).findFirst().orElseThrow());
  }

  private static Set<String> requireAll(ModelConfig config, SafeTensors tensors) {
    Set<String> names = new HashSet<>();
    int hidden = config.hiddenSize();
    int inner = config.intermediateSize();
    int queries = config.heads() * config.headDim();
    int keys = config.kvHeads() * config.headDim();
    require(tensors, names, "model.embed_tokens.weight", config.vocabSize(), hidden);
    require(tensors, names, "model.norm.weight", hidden);
    if (!config.tiedEmbeddings()) {
      require(tensors, names, "lm_head.weight", config.vocabSize(), hidden);
    }
    for (int i = 0; i < config.layers(); i++) {
      String layer = "model.layers." + i + ".";
      require(tensors, names, layer + "input_layernorm.weight", hidden);
      require(tensors, names, layer + "post_attention_layernorm.weight", hidden);
      linear(tensors, names, layer + "self_attn.q_proj", config.qkvBias(), queries, hidden);
      linear(tensors, names, layer + "self_attn.k_proj", config.qkvBias(), keys, hidden);
      linear(tensors, names, layer + "self_attn.v_proj", config.qkvBias(), keys, hidden);
      linear(tensors, names, layer + "self_attn.o_proj", config.outputBias(), hidden, queries);
      linear(tensors, names, layer + "mlp.gate_proj", config.mlpBias(), inner, hidden);
      linear(tensors, names, layer + "mlp.up_proj", config.mlpBias(), inner, hidden);
      linear(tensors, names, layer + "mlp.down_proj", config.mlpBias(), hidden, inner);
      if (config.qkNorm()) {
        require(tensors, names, layer + "self_attn.q_norm.weight", config.headDim());
        require(tensors, names, layer + "self_attn.k_norm.weight", config.headDim());
      }
    }
    return names;
  }

  private static void linear(
      SafeTensors tensors, Set<String> names, String name, boolean bias, int out, int in) {
    require(tensors, names, name + ".weight", out, in);
    if (bias) {
      require(tensors, names, name + ".bias", out);
    }
  }

  private static void require(SafeTensors tensors, Set<String> names, String name, long... shape) {
    names.add(tensors.require(name, shape).name());
  }
}
