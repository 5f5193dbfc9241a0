package io.selfalign.djl.internal.checkpoint;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * The decoders that the one model program can run, with what their configurations mean where a key
 * is absent. The defaults are those of the configuration classes of transformers 5.18.
 */
public enum Architecture {
  /** Llama 1, 2 and 3, SmolLM 1 and 2, and what else was trained with Llama's layers. */
  LLAMA("LlamaForCausalLM", "llama", 2048, 0, 2),
  /** Mistral: Llama with a sliding window in every layer, or in none. */
  MISTRAL("MistralForCausalLM", "mistral", 131_072, 8, 2),
  /** Qwen 2 and 2.5: bias on q, k and v; a sliding window in the upper layers if asked for. */
  QWEN2("Qwen2ForCausalLM", "qwen2", 32_768, 32, -1),
  /** Qwen 3: RMS norm on each head's q and k. */
  QWEN3("Qwen3ForCausalLM", "qwen3", 32_768, 32, -1),
  /** Granite 3: Llama with multipliers on embeddings, residuals, attention and logits. */
  GRANITE("GraniteForCausalLM", "granite", 2048, 0, 2),
  /** SmolLM 3: some layers have no rotary embedding (NoPE). */
  SMOLLM3("SmolLM3ForCausalLM", "smollm3", 32_768, 4, 128_001);

  private final String className;
  private final String modelType;
  private final int defaultContextLength;
  private final int defaultKvHeads;
  private final int defaultEndOfSequenceId;

  Architecture(
      String className,
      String modelType,
      int defaultContextLength,
      int defaultKvHeads,
      int defaultEndOfSequenceId) {
    this.className = className;
    this.modelType = modelType;
    this.defaultContextLength = defaultContextLength;
    this.defaultKvHeads = defaultKvHeads;
    this.defaultEndOfSequenceId = defaultEndOfSequenceId;
  }

  /** The name in {@code architectures} of config.json. */
  public String className() {
    return className;
  }

  /** The name in {@code model_type} of config.json. */
  public String modelType() {
    return modelType;
  }

  int defaultContextLength() {
    return defaultContextLength;
  }

  /** How many KV heads there are if the key is not there at all. */
  int defaultKvHeads(int heads) {
    return defaultKvHeads == 0 ? heads : defaultKvHeads;
  }

  /** The head dimension that does not derive from the hidden size, if there is one. */
  OptionalInt defaultHeadDim() {
    return this == QWEN3 ? OptionalInt.of(128) : OptionalInt.empty();
  }

  double defaultTheta() {
    return this == SMOLLM3 ? 2e6 : 1e4;
  }

  boolean defaultTied() {
    return this == SMOLLM3;
  }

  OptionalInt defaultEndOfSequenceId() {
    return defaultEndOfSequenceId < 0
        ? OptionalInt.empty()
        : OptionalInt.of(defaultEndOfSequenceId);
  }

  static Optional<Architecture> ofClassName(String name) {
    return Arrays.stream(values()).filter(a -> a.className.equals(name)).findFirst();
  }

  static Optional<Architecture> ofModelType(String name) {
    return Arrays.stream(values()).filter(a -> a.modelType.equals(name)).findFirst();
  }

  static String supported() {
    return Arrays.stream(values()).map(a -> a.className).collect(Collectors.joining(", "));
  }
}
