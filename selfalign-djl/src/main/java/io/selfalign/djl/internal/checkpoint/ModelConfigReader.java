package io.selfalign.djl.internal.checkpoint;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Turns config.json into a {@link ModelConfig}, checking every value it takes. */
final class ModelConfigReader {
  // Far above any model, and low enough that no product of two of them overflows a long.
  private static final int MAX_WIDTH = 1 << 24;
  private static final int MAX_LAYERS = 10_000;
  private static final int MAX_HEADS = 1 << 16;
  private static final int MAX_VOCAB = 1 << 27;
  private static final int MAX_CONTEXT = 1 << 30;

  private static final int MISTRAL_WINDOW = 4096;
  private static final int QWEN_WINDOW = 4096;
  private static final int QWEN_FULL_LAYERS = 28;
  private static final int SMOLLM3_NOPE_INTERVAL = 4;

  private static final String FULL = "full_attention";
  private static final String SLIDING = "sliding_attention";

  private final Path folder;
  private final JsonFields config;
  private final Architecture architecture;
  private final int layers;
  private final int contextLength;

  ModelConfigReader(Path folder) {
    this.folder = folder;
    config = JsonFields.read(CheckpointFolder.config(folder), CheckpointFolder.MAX_CONFIG_BYTES);
    architecture = architecture();
    layers = config.integer("num_hidden_layers", 1, MAX_LAYERS);
    contextLength =
        config.integerOr(
            "max_position_embeddings", architecture.defaultContextLength(), 1, MAX_CONTEXT);
  }

  ModelConfig read() {
    refuseWhatCannotRun();
    int hiddenSize = config.integer("hidden_size", 1, MAX_WIDTH);
    int heads = config.integer("num_attention_heads", 1, MAX_HEADS);
    int headDim = headDim(hiddenSize, heads);
    int vocabSize = config.integer("vocab_size", 1, MAX_VOCAB);
    double rmsNormEps = config.number("rms_norm_eps", 1e-6);
    if (rmsNormEps < 0) {
      throw config.error("rms_norm_eps", "a number of at least 0");
    }
    boolean granite = architecture == Architecture.GRANITE;
    List<Boolean> ropeLayers = ropeLayers();
    return new ModelConfig(
        architecture,
        hiddenSize,
        config.integer("intermediate_size", 1, MAX_WIDTH),
        layers,
        heads,
        kvHeads(heads),
        headDim,
        vocabSize,
        contextLength,
        rmsNormEps,
        rope(headDim),
        config.flag("tie_word_embeddings", architecture.defaultTied()),
        architecture == Architecture.QWEN2 || attentionBias(),
        attentionBias(),
        mlpBias(),
        architecture == Architecture.QWEN3,
        granite ? config.number("embedding_multiplier", 1) : 1,
        granite ? config.number("residual_multiplier", 1) : 1,
        granite ? config.positiveOr("attention_multiplier", 1) : 1 / Math.sqrt(headDim),
        granite ? config.positiveOr("logits_scaling", 1) : 1,
        slidingWindows(ropeLayers),
        ropeLayers,
        endOfSequenceIds(vocabSize));
  }

  private Architecture architecture() {
    List<String> names = config.texts("architectures").orElse(List.of());
    Optional<String> modelType = config.text("model_type");
    if (names.isEmpty() && modelType.isEmpty()) {
      throw config.error(
          "neither 'architectures' nor 'model_type' says what model this is; supported: "
              + Architecture.supported());
    }
    Optional<Architecture> found =
        names.isEmpty()
            ? modelType.flatMap(Architecture::ofModelType)
            : Architecture.ofClassName(names.get(0));
    return found.orElseThrow(
        () ->
            config.error(
                String.format(
                    "architecture %s is not supported; supported: %s",
                    JsonFields.quoted(names.isEmpty() ? modelType.orElse("") : names.get(0)),
                    Architecture.supported())));
  }

