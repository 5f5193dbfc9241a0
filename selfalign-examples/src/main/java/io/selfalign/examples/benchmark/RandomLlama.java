package io.selfalign.examples.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a Llama with random weights as a Hugging Face checkpoint: the shape of SmolLM2-135M
 * (134.5M parameters, bfloat16), with a tokenizer whose tokens are the words {@code w0} to {@code
 * w49151}, so that a text of n words has n tokens.
 */
final class RandomLlama {
  static final int VOCABULARY = 49_152;

  private static final int HIDDEN = 576;
  private static final int INTERMEDIATE = 1536;
  private static final int LAYERS = 30;
  private static final int HEADS = 9;
  private static final int KV_HEADS = 3;
  private static final int CONTEXT = 8192;
  private static final double STANDARD_DEVIATION = 0.02;

  private RandomLlama() {}

  /** Writes the checkpoint unless the folder has one already. */
  static void write(Path folder) throws IOException {
    if (Files.exists(folder.resolve("model.safetensors"))) {
      return;
    }
    Files.createDirectories(folder);
    JsonMapper json = JsonMapper.shared();
    json.writeValue(folder.resolve("config.json"), config());
    json.writeValue(folder.resolve("tokenizer.json"), tokenizer());
    Path partial = folder.resolve("model.safetensors.partial");
    writeWeights(partial);
    Files.move(partial, folder.resolve("model.safetensors"));
  }

  private static Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of("LlamaForCausalLM"));
    config.put("model_type", "llama");
    config.put("hidden_size", HIDDEN);
    config.put("intermediate_size", INTERMEDIATE);
    config.put("num_hidden_layers", LAYERS);
    config.put("num_attention_heads", HEADS);
    config.put("num_key_value_heads", KV_HEADS);
    config.put("vocab_size", VOCABULARY);
    config.put("max_position_embeddings", CONTEXT);
    config.put("rms_norm_eps", 1e-5);
    config.put("rope_theta", 100_000.0);
    config.put("hidden_act", "silu");
    config.put("tie_word_embeddings", true);
    config.put("torch_dtype", "bfloat16");
    return config;
  }

  private static Map<String, Object> tokenizer() {
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    for (int i = 0; i < VOCABULARY; i++) {
      vocabulary.put("w" + i, i);
    }
    return Map.of(
        "version", "1.0",
        "added_tokens", List.of(),
        "pre_tokenizer", Map.of("type", "WhitespaceSplit"),
        "model", Map.of("type", "WordLevel", "vocab", vocabulary, "unk_token", "w0"));
  }

  private static Map<String, long[]> shapes() {
    long keys = (long) KV_HEADS * (HIDDEN / HEADS);
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put("model.embed_tokens.weight", new long[] {VOCABULARY, HIDDEN});
    shapes.put("model.norm.weight", new long[] {HIDDEN});
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.layers." + i + ".";
      shapes.put(layer + "input_layernorm.weight", new long[] {HIDDEN});
      shapes.put(layer + "self_attn.q_proj.weight", new long[] {HIDDEN, HIDDEN});
      shapes.put(layer + "self_attn.k_proj.weight", new long[] {keys, HIDDEN});
      shapes.put(layer + "self_attn.v_proj.weight", new long[] {keys, HIDDEN});
      shapes.put(layer + "self_attn.o_proj.weight", new long[] {HIDDEN, HIDDEN});
      shapes.put(layer + "post_attention_layernorm.weight", new long[] {HIDDEN});
      shapes.put(layer + "mlp.gate_proj.weight", new long[] {INTERMEDIATE, HIDDEN});
      shapes.put(layer + "mlp.up_proj.weight", new long[] {INTERMEDIATE, HIDDEN});
      shapes.put(layer + "mlp.down_proj.weight", new long[] {HIDDEN, INTERMEDIATE});
    }
    return shapes;
  }

  private static void writeWeights(Path file) throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    long offset = 0;
    List<long[]> order = new ArrayList<>();
    for (Map.Entry<String, long[]> entry : shapes().entrySet()) {
      long size = 1;
      for (long dimension : entry.getValue()) {
        size *= dimension;
      }
      header.put(
          entry.getKey(),
          Map.of(
              "dtype",
              "BF16",
              "shape",
              entry.getValue(),
              "data_offsets",
              new long[] {offset, offset + 2 * size}));
      offset += 2 * size;
      order.add(entry.getValue());
    }
    byte[] headerBytes = JsonMapper.shared().writeValueAsString(header).getBytes(UTF_8);
    Random random = new Random(135);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(
          ByteBuffer.allocate(Long.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(headerBytes.length)
              .array());
      out.write(headerBytes);
      for (long[] shape : order) {
        boolean norm = shape.length == 1;
        long rows = norm ? 1 : shape[0];
        int columns = (int) (norm ? shape[0] : shape[1]);
        for (long row = 0; row < rows; row++) {
          out.write(row(columns, norm, random));
        }
      }
    }
  }

  private static byte[] row(int columns, boolean norm, Random random) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * columns).order(ByteOrder.LITTLE_ENDIAN);
    for (int column = 0; column < columns; column++) {
      float value = norm ? 1 : (float) (random.nextGaussian() * STANDARD_DEVIATION);
      bytes.putShort((short) (Float.floatToIntBits(value) >>> 16));
    }
    return bytes.array();
  }
}
