package io.selfalign.djl.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class RopeConfigTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  /** Each setting as published checkpoints write it and as transformers 5 does. */
  static Stream<Arguments> inverse_frequencies_are_those_of_transformers() throws IOException {
    try (InputStream in =
        RopeConfigTest.class.getResourceAsStream("/fixtures/rope/inverse_frequencies.json")) {
      List<JsonNode> cases = List.copyOf(MAPPER.readTree(in).values());
      assertThat(cases).hasSizeGreaterThan(10);
      return cases.stream()
          // Sequences never grow beyond the context, where dynamic scaling begins.
          .filter(
              c -> c.path("sequence_length").asInt(0) <= c.get("max_position_embeddings").asInt())
          .flatMap(
              c ->
                  Stream.of(
                      Arguments.of(c.get("name").asString(), c, classic(c)),
                      Arguments.of(c.get("name").asString(), c, transformers5(c))));
    }
  }

  @ParameterizedTest(name = "{0}, {2}")
  @MethodSource
  void inverse_frequencies_are_those_of_transformers(
      String name, JsonNode golden, ObjectNode keys, @TempDir Path folder) {
    ModelConfig config =
        TestConfig.llama()
            .set("head_dim", golden.get("head_dim"))
            .set("max_position_embeddings", golden.get("max_position_embeddings"))
            .setAll(keys)
            .read(folder);

    float[] actual = config.rope().inverseFrequencies(config.headDim());

    JsonNode expected = golden.get("inverse_frequencies");
    assertThat(actual).hasSize(expected.size());
    for (int i = 0; i < actual.length; i++) {
      float value = expected.get(i).floatValue();
      // Three units in the last place: theta^x itself differs by one between libraries.
      assertThat(actual[i]).as("component %d", i).isCloseTo(value, within(3 * Math.ulp(value)));
    }
    assertThat(config.rope().attentionScaling())
        .isCloseTo(golden.get("attention_scaling").doubleValue(), within(1e-8));
  }

  // transformers 5.18: ROPE_INIT_FUNCTIONS["yarn"] of LlamaConfig(head_dim=16, rope_parameters=
  // {rope_type: yarn, rope_theta: 50, factor: 8, beta_fast: 2000,
  //  original_max_position_embeddings: 32768}).
  @Test
  void yarn_ends_its_ramp_at_the_head_dimension_if_no_component_turns_so_slowly() {
    RopeConfig rope =
        new RopeConfig(RopeConfig.Type.YARN, 50, 8, 32768, 0, 0, 2000, 1, true, 1.2079441541679836);
    float[] expected = {
      1.0f,
      0.61323756f,
      0.35255653f,
      0.20178752f,
      0.11490485f,
      0.06504367f,
      0.036563285f,
      0.020383615f
    };
    assertThat(rope.inverseFrequencies(16)).containsExactly(expected, offset(1e-8f));
  }

  private static ObjectNode classic(JsonNode golden) {
    ObjectNode keys = MAPPER.createObjectNode();
    keys.set("rope_theta", golden.get("rope_theta"));
    keys.set("rope_scaling", golden.get("rope_scaling"));
    return keys;
  }

  private static ObjectNode transformers5(JsonNode golden) {
    ObjectNode parameters = MAPPER.createObjectNode();
    if (golden.get("rope_scaling") instanceof ObjectNode scaling) {
      parameters.setAll(scaling);
    }
    parameters.set("rope_theta", golden.get("rope_theta"));
    ObjectNode keys = MAPPER.createObjectNode();
    keys.set("rope_parameters", parameters);
    return keys;
  }
}
