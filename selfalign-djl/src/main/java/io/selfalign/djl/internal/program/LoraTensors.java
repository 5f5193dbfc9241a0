package io.selfalign.djl.internal.program;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import io.selfalign.djl.internal.checkpoint.LoraAdapter;
import io.selfalign.djl.internal.checkpoint.ModelConfig;
import io.selfalign.djl.internal.checkpoint.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An adapter's pairs of matrices in native memory, laid out as the program's text states. */
final class LoraTensors implements AutoCloseable {
  /** How many tensors the program's calls take of each layer. */
  private static final int FUSED = 8;

  private final PtNDManager scope;
  private final List<PtNDArray> arrays = new ArrayList<>();
  private final double[] scalings;
  private final long[] outputs;

  private LoraTensors(LoraAdapter adapter, ModelConfig config, PtNDManager parent) {
    scope = (PtNDManager) parent.newSubManager();
    List<LoraAdapter.Module> modules = LoraAdapter.modules(config);
    scalings = scalings(adapter, config);
    outputs = outputs(config);
    for (LoraAdapter.Module module : modules) {
      LoraAdapter.Pair pair = adapter.pairs().get(module);
      if (pair == null) {
        add(new float[0], new Shape(0));
        add(new float[0], new Shape(0));
      } else {
        add(pair.a(), new Shape(pair.rank(), module.inputs(config)));
        add(pair.b(), new Shape(module.outputs(config), pair.rank()));
      }
    }
  }

  /** What the program's calls take where there is no adapter. */
  static NativeValue none(ModelConfig config, PtNDManager manager) {
    try (PtNDArray nothing = (PtNDArray) manager.create(new Shape(0))) {
      PtNDArray[] tensors = new PtNDArray[FUSED * config.layers()];
      Arrays.fill(tensors, nothing);
      return new NativeValue(IValue.listFrom(tensors));
    }
  }

  static LoraTensors of(LoraAdapter adapter, ModelConfig config, PtNDManager parent) {
    return new LoraTensors(adapter, config, parent);
  }

  /** What each module's product is multiplied by, seven modules a layer; 0 where there is none. */
  static double[] scalings(LoraAdapter adapter, ModelConfig config) {
    return LoraAdapter.modules(config).stream()
        .map(adapter.pairs()::get)
        .mapToDouble(pair -> pair == null ? 0 : pair.scaling())
        .toArray();
  }

  /** How many numbers each of a layer's seven modules gives. */
  static long[] outputs(ModelConfig config) {
    return LoraAdapter.modules(config).stream()
        .filter(module -> module.layer() == 0)
        .mapToLong(module -> module.outputs(config))
        .toArray();
  }

  private void add(float[] values, Shape shape) {
    arrays.add((PtNDArray) scope.create(values, shape));
  }

  /** The pairs, each A and then B. */
  List<PtNDArray> arrays() {
    return arrays;
  }

  /** The adapter as the program's calls take it. */
  NativeValue fuse(PtSymbolBlock module, TensorType type) {
    try (NativeValue pairs = new NativeValue(IValue.listFrom(arrays.toArray(PtNDArray[]::new)));
        NativeValue factors = DecoderProgram.doubles(scalings);
        NativeValue sizes = DecoderProgram.ints(outputs);
        NativeValue code = new NativeValue(IValue.from((long) WeightLoader.code(type)))) {
      return DecoderProgram.run(module, "fuse", pairs, factors, sizes, code);
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}
