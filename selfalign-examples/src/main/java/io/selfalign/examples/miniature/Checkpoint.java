package io.selfalign.examples.miniature;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableMap;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;

/** Writes a Llama with random weights and a tokenizer as a Hugging Face checkpoint, in bfloat16. */
final class Checkpoint {
  private static final double STANDARD_DEVIATION = 0.02;

  /**
   * The shape of the model.
   *
   * @param hidden the width
   * @param intermediate the width within the MLP
   * @param heads the number of heads of queries
   * @param keyValueHeads the number of heads of keys and values
   * @param context the longest sequence, in tokens
   */
  record Shape(
      int hidden, int intermediate, int layers, int heads, int keyValueHeads, int context) {
    /** 2.6M parameters with 3,072 tokens. */
    static Shape standard() {
      return new Shape(192, 512, 5, 4, 2, 2048);
    }
  }

  private final Shape shape;
  private final int vocabulary;
  private final Map<String, long[]> tensors = new LinkedHashMap<>();

  private Checkpoint(Shape shape, int vocabulary) {
    this.shape = shape;
    this.vocabulary = vocabulary;
    long hidden = shape.hidden();
    long keys = (long) shape.keyValueHeads() * (shape.hidden() / shape.heads());
    tensors.put("model.embed_tokens.weight", new long[] {vocabulary, hidden});
    tensors.put("model.norm.weight", new long[] {hidden});
    for (int i = 0; i < shape.layers(); i++) {
      String layer = "model.layers." + i + ".";
      tensors.put(layer + "input_layernorm.weight", new long[] {hidden});
      tensors.put(layer + "self_attn.q_proj.weight", new long[] {hidden, hidden});
      tensors.put(layer + "self_attn.k_proj.weight", new long[] {keys, hidden});
      tensors.put(layer + "self_attn.v_proj.weight", new long[] {keys, hidden});
      tensors.put(layer + "self_attn.o_proj.weight", new long[] {hidden, hidden});
      tensors.put(layer + "post_attention_layernorm.weight", new long[] {hidden});
      tensors.put(layer + "mlp.gate_proj.weight", new long[] {shape.intermediate(), hidden});
      tensors.put(layer + "mlp.up_proj.weight", new long[] {shape.intermediate(), hidden});
      tensors.put(layer + "mlp.down_proj.weight", new long[] {hidden, shape.intermediate()});
    }
  }

  /** Writes the files, the same for the same seed. */
  static void write(Path folder, Shape shape, BytePairs tokens, long seed) throws IOException {
    Files.createDirectories(folder);
    Checkpoint checkpoint = new Checkpoint(shape, tokens.vocabulary().size());
    JsonMapper json = JsonMapper.shared();
    json.writeValue(folder.resolve("config.json"), checkpoint.config());
    json.writeValue(folder.resolve("tokenizer.json"), tokenizer(tokens));
    checkpoint.writeWeights(folder.resolve("model.safetensors"), seed);
  }

  /** The number of weights. */
  static long parameters(Shape shape, int vocabulary) {
    return new Checkpoint(shape, vocabulary)
        .tensors.values().stream().mapToLong(Checkpoint::size).sum();
  }

