package io.selfalign.djl.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.djl.Fixtures;
import io.selfalign.error.ModelLoadException;
import io.selfalign.model.Projection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Adapters of PEFT are read, ours are written as PEFT's, and bad ones are refused. */
class AdapterFolderTest {
  private static final Path PEFT = Fixtures.folder("training/llama/final");
  private static final ModelConfig MODEL = ModelConfig.read(Fixtures.folder("llama2-gqa-tied"));

  @TempDir Path folder;

  @BeforeEach
  void copy() throws IOException {
    for (String name : new String[] {AdapterFolder.CONFIG, AdapterFolder.WEIGHTS}) {
      Files.copy(PEFT.resolve(name), folder.resolve(name));
    }
  }

  private LoraAdapter read() {
    return AdapterFolder.read(folder, MODEL, () -> "base");
  }

  private void configure(String key, String json) throws IOException {
    Path file = folder.resolve(AdapterFolder.CONFIG);
    ObjectNode config = (ObjectNode) JsonMapper.shared().readTree(Files.readAllBytes(file));
    config.set(key, JsonMapper.shared().readTree(json));
    Files.writeString(file, config.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "mistral", "qwen2", "granite"})
  void what_is_written_is_what_was_read_and_has_peft_s_keys(String name) throws IOException {
    Path source = Fixtures.folder("training/" + name);
    String base =
        JsonMapper.shared().readTree(source.resolve("golden.json")).get("checkpoint").asString();
    ModelConfig config = ModelConfig.read(Fixtures.folder(base));
    LoraAdapter adapter = AdapterFolder.read(source.resolve("final"), config, () -> "");
    AdapterFolder.write(folder, adapter, config, base, "fingerprint");
    LoraAdapter again = AdapterFolder.read(folder, config, () -> "fingerprint");
    assertThat(again.pairs().keySet()).isEqualTo(adapter.pairs().keySet());
    adapter
        .pairs()
        .forEach(
            (module, pair) -> {
              assertThat(again.pairs().get(module).rank()).isEqualTo(pair.rank());
              assertThat(again.pairs().get(module).scaling()).isEqualTo(pair.scaling());
              assertThat(again.pairs().get(module).a()).isEqualTo(pair.a());
              assertThat(again.pairs().get(module).b()).isEqualTo(pair.b());
            });
    JsonNode ours = JsonMapper.shared().readTree(folder.resolve(AdapterFolder.CONFIG));
    JsonNode theirs =
        JsonMapper.shared().readTree(source.resolve("final").resolve(AdapterFolder.CONFIG));
    for (String key :
        new String[] {
          "peft_type",
          "task_type",
          "r",
          "lora_alpha",
          "use_rslora",
          "rank_pattern",
          "alpha_pattern",
          "layers_to_transform",
          "base_model_name_or_path"
        }) {
      assertThat(ours.get(key)).as(key).isEqualTo(theirs.get(key));
    }
    assertThat(ours.get("target_modules")).hasSameSizeAs(theirs.get("target_modules"));
  }

  @Test
  void patterns_decide_rank_and_scaling() {
    ModelConfig qwen = ModelConfig.read(Fixtures.folder("qwen2"));
    LoraAdapter adapter =
        AdapterFolder.read(Fixtures.folder("training/qwen2/final"), qwen, () -> "");
    LoraAdapter.Pair k0 = adapter.pairs().get(new LoraAdapter.Module(0, Projection.K_PROJ));
    LoraAdapter.Pair k1 = adapter.pairs().get(new LoraAdapter.Module(1, Projection.K_PROJ));
    LoraAdapter.Pair up = adapter.pairs().get(new LoraAdapter.Module(1, Projection.UP_PROJ));
    LoraAdapter.Pair down = adapter.pairs().get(new LoraAdapter.Module(0, Projection.DOWN_PROJ));
    assertThat(k0.rank()).isEqualTo(2);
    assertThat(k0.scaling()).isEqualTo(8.0 / 2);
    assertThat(k1.scaling()).isEqualTo(8.0 / 4);
    assertThat(up.scaling()).isEqualTo(8.0 / 6);
    assertThat(down.scaling()).isEqualTo(3.0 / 4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "peft_type; \"IA3\"; 'peft_type' is \"IA3\", but must be LORA",
        "use_dora; true; 'use_dora' is true",
        "bias; \"all\"; 'bias' is \"all\"",
        "modules_to_save; [\"lm_head\"]; 'modules_to_save'",
        "init_lora_weights; \"pissa\"; 'init_lora_weights'",
        "alora_invocation_tokens; [5]; 'alora_invocation_tokens' is [5], but must be null",
        "arrow_config; {\"top_k\": 3}; 'arrow_config'",
        "r; 0; 'r' is 0, but must be an integer from 1",
        "lora_alpha; \"x\"; 'lora_alpha'",
        "rank_pattern; {\"(\": 3}; no regular expression",
        "r; 5; but the model and adapter_config.json make it [5, 32]"
      })
  void a_configuration_that_can_not_be_used_is_named(String key, String json, String message)
      throws IOException {
    configure(key, json);
    assertThatThrownBy(this::read)
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(message);
  }

  @Test
  void damaged_weights_are_refused_whatever_is_cut_off() throws IOException {
    Path weights = folder.resolve(AdapterFolder.WEIGHTS);
    byte[] whole = Files.readAllBytes(weights);
    for (int length : new int[] {0, 7, 100, whole.length / 2, whole.length - 1}) {
      Files.write(weights, Arrays.copyOf(whole, length));
      assertThatThrownBy(this::read)
          .isInstanceOf(ModelLoadException.class)
          .hasMessageContaining(AdapterFolder.WEIGHTS);
    }
  }

  @Test
  void an_adapter_of_another_model_is_refused() {
    // Other widths, and fewer layers.
    ModelConfig other = ModelConfig.read(Fixtures.folder("llama3-rope"));
    assertThatThrownBy(() -> AdapterFolder.read(folder, other, () -> ""))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("belongs to another model");
    ModelConfig deep = ModelConfig.read(Fixtures.folder("smollm3"));
    Path adapter = Fixtures.folder("training/smollm3/final");
    assertThat(deep.layers()).isGreaterThan(MODEL.layers());
    assertThatThrownBy(() -> AdapterFolder.read(adapter, MODEL, () -> ""))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("belongs to another model");
  }

  @Test
  void what_is_missing_is_named() throws IOException {
    Files.delete(folder.resolve(AdapterFolder.WEIGHTS));
    Files.writeString(folder.resolve("adapter_model.bin"), "x");
    assertThatThrownBy(this::read).hasMessageContaining("safe_serialization=True");
    Files.delete(folder.resolve(AdapterFolder.CONFIG));
    assertThatThrownBy(this::read).hasMessageContaining("adapter_config.json: file not found");
    assertThatThrownBy(() -> AdapterFolder.read(folder.resolve("no"), MODEL, () -> ""))
        .hasMessageContaining("folder not found");
  }

  @Test
  void an_adapter_that_names_its_base_fits_that_alone() throws IOException {
    LoraAdapter adapter = read();
    AdapterFolder.write(folder, adapter, MODEL, "name", "this base");
    assertThat(AdapterFolder.read(folder, MODEL, () -> "this base").pairs()).hasSize(8);
    assertThatThrownBy(this::read)
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("was trained on another model, of fingerprint this base")
        .hasMessageContaining("delete this file");
    Files.delete(folder.resolve("selfalign.json"));
    assertThat(read().pairs()).hasSize(8);
  }
}