  /** What would run, but compute something else than the model's authors meant. */
  private void refuseWhatCannotRun() {
    if (config.has("quantization_config")) {
      throw config.error(
          "'quantization_config' is there, but quantized checkpoints are not supported; use the"
              + " model's F32, F16 or BF16 checkpoint");
    }
    for (String key : List.of("hidden_act", "hidden_activation")) {
      // swish is the older name of silu.
      if (!Set.of("silu", "swish").contains(config.text(key).orElse("silu"))) {
        throw config.error(key, "\"silu\", the only activation supported");
      }
    }
  }

  private int headDim(int hiddenSize, int heads) {
    int headDim;
    if (config.has("head_dim")) {
      headDim = config.integer("head_dim", 1, MAX_WIDTH);
    } else if (architecture.defaultHeadDim().isPresent()) {
      headDim = architecture.defaultHeadDim().getAsInt();
    } else if (hiddenSize % heads == 0) {
      headDim = hiddenSize / heads;
    } else {
      throw config.error(
          "hidden_size",
          "a multiple of 'num_attention_heads' (" + heads + ") where 'head_dim' is missing");
    }
    if (headDim % 2 != 0) {
      throw config.error(
          "the head dimension is "
              + headDim
              + ", but must be even for the rotary embedding; it is 'head_dim', or 'hidden_size' /"
              + " 'num_attention_heads'");
    }
    if ((long) heads * headDim > MAX_WIDTH) {
      throw config.error(
          String.format(
              "'num_attention_heads' (%d) times the head dimension (%d) must be at most %d",
              heads, headDim, MAX_WIDTH));
    }
    return headDim;
  }

  private int kvHeads(int heads) {
    String key = "num_key_value_heads";
    // An explicit null is one KV head per head; only a missing key is the architecture's default.
    int absent = config.lacks(key) ? architecture.defaultKvHeads(heads) : heads;
    int kvHeads = config.integerOr(key, absent, 1, heads);
    if (heads % kvHeads != 0) {
      throw config.error(
          String.format(
              "'%s' is %d, but must divide 'num_attention_heads' (%d)", key, kvHeads, heads));
    }
    return kvHeads;
  }

  /** The bias of q, k, v and o. Mistral and Qwen 2 don't read the key. */
  private boolean attentionBias() {
    return switch (architecture) {
      case MISTRAL, QWEN2 -> false;
      case LLAMA, QWEN3, GRANITE, SMOLLM3 -> config.flag("attention_bias", false);
    };
  }

  private boolean mlpBias() {
    return switch (architecture) {
      case MISTRAL, QWEN2, QWEN3 -> false;
      case LLAMA, GRANITE, SMOLLM3 -> config.flag("mlp_bias", false);
    };
  }

  private RopeConfig rope(int headDim) {
    RopeConfig rope = RopeConfigReader.read(config, architecture.defaultTheta(), contextLength);
    for (float frequency : rope.inverseFrequencies(headDim)) {
      if (!Float.isFinite(frequency)) {
        throw config.error("the rotary embedding's settings give infinite frequencies: " + rope);
      }
    }
    return rope;
  }

  private List<Boolean> ropeLayers() {
    if (architecture != Architecture.SMOLLM3) {
      return Collections.nCopies(layers, true);
    }
    // The name is misleading: 1 in no_rope_layers is a layer that has the rotary embedding.
    Optional<List<Boolean>> listed = config.switches("no_rope_layers");
    if (listed.isPresent()) {
      if (listed.get().size() < layers) {
        throw config.error(
            "no_rope_layers", "a list with an entry for each of " + layers + " layers");
      }
      return listed.get().subList(0, layers);
    }
    int interval =
        config.integerOr("no_rope_layer_interval", SMOLLM3_NOPE_INTERVAL, 1, Integer.MAX_VALUE);
    return IntStream.rangeClosed(1, layers).mapToObj(i -> i % interval != 0).toList();
  }

