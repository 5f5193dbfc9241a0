package io.selfalign.djl.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.error.ModelLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class ModelConfigPropertyTest {
  private static final List<String> KEYS =
      List.of(
          "architectures",
          "model_type",
          "hidden_size",
          "num_hidden_layers",
          "num_attention_heads",
          "num_key_value_heads",
          "head_dim",
          "vocab_size",
          "max_position_embeddings",
          "rms_norm_eps",
          "rope_theta",
          "rope_scaling",
          "rope_parameters",
          "tie_word_embeddings",
          "attention_bias",
          "hidden_act",
          "sliding_window",
          "use_sliding_window",
          "max_window_layers",
          "layer_types",
          "no_rope_layers",
          "no_rope_layer_interval",
          "logits_scaling",
          "attention_multiplier",
          "eos_token_id");

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "1",
          "2",
          "-1",
          "3.5",
          "1e30",
          "1e-30",
          "1e400",
          "-1e400",
          "12345678901234567890123",
          "2147483647",
          "9223372036854775807",
          "''",
          "'silu'",
          "'llama'",
          "[]",
          "[1,0,1,0]",
          "[null]",
          "{}",
          "{'type':'yarn'}",
          "{'type':'yarn','factor':1e-30,'original_max_position_embeddings':1e-30}",
          "{'type':'yarn','factor':4,'mscale':-30,'mscale_all_dim':1e-300}",
          "{'type':'llama3','factor':1e30,'low_freq_factor':1e-30,'high_freq_factor':1e30}",
          "{'type':'linear','factor':1e-30}",
          "{'full_attention':null}",
          "{'full_attention':{'type':'linear','factor':2}}",
          "['full_attention','sliding_attention','sliding_attention','sliding_attention']");

  private static Path shared = Path.of("");

  @BeforeContainer
  static void makeFolder() throws IOException {
    shared = Files.createTempDirectory("config");
  }

  @AfterContainer
  static void deleteFolder() throws IOException {
    Files.deleteIfExists(shared.resolve("config.json"));
    Files.delete(shared);
  }

  /** Any values under any keys are read, or refused with the right exception. */
  @Property(tries = 1500)
  void random_values_are_read_or_refused(@ForAll long seed) {
    Random random = new Random(seed);
    Architecture[] architectures = Architecture.values();
    TestConfig config = TestConfig.of(architectures[random.nextInt(architectures.length)]);
    for (int i = random.nextInt(4); i >= 0; i--) {
      config.set(one(random, KEYS), one(random, VALUES));
    }
    try {
      ModelConfig read = config.read(shared);
      assertThat(read.heads() % read.kvHeads()).isZero();
      assertThat(read.headDim() % 2).isZero();
      for (float frequency : read.rope().inverseFrequencies(read.headDim())) {
        assertThat(frequency).isFinite();
      }
    } catch (ModelLoadException e) {
      assertThat(e).hasMessageStartingWith(shared.resolve("config.json") + ": ");
    }
  }

  private static String one(Random random, List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
