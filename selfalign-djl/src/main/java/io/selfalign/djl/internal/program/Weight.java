package io.selfalign.djl.internal.program;

import io.selfalign.djl.internal.checkpoint.ModelConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The weights of the model program, in the order of its list: those that are there once, then those
 * of each layer. The resource {@code model.py} has the same names, with their shapes.
 *
 * <p>A weight is made of some tensors of a checkpoint, one below the other, or of none where the
 * architecture has none. Matrices that the program applies to the same input (q, k, v; gate, up)
 * are one weight.
 */
enum Weight {
  EMBEDDING(
      (config, at) ->
          List.of(new Part("model.embed_tokens.weight", config.vocabSize(), config.hiddenSize()))),
  FINAL_NORM((config, at) -> List.of(new Part("model.norm.weight", config.hiddenSize()))),
  /** The embedding itself where they are tied. */
  VOCABULARY(
      (config, at) -> List.of(new Part("lm_head.weight", config.vocabSize(), config.hiddenSize()))),
  /** Of the rotary embedding; computed, no tensor of a checkpoint. */
  INVERSE_FREQUENCIES((config, at) -> List.of()),

  INPUT_NORM((config, at) -> List.of(new Part(at + "input_layernorm.weight", config.hiddenSize()))),
  QUERY_KEY_VALUE(
      (config, at) ->
          List.of(
              new Part(at + "self_attn.q_proj.weight", queries(config), config.hiddenSize()),
              new Part(at + "self_attn.k_proj.weight", keys(config), config.hiddenSize()),
              new Part(at + "self_attn.v_proj.weight", keys(config), config.hiddenSize()))),
  QUERY_KEY_VALUE_BIAS(
      (config, at) ->
          where(
              config.qkvBias(),
              new Part(at + "self_attn.q_proj.bias", queries(config)),
              new Part(at + "self_attn.k_proj.bias", keys(config)),
              new Part(at + "self_attn.v_proj.bias", keys(config)))),
  /** A row for each head in the program, of which all queries' are equal, and all keys'. */
  QUERY_KEY_NORM(
      (config, at) ->
          where(
              config.qkNorm(),
              new Part(at + "self_attn.q_norm.weight", config.headDim()),
              new Part(at + "self_attn.k_norm.weight", config.headDim()))),
  OUTPUT(
      (config, at) ->
          List.of(new Part(at + "self_attn.o_proj.weight", config.hiddenSize(), queries(config)))),
  OUTPUT_BIAS(
      (config, at) ->
          where(config.outputBias(), new Part(at + "self_attn.o_proj.bias", config.hiddenSize()))),
  POST_ATTENTION_NORM(
      (config, at) ->
          List.of(new Part(at + "post_attention_layernorm.weight", config.hiddenSize()))),
  GATE_UP(
      (config, at) ->
          List.of(
              new Part(at + "mlp.gate_proj.weight", inner(config), config.hiddenSize()),
              new Part(at + "mlp.up_proj.weight", inner(config), config.hiddenSize()))),
  GATE_UP_BIAS(
      (config, at) ->
          where(
              config.mlpBias(),
              new Part(at + "mlp.gate_proj.bias", inner(config)),
              new Part(at + "mlp.up_proj.bias", inner(config)))),
  DOWN(
      (config, at) ->
          List.of(new Part(at + "mlp.down_proj.weight", config.hiddenSize(), inner(config)))),
  DOWN_BIAS(
      (config, at) ->
          where(config.mlpBias(), new Part(at + "mlp.down_proj.bias", config.hiddenSize())));

  /** The weights that are there once, in order. */
  static final List<Weight> OUTER = List.of(EMBEDDING, FINAL_NORM, VOCABULARY, INVERSE_FREQUENCIES);

  /** The weights of a layer, in order. */
  static final List<Weight> OF_LAYER =
      Arrays.asList(values()).subList(OUTER.size(), values().length);

  /** A tensor of a checkpoint. */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares parts.
  record Part(String name, long... shape) {
    long size() {
      return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
  }

  /**
   * A weight's place in the list.
   *
   * @param layer 0 for a weight that is there once
   */
  record Place(Weight weight, int layer) {
    /** The tensors that the weight is made of. */
    List<Part> parts(ModelConfig config) {
      return weight.parts.of(config, "model.layers." + layer + ".");
    }
  }

  private interface Parts {
    /** The tensors of a weight, whose names begin with the layer's prefix. */
    List<Part> of(ModelConfig config, String prefix);
  }

  @SuppressWarnings("ImmutableEnumChecker") // A lambda without state.
  private final Parts parts;

  Weight(Parts parts) {
    this.parts = parts;
  }

  /** The places of all weights, in the order of the list. */
  static List<Place> places(ModelConfig config) {
    List<Place> places = new ArrayList<>();
    OUTER.forEach(weight -> places.add(new Place(weight, 0)));
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Weight weight : OF_LAYER) {
        places.add(new Place(weight, layer));
      }
    }
    return places;
  }

  /** The tensors of a weight that is there once. */
  List<Part> parts(ModelConfig config) {
    return new Place(this, 0).parts(config);
  }

  /** Whether it is a matrix of a layer, which inputs are multiplied with. */
  boolean isLayerMatrix() {
    return this == QUERY_KEY_VALUE || this == OUTPUT || this == GATE_UP || this == DOWN;
  }

  private static List<Part> where(boolean present, Part... parts) {
    return present ? List.of(parts) : List.of();
  }

  private static long queries(ModelConfig config) {
    return (long) config.heads() * config.headDim();
  }

  private static long keys(ModelConfig config) {
    return (long) config.kvHeads() * config.headDim();
  }

  private static long inner(ModelConfig config) {
    return config.intermediateSize();
  }
}
