package io.selfalign.djl.internal.checkpoint;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A config.json to change key by key. */
final class TestConfig {
  private static final JsonMapper MAPPER = new JsonMapper();

  private final ObjectNode json = MAPPER.createObjectNode();

  /** The smallest set of keys that can be read. */
  static TestConfig of(Architecture architecture) {
    return new TestConfig()
        .set("architectures", "[\"" + architecture.className() + "\"]")
        .set("hidden_size", "32")
        .set("intermediate_size", "48")
        .set("num_hidden_layers", "4")
        .set("num_attention_heads", "4")
        .set("num_key_value_heads", "2")
        .set("vocab_size", "100");
  }

  static TestConfig llama() {
    return of(Architecture.LLAMA);
  }

  @CanIgnoreReturnValue
  TestConfig set(String key, String value) {
    return set(key, MAPPER.readTree(value.replace('\'', '"')));
  }

  @CanIgnoreReturnValue
  TestConfig set(String key, JsonNode value) {
    json.set(key, value);
    return this;
  }

  @CanIgnoreReturnValue
  TestConfig setAll(ObjectNode values) {
    json.setAll(values);
    return this;
  }

  @CanIgnoreReturnValue
  TestConfig remove(String key) {
    json.remove(key);
    return this;
  }

  ModelConfig read(Path folder) {
    TestSafeTensors.write(
        folder.resolve("config.json"), json.toString().getBytes(StandardCharsets.UTF_8));
    return ModelConfig.read(folder);
  }
}
