package io.selfalign.djl.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import io.selfalign.djl.checkpoint.ModelConfig;
import io.selfalign.djl.checkpoint.SafeTensors;
import io.selfalign.djl.checkpoint.TensorEntry;
import io.selfalign.djl.checkpoint.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Fills the program's weights from a checkpoint: checks the shape of every tensor, allocates each
 * weight once, in its final type and place, and copies the checkpoint's bytes into it through one
 * small staging buffer. Matrices that the program applies to the same input (q, k, v; gate, up) are
 * laid out as one.
 */
final class WeightLoader {
  private static final int STAGING_BYTES = 16 << 20;
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String VOCABULARY = "lm_head.weight";

  private final ModelConfig config;
  private final SafeTensors tensors;
  private final TensorType type;
  private final PtNDManager manager;
  private final PtSymbolBlock module;
  private final List<NativeValue> weights = new ArrayList<>();
  private final ByteBuffer staging =
      ByteBuffer.allocateDirect(STAGING_BYTES).order(ByteOrder.nativeOrder());

  WeightLoader(
      ModelConfig config,
      SafeTensors tensors,
      TensorType type,
      PtNDManager manager,
      PtSymbolBlock module) {
    this.config = config;
    this.tensors = tensors;
    this.type = type;
    this.manager = manager;
    this.module = module;
  }

  /** A list of all weights, in the order that the program's text states. */
  NativeValue load() {
    try {
      addEmbeddings();
      for (int layer = 0; layer < config.layers(); layer++) {
        addLayer("model.layers." + layer + ".");
      }
      return new NativeValue(
          IValue.listFrom(weights.stream().map(NativeValue::get).toArray(IValue[]::new)));
    } finally {
      weights.forEach(NativeValue::close);
    }
  }

  private void addEmbeddings() {
    long[] shape = {config.vocabSize(), config.hiddenSize()};
    boolean tied = config.tiedEmbeddings();
    boolean onlyVocabulary =
        tied
            && !tensors.entries().containsKey(EMBEDDING)
            && tensors.entries().containsKey(VOCABULARY);
    TensorEntry embedding = tensors.require(onlyVocabulary ? VOCABULARY : EMBEDDING, shape);
    add(embedding);
    NativeValue table = weights.get(0);
    add(tensors.require("model.norm.weight", config.hiddenSize()));
    // A checkpoint that says its embeddings are tied may still hold both. They are then one
    // matrix only if they are equal, which is how transformers reads it.
    boolean shared =
        tied
            && (onlyVocabulary
                || !tensors.entries().containsKey(VOCABULARY)
                || equal(embedding, tensors.require(VOCABULARY, shape)));
    if (shared) {
      try (PtNDArray same = table.get().toTensor(manager)) {
        weights.add(new NativeValue(IValue.from(same)));
      }
    } else {
      add(tensors.require(VOCABULARY, shape));
    }
    addInverseFrequencies();
  }

