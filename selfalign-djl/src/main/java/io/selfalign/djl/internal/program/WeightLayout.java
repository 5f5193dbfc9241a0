package io.selfalign.djl.internal.program;

import io.selfalign.djl.internal.checkpoint.ModelConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How a checkpoint's tensors make up the program's weights: each weight is some tensors one below
 * the other, or none where the architecture has none. Matrices that the program applies to the same
 * input (q, k, v; gate, up) are one weight.
 */
final class WeightLayout {
  /** How many weights come before those of the layers. */
  static final int HEAD = 4;

  static final int VOCABULARY = 2;
  static final int INVERSE_FREQUENCIES = 3;

  /** How many weights a layer has, and which of them is the query/key norm. */
  static final int PER_LAYER = 11;

  static final int QUERY_KEY_NORM = 3;

  /** A tensor of a checkpoint. */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares parts.
  record Part(String name, long... shape) {
    long size() {
      return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
  }

  private WeightLayout() {}

  static Part embedding(ModelConfig config) {
    return new Part("model.embed_tokens.weight", config.vocabSize(), config.hiddenSize());
  }

  static Part norm(ModelConfig config) {
    return new Part("model.norm.weight", config.hiddenSize());
  }

  static Part vocabulary(ModelConfig config) {
    return new Part("lm_head.weight", config.vocabSize(), config.hiddenSize());
  }

  /** The weights of a layer. Of the query/key norm, which has a row for each head, one a kind. */
  static List<List<Part>> layer(ModelConfig config, int index) {
    String layer = "model.layers." + index + ".";
    String attention = layer + "self_attn.";
    String mlp = layer + "mlp.";
    long hidden = config.hiddenSize();
    long queries = (long) config.heads() * config.headDim();
    long keys = (long) config.kvHeads() * config.headDim();
    long inner = config.intermediateSize();
    return List.of(
        List.of(new Part(layer + "input_layernorm.weight", hidden)),
        List.of(
            new Part(attention + "q_proj.weight", queries, hidden),
            new Part(attention + "k_proj.weight", keys, hidden),
            new Part(attention + "v_proj.weight", keys, hidden)),
        where(
            config.qkvBias(),
            new Part(attention + "q_proj.bias", queries),
            new Part(attention + "k_proj.bias", keys),
            new Part(attention + "v_proj.bias", keys)),
        where(
            config.qkNorm(),
            new Part(attention + "q_norm.weight", config.headDim()),
            new Part(attention + "k_norm.weight", config.headDim())),
        List.of(new Part(attention + "o_proj.weight", hidden, queries)),
        where(config.outputBias(), new Part(attention + "o_proj.bias", hidden)),
        List.of(new Part(layer + "post_attention_layernorm.weight", hidden)),
        List.of(
            new Part(mlp + "gate_proj.weight", inner, hidden),
            new Part(mlp + "up_proj.weight", inner, hidden)),
        where(
            config.mlpBias(),
            new Part(mlp + "gate_proj.bias", inner),
            new Part(mlp + "up_proj.bias", inner)),
        List.of(new Part(mlp + "down_proj.weight", hidden, inner)),
        where(config.mlpBias(), new Part(mlp + "down_proj.bias", hidden)));
  }

  /** All weights as a checkpoint has them, without the vocabulary projection if it is tied. */
  static List<List<Part>> of(ModelConfig config, boolean tied) {
    List<List<Part>> layout = new ArrayList<>();
    layout.add(List.of(embedding(config)));
    layout.add(List.of(norm(config)));
    layout.add(tied ? List.of() : List.of(vocabulary(config)));
    layout.add(List.of());
    for (int layer = 0; layer < config.layers(); layer++) {
      layout.addAll(layer(config, layer));
    }
    return layout;
  }

  /** Whether one of a layer's weights is a matrix that inputs are multiplied with. */
  static boolean isMatrix(int inLayer) {
    return inLayer == 1 || inLayer == 4 || inLayer == 7 || inLayer == 9;
  }

  private static List<Part> where(boolean present, Part... parts) {
    return present ? List.of(parts) : List.of();
  }
}
