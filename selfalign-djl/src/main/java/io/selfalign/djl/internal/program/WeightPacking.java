package io.selfalign.djl.internal.program;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import io.selfalign.error.SelfAlignException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The layout of a program's matrices: packed, as they are multiplied fastest, but for the time of
 * trainings, which need them as a checkpoint has them. They change one by one, so that there is
 * never a second copy of more than one.
 *
 * <p>Calls may come from any thread, one at a time with all calls of the program.
 */
final class WeightPacking implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WeightPacking.class);

  private static final String PROBE =
      """


      class Probe(Module):
        __parameters__ = []
        __buffers__ = []

        def works(self: __torch__.Probe) -> float:
          x = torch.ones([2, 64], dtype=15)
          weight = __torch__.pack_weight(torch.ones([64, 64], dtype=15))
          y = __torch__.linear(x, weight, x.new_empty([0]), 0)
          return float(torch.sum(y))
      """;

  private final PtSymbolBlock module;
  private final PtNDManager manager;
  private final NativeValue weights;
  private final int[] matrices;
  private int trainings;
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

  /** Whether a small matrix of bfloat16 can be packed and multiplied in this process. */
  static boolean works() {
    String source = ProgramText.part(ProgramText.PACKED_LINEAR) + PROBE;
    try (PtNDManager manager = (PtNDManager) TorchRuntime.engine().newBaseManager(Device.cpu());
        PtSymbolBlock module = TorchScriptArchive.load(manager, source, "Probe");
        NativeValue result = DecoderProgram.run(module, "works")) {
      return result.get().toDouble() == 2 * 64 * 64;
    } catch (RuntimeException e) {
      log.debug("this PyTorch can't multiply packed matrices of bfloat16", e);
      return false;
    }
  }

  /** A packed copy of a matrix. */
  static NativeValue packed(PtSymbolBlock module, NativeValue matrix) {
    return DecoderProgram.run(module, "packed", matrix);
  }

  /**
   * Unpacks the matrices, if no other training has.
   *
   * @throws SelfAlignException if there is not enough memory; nothing has begun then
   */
  void beginTraining() {
    trainings++;
    if (trainings == 1) {
      try {
        unpack();
      } catch (EngineException | SelfAlignException e) {
        endTraining();
        String reason =
            e instanceof EngineException engine ? DecoderProgram.reason(engine) : e.getMessage();
        throw new SelfAlignException(
            "the training can't be set up: its weights can't be unpacked: "
                + reason
                + "; that takes memory for one matrix more",
            e);
      }
    }
  }

  /**
   * Packs the matrices if no other training needs them. Where there is no memory for it, they stay
   * plain, and are multiplied all the same.
   */
  void endTraining() {
    trainings--;
    if (trainings == 0 && !closed) {
      try {
        pack();
      } catch (SelfAlignException e) {
        log.warn("weights stay unpacked, so that generating takes longer: {}", e.getMessage());
      } finally {
        TorchRuntime.trimMemory();
      }
    }
  }

  /** Leaves the weights alone from now on: they are going to be freed. */
  @Override
  public void close() {
    closed = true;
  }

  private void pack() {
    for (int index : matrices) {
      try (NativeValue at = new NativeValue(IValue.from((long) index));
          NativeValue plain = DecoderProgram.run(module, "weight", weights, at);
          NativeValue again = packed(module, plain)) {
        DecoderProgram.run(module, "replace", weights, at, again).close();
      }
    }
  }

  private void unpack() {
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