  private void addInverseFrequencies() {
    float[] frequencies;
    try (NativeValue theta = new NativeValue(IValue.from(config.rope().theta()));
        NativeValue dim = new NativeValue(IValue.from((long) config.headDim()));
        NativeValue unscaled = DecoderProgram.run(module, "inverse_frequencies", theta, dim)) {
      double[] values = unscaled.get().toDoubleArray();
      frequencies = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        frequencies[i] = (float) values[i];
      }
    }
    frequencies = config.rope().scale(frequencies);
    NativeValue weight = allocate(manager, module, new Shape(frequencies.length), TensorType.F32);
    weights.add(weight);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Float.BYTES * frequencies.length).order(ByteOrder.nativeOrder());
    bytes.asFloatBuffer().put(frequencies);
    fill(weight, 0, bytes, TensorType.F32);
  }

  private void addLayer(String layer) {
    String attention = layer + "self_attn.";
    String mlp = layer + "mlp.";
    long hidden = config.hiddenSize();
    long queries = (long) config.heads() * config.headDim();
    long keys = (long) config.kvHeads() * config.headDim();
    long inner = config.intermediateSize();

    add(tensors.require(layer + "input_layernorm.weight", hidden));
    add(
        tensors.require(attention + "q_proj.weight", queries, hidden),
        tensors.require(attention + "k_proj.weight", keys, hidden),
        tensors.require(attention + "v_proj.weight", keys, hidden));
    if (config.qkvBias()) {
      add(
          tensors.require(attention + "q_proj.bias", queries),
          tensors.require(attention + "k_proj.bias", keys),
          tensors.require(attention + "v_proj.bias", keys));
    } else {
      addNothing();
    }
    if (config.qkNorm()) {
      addQueryKeyNorm(attention);
    } else {
      addNothing();
    }
    add(tensors.require(attention + "o_proj.weight", hidden, queries));
    addIf(config.outputBias(), attention + "o_proj.bias", hidden);

    add(tensors.require(layer + "post_attention_layernorm.weight", hidden));
    add(
        tensors.require(mlp + "gate_proj.weight", inner, hidden),
        tensors.require(mlp + "up_proj.weight", inner, hidden));
    if (config.mlpBias()) {
      add(
          tensors.require(mlp + "gate_proj.bias", inner),
          tensors.require(mlp + "up_proj.bias", inner));
    } else {
      addNothing();
    }
    add(tensors.require(mlp + "down_proj.weight", hidden, inner));
    addIf(config.mlpBias(), mlp + "down_proj.bias", hidden);
  }

  /** One norm weight for each head: the queries' for all query heads, then the keys'. */
  private void addQueryKeyNorm(String attention) {
    TensorEntry query = tensors.require(attention + "q_norm.weight", config.headDim());
    TensorEntry key = tensors.require(attention + "k_norm.weight", config.headDim());
    int heads = config.heads() + config.kvHeads();
    TensorEntry[] perHead = new TensorEntry[heads];
    Arrays.fill(perHead, 0, config.heads(), query);
    Arrays.fill(perHead, config.heads(), heads, key);
    addShaped(new Shape(heads, config.headDim()), perHead);
  }

  private void addIf(boolean present, String name, long size) {
    if (present) {
      add(tensors.require(name, size));
    } else {
      addNothing();
    }
  }

  private void addNothing() {
    weights.add(allocate(manager, module, new Shape(0), type));
  }

  /** Adds tensors as one weight, one below the other. */
  private void add(TensorEntry... parts) {
    long[] shape = parts[0].shape().stream().mapToLong(Long::longValue).toArray();
    shape[0] = Arrays.stream(parts).mapToLong(part -> part.shape().get(0)).sum();
    addShaped(new Shape(shape), parts);
  }

  private void addShaped(Shape shape, TensorEntry... parts) {
    NativeValue weight = allocate(manager, module, shape, type);
    weights.add(weight);
    long element = 0;
    for (TensorEntry part : parts) {
      for (long from = 0; from < part.byteSize(); from += staging.capacity()) {
        staging.clear().limit((int) Math.min(staging.capacity(), part.byteSize() - from));
        tensors.read(part, from, staging);
        fill(weight, element, staging.flip(), part.type());
        element += staging.limit() / part.type().bytes();
      }
    }
  }

  private boolean equal(TensorEntry a, TensorEntry b) {
    if (a.type() != b.type()) {
      return false;
    }
    ByteBuffer other = ByteBuffer.allocateDirect(staging.capacity());
    for (long from = 0; from < a.byteSize(); from += staging.capacity()) {
      int length = (int) Math.min(staging.capacity(), a.byteSize() - from);
      tensors.read(a, from, staging.clear().limit(length));
      tensors.read(b, from, other.clear().limit(length));
      if (!staging.flip().equals(other.flip())) {
        return false;
      }
    }
    return true;
  }

  private void fill(NativeValue weight, long start, ByteBuffer bytes, TensorType bytesType) {
    // The array is a view of the buffer: it must not outlive this call.
    try (PtNDArray raw = manager.create(bytes, new Shape(bytes.limit()), DataType.UINT8);
        NativeValue source = new NativeValue(IValue.from(raw));
        NativeValue from = new NativeValue(IValue.from(start));
        NativeValue code = new NativeValue(IValue.from((long) code(bytesType)))) {
      DecoderProgram.run(module, "fill", weight, from, source, code).close();
    }
  }

  /**
   * An array with undefined content. It is made outside of inference mode, in which all other calls
   * run, because training can't use arrays that were made inside.
   */
  static NativeValue allocate(
      PtNDManager manager, PtSymbolBlock module, Shape shape, TensorType type) {
    try (NDArray shapeArray = manager.create(shape.getShape());
        PtNDArray like = manager.create(new Shape(0), DataType.FLOAT32);
        NDArray typeArray = manager.create((long) code(type));
        NDArray method = manager.create(0f)) {
      method.setName("module_method:allocate");
      NDList result =
          IValueUtils.forward(module, new NDList(shapeArray, like, typeArray, method), true);
      try (PtNDArray array = (PtNDArray) result.singletonOrThrow()) {
        return new NativeValue(IValue.from(array));
      }
    }
  }

  /** PyTorch's number for a type. */
  private static int code(TensorType type) {
    return switch (type) {
      case F16 -> 5;
      case F32 -> 6;
      case BF16 -> 15;
    };
  }
}