  private List<Integer> slidingWindows(List<Boolean> ropeLayers) {
    return switch (architecture) {
      case LLAMA, GRANITE -> Collections.nCopies(layers, 0);
      case MISTRAL -> {
        OptionalInt window =
            config.lacks("sliding_window") ? OptionalInt.of(MISTRAL_WINDOW) : window();
        checkUniform(layerTypes(), window.isPresent() ? SLIDING : FULL);
        yield Collections.nCopies(layers, shownKeys(window));
      }
      case QWEN2, QWEN3 -> {
        OptionalInt window =
            config.lacks("sliding_window") ? OptionalInt.of(QWEN_WINDOW) : window();
        int fullLayers =
            config.integerOr("max_window_layers", QWEN_FULL_LAYERS, 0, Integer.MAX_VALUE);
        yield mixed(window, IntStream.range(0, layers).mapToObj(i -> i >= fullLayers).toList());
      }
      case SMOLLM3 -> mixed(window(), ropeLayers.stream().map(rope -> !rope).toList());
    };
  }

  /** Windows where layer_types says so, or, without it, where the architecture's rule does. */
  private List<Integer> mixed(OptionalInt declared, List<Boolean> rule) {
    boolean use = config.flag("use_sliding_window", false);
    OptionalInt window = use ? declared : OptionalInt.empty();
    Optional<List<String>> types = layerTypes();
    if (types.isPresent() && types.get().contains(SLIDING) && window.isEmpty()) {
      throw config.error(
          "'layer_types' names '"
              + SLIDING
              + "', but 'use_sliding_window' is not true or 'sliding_window' has no value");
    }
    return IntStream.range(0, layers)
        .mapToObj(i -> types.map(t -> t.get(i).equals(SLIDING)).orElse(rule.get(i)))
        .map(sliding -> sliding ? shownKeys(window) : 0)
        .toList();
  }

  private OptionalInt window() {
    return config.has("sliding_window")
        ? OptionalInt.of(config.integer("sliding_window", 1, Integer.MAX_VALUE))
        : OptionalInt.empty();
  }

  /** A window that no sequence outgrows is full attention, which is simpler and faster. */
  private int shownKeys(OptionalInt window) {
    return window.orElse(contextLength) >= contextLength ? 0 : window.getAsInt();
  }

  private Optional<List<String>> layerTypes() {
    Optional<List<String>> types = config.texts("layer_types");
    types.ifPresent(
        list -> {
          if (list.size() != layers || !Set.of(FULL, SLIDING).containsAll(list)) {
            throw config.error(
                "layer_types",
                String.format(
                    "a list of \"%s\" or \"%s\" for each of %d layers", FULL, SLIDING, layers));
          }
        });
    return types;
  }

  /** Mistral's layers are all alike: what mixes them (Ministral) is another architecture. */
  private void checkUniform(Optional<List<String>> types, String only) {
    if (types.isPresent() && !Set.of(only).containsAll(types.get())) {
      throw config.error(
          "layer_types", "\"" + only + "\" in all layers, as 'sliding_window' says for Mistral");
    }
  }

  private List<Integer> endOfSequenceIds(int vocabSize) {
    String key = "eos_token_id";
    Set<Long> ids = new TreeSet<>(config.integers(key));
    CheckpointFolder.generationConfig(folder)
        .map(file -> JsonFields.read(file, CheckpointFolder.MAX_CONFIG_BYTES))
        .ifPresent(generation -> ids.addAll(generation.integers(key)));
    if (ids.isEmpty() && config.lacks(key)) {
      architecture.defaultEndOfSequenceId().ifPresent(id -> ids.add((long) id));
    }
    // Published files have -1 or ids beyond a shrunk vocabulary. Such a token can't be generated.
    return ids.stream().filter(id -> id >= 0 && id < vocabSize).map(Long::intValue).toList();
  }
}
