package io.selfalign.djl.internal.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import io.selfalign.djl.internal.checkpoint.ModelConfig;
import io.selfalign.djl.internal.checkpoint.SafeTensors;
import io.selfalign.djl.internal.checkpoint.TensorEntry;
import io.selfalign.djl.internal.checkpoint.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Fills the program's weights from a checkpoint: checks the shape of every tensor, allocates each
 * weight in its final type, and copies the checkpoint's bytes into it through one small staging
 * buffer. Matrices that the program applies to the same input (q, k, v; gate, up) are laid out as
 * one. A matrix that is to be packed is, as soon as it is filled, so that there are never two
 * copies of more than one.
 */
final class WeightLoader {
  private static final int STAGING_BYTES = 16 << 20;

  private final ModelConfig config;
  private final SafeTensors tensors;
  private final TensorType type;
  private final long packFrom;
  private final PtNDManager manager;
  private final PtSymbolBlock module;
  private final List<NativeValue> weights = new ArrayList<>();
  private final IntStream.Builder packed = IntStream.builder();
  private boolean tied;
  private final ByteBuffer staging =
      ByteBuffer.allocateDirect(STAGING_BYTES).order(ByteOrder.nativeOrder());

  WeightLoader(
      ModelConfig config,
      SafeTensors tensors,
      TensorType type,
      long packFrom,
      PtNDManager manager,
      PtSymbolBlock module) {
    this.config = config;
    this.tensors = tensors;
    this.type = type;
    this.packFrom = packFrom;
    this.manager = manager;
    this.module = module;
  }

  /** A list of all weights, in the order that the program's text states. */
  NativeValue load() {
    try {
      addEmbeddings();
      for (int layer = 0; layer < config.layers(); layer++) {
        addLayer(layer);
      }
      return new NativeValue(
          IValue.listFrom(weights.stream().map(NativeValue::get).toArray(IValue[]::new)));
    } finally {
      weights.forEach(NativeValue::close);
    }
  }

  /** Whether the vocabulary projection is the embedding, once all is loaded. */
  boolean tied() {
    return tied;
  }

  /** The indices of the weights that are packed, once all is loaded. */
  int[] packed() {
    return packed.build().toArray();
  }

  private void addEmbeddings() {
    Weight.Part input = Weight.EMBEDDING.parts(config).get(0);
    Weight.Part output = Weight.VOCABULARY.parts(config).get(0);
    boolean inputThere = tensors.entries().containsKey(input.name());
    boolean outputThere = tensors.entries().containsKey(output.name());
    boolean onlyVocabulary = config.tiedEmbeddings() && !inputThere && outputThere;
    TensorEntry embedding =
        tensors.require(onlyVocabulary ? output.name() : input.name(), input.shape());
    NativeValue table = add(embedding);
    Weight.Part norm = Weight.FINAL_NORM.parts(config).get(0);
    add(tensors.require(norm.name(), norm.shape()));
    // A checkpoint that says its embeddings are tied may still hold both. They are then one
    // matrix only if they are equal, which is how transformers reads it.
    tied =
        config.tiedEmbeddings()
            && (onlyVocabulary
                || !outputThere
                || equal(embedding, tensors.require(output.name(), output.shape())));
    if (tied) {
      try (PtNDArray same = table.get().toTensor(manager)) {
        weights.add(new NativeValue(IValue.from(same)));
      }
    } else {
      add(tensors.require(output.name(), output.shape()));
      packLast(output.size());
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

  private void addLayer(int layer) {
    for (Weight weight : Weight.OF_LAYER) {
      List<Weight.Part> parts = new Weight.Place(weight, layer).parts(config);
      TensorEntry[] tensorsOfWeight =
          parts.stream()
              .map(part -> tensors.require(part.name(), part.shape()))
              .toArray(TensorEntry[]::new);
      if (parts.isEmpty()) {
        addNothing();
      } else if (weight == Weight.QUERY_KEY_NORM) {
        addQueryKeyNorm(tensorsOfWeight[0], tensorsOfWeight[1]);
      } else {
        add(tensorsOfWeight);
        if (weight.isLayerMatrix()) {
          packLast(parts.stream().mapToLong(Weight.Part::size).sum());
        }
      }
    }
    if (packFrom > 0) {
      TorchRuntime.trimMemory();
    }
  }

  /** Packs the weight that was added last, a matrix of so many elements, if that is worth it. */
  private void packLast(long elements) {
    if (packFrom > 0 && elements >= packFrom) {
      int last = weights.size() - 1;
      try (NativeValue plain = weights.get(last)) {
        weights.set(last, WeightPacking.packed(module, plain));
      }
      packed.add(last);
    }
  }

  /** One norm weight for each head: the queries' for all query heads, then the keys'. */
  private void addQueryKeyNorm(TensorEntry query, TensorEntry key) {
    int heads = config.heads() + config.kvHeads();
    TensorEntry[] perHead = new TensorEntry[heads];
    Arrays.fill(perHead, 0, config.heads(), query);
    Arrays.fill(perHead, config.heads(), heads, key);
    addShaped(new Shape(heads, config.headDim()), perHead);
  }

  private void addNothing() {
    weights.add(allocate(manager, module, new Shape(0), type));
  }

  /** Adds tensors as one weight, one below the other. */
  private NativeValue add(TensorEntry... parts) {
    long[] shape = parts[0].shape().stream().mapToLong(Long::longValue).toArray();
    shape[0] = Arrays.stream(parts).mapToLong(part -> part.shape().get(0)).sum();
    return addShaped(new Shape(shape), parts);
  }

  private NativeValue addShaped(Shape shape, TensorEntry... parts) {
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
    return weight;
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
  static int code(TensorType type) {
    return switch (type) {
      case F16 -> 5;
      case F32 -> 6;
      case BF16 -> 15;
    };
  }
}