  private Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of("LlamaForCausalLM"));
    config.put("model_type", "llama");
    config.put("hidden_size", shape.hidden());
    config.put("intermediate_size", shape.intermediate());
    config.put("num_hidden_layers", shape.layers());
    config.put("num_attention_heads", shape.heads());
    config.put("num_key_value_heads", shape.keyValueHeads());
    config.put("vocab_size", vocabulary);
    config.put("max_position_embeddings", shape.context());
    config.put("rms_norm_eps", 1e-5);
    config.put("rope_theta", 10_000.0);
    config.put("hidden_act", "silu");
    config.put("tie_word_embeddings", true);
    config.put("bos_token_id", 0);
    config.put("eos_token_id", 1);
    config.put("torch_dtype", "bfloat16");
    return config;
  }

  private static Map<String, Object> tokenizer(BytePairs tokens) {
    Map<String, Object> byteLevel = new LinkedHashMap<>();
    byteLevel.put("type", "ByteLevel");
    byteLevel.put("add_prefix_space", false);
    byteLevel.put("trim_offsets", true);
    byteLevel.put("use_regex", true);
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("type", "BPE");
    model.put("vocab", tokens.vocabulary());
    model.put("merges", tokens.merges());
    Map<String, Object> begin = placed("SpecialToken", BytePairs.BEGIN);
    Map<String, Object> first = placed("Sequence", "A");
    Map<String, Object> second = placed("Sequence", "B");
    Map<String, Object> template = new LinkedHashMap<>();
    template.put("type", "TemplateProcessing");
    template.put("single", List.of(begin, first));
    template.put("pair", List.of(begin, first, second));
    template.put(
        "special_tokens",
        Map.of(
            BytePairs.BEGIN,
            ImmutableMap.of(
                "id", BytePairs.BEGIN, "ids", List.of(0), "tokens", List.of(BytePairs.BEGIN))));
    Map<String, Object> tokenizer = new LinkedHashMap<>();
    tokenizer.put("version", "1.0");
    tokenizer.put("added_tokens", List.of(special(0, BytePairs.BEGIN), special(1, BytePairs.END)));
    tokenizer.put("pre_tokenizer", byteLevel);
    tokenizer.put("post_processor", template);
    tokenizer.put("decoder", byteLevel);
    tokenizer.put("model", model);
    return tokenizer;
  }

  /** A part of a template. The order of an {@code ImmutableMap} is that of the arguments. */
  private static Map<String, Object> placed(String part, String id) {
    return Map.of(part, ImmutableMap.of("id", id, "type_id", 0));
  }

  private static Map<String, Object> special(int id, String content) {
    Map<String, Object> token = new LinkedHashMap<>();
    token.put("id", id);
    token.put("content", content);
    token.put("single_word", false);
    token.put("lstrip", false);
    token.put("rstrip", false);
    token.put("normalized", false);
    token.put("special", true);
    return token;
  }

  private static long size(long[] dimensions) {
    long size = 1;
    for (long dimension : dimensions) {
      size *= dimension;
    }
    return size;
  }

  private void writeWeights(Path file, long seed) throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    long offset = 0;
    for (Map.Entry<String, long[]> entry : tensors.entrySet()) {
      long end = offset + 2 * size(entry.getValue());
      Map<String, Object> tensor = new LinkedHashMap<>();
      tensor.put("dtype", "BF16");
      tensor.put("shape", entry.getValue());
      tensor.put("data_offsets", new long[] {offset, end});
      header.put(entry.getKey(), tensor);
      offset = end;
    }
    byte[] headerBytes = JsonMapper.shared().writeValueAsString(header).getBytes(UTF_8);
    Random random = new Random(seed);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      out.write(littleEndian(Long.BYTES).putLong(headerBytes.length).array());
      out.write(headerBytes);
      for (Map.Entry<String, long[]> entry : tensors.entrySet()) {
        writeTensor(out, entry.getKey(), entry.getValue(), random);
      }
    }
  }

  /** What adds to the residual stream begins smaller, as in GPT-2. */
  private void writeTensor(OutputStream out, String name, long[] dimensions, Random random)
      throws IOException {
    boolean norm = dimensions.length == 1;
    boolean adds = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
    double deviation = STANDARD_DEVIATION / (adds ? Math.sqrt(2.0 * shape.layers()) : 1);
    long size = size(dimensions);
    for (long i = 0; i < size; i++) {
      float value = norm ? 1 : (float) (random.nextGaussian() * deviation);
      out.write(
          littleEndian(Short.BYTES).putShort((short) (Float.floatToIntBits(value) >>> 16)).array());
    }
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
