package io.selfalign.djl.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;

/**
 * The layout of a program's matrices: packed, as they are multiplied fastest, but for the time of
 * trainings, which need them as a checkpoint has them. They change one by one, so that there is
 * never a second copy of more than one.
 *
 * <p>Calls may come from any thread, one at a time with all calls of the program.
 */
final class WeightPacking implements AutoCloseable {
  private final PtSymbolBlock module;
  private final PtNDManager manager;
  private final NativeValue weights;
  private final int[] matrices;
  private int trainings;
  private boolean packed = true;
  private boolean closed;

  /**
   * Takes over packed matrices.
   *
   * @param weights the list of all weights, whose elements will change
   * @param matrices the indices of those that are packed
   */
  WeightPacking(PtSymbolBlock module, PtNDManager manager, NativeValue weights, int[] matrices) {
    this.module = module;
    this.manager = manager;
    this.weights = weights;
    this.matrices = matrices;
  }

  /** A packed copy of a matrix. */
  static NativeValue packed(PtSymbolBlock module, NativeValue matrix) {
    return DecoderProgram.run(module, "packed", matrix);
  }

  /** Unpacks the matrices, if no other training has. */
  void beginTraining() {
    trainings++;
    if (trainings == 1) {
      unpack();
    }
  }

  /** Packs the matrices if no other training needs them. */
  void endTraining() {
    trainings--;
    if (trainings == 0 && !closed) {
      pack();
    }
  }

  /** Leaves the weights alone from now on: they are going to be freed. */
  @Override
  public void close() {
    closed = true;
  }

  /** Whether what can be packed is, for tests. */
  boolean isPacked() {
    return packed;
  }

  private void pack() {
    for (int index : matrices) {
      try (NativeValue at = new NativeValue(IValue.from((long) index));
          NativeValue plain = DecoderProgram.run(module, "weight", weights, at);
          NativeValue again = packed(module, plain)) {
        DecoderProgram.run(module, "replace", weights, at, again).close();
      }
    }
    packed = true;
    TorchRuntime.trimMemory();
  }

  private void unpack() {
    packed = false;
    for (int index : matrices) {
      try (NativeValue at = new NativeValue(IValue.from((long) index));
          NativeValue matrix = DecoderProgram.run(module, "weight", weights, at);
          PtNDArray array = matrix.get().toTensor(manager);
          NDArray method = manager.create(0f)) {
        method.setName("module_method:unpacked");
        NDList result = IValueUtils.forward(module, new NDList(array, method), true);
        try (PtNDArray plain = (PtNDArray) result.singletonOrThrow();
            NativeValue replacement = new NativeValue(IValue.from(plain))) {
          DecoderProgram.run(module, "replace", weights, at, replacement).close();
        }
      }
    }
    TorchRuntime.trimMemory();
  }
}
