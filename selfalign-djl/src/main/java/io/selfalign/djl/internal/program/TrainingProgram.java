package io.selfalign.djl.internal.program;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.selfalign.djl.internal.checkpoint.LoraAdapter;
import io.selfalign.djl.internal.checkpoint.SafeTensors;
import io.selfalign.djl.internal.checkpoint.SafeTensorsWriter;
import io.selfalign.djl.internal.checkpoint.TensorType;
import io.selfalign.error.SelfAlignException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The part of the model program that trains: parameters with their gradients and AdamW's moments,
 * all in float32, and the typed calls that change them. The program's own weights stay as they are,
 * but for their layout: those that are packed are plain until the training is closed.
 *
 * <p>Calls may come from any thread, one at a time with all calls of the program. Closing frees the
 * parameters; it is idempotent, and may come after the program was closed.
 */
public final class TrainingProgram implements AutoCloseable {
  /** A parameter, its gradient and two moments, in float32. */
  private static final long BYTES_PER_PARAMETER = 16;

  private final DecoderProgram base;
  private final Optional<LoraAdapter> initial;
  private final PtNDManager scope;
  private final List<PtNDArray> weights = new ArrayList<>();
  private final List<PtNDArray> trained = new ArrayList<>();
  private final List<PtNDArray> gradients = new ArrayList<>();
  private final List<PtNDArray> first = new ArrayList<>();
  private final List<PtNDArray> second = new ArrayList<>();
  private final List<Weight.Place> places;
  private final double[] scalings;
  private boolean closed;

  private TrainingProgram(DecoderProgram base, Optional<LoraAdapter> initial) {
    if (base.type() == TensorType.F16) {
      throw new SelfAlignException(
          "a model open in F16 can't be trained: its small gradients would become 0; open it in"
              + " BF16 or F32");
    }
    this.base = base;
    this.initial = initial;
    places = Weight.places(base.config());
    scalings =
        initial.map(adapter -> LoraTensors.scalings(adapter, base.config())).orElse(new double[0]);
    scope = (PtNDManager) base.manager().newSubManager();
    try {
      base.packing().beginTraining();
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
    try {
      weights.addAll(Arrays.asList(base.weights().get().toTensorArray(scope)));
      if (initial.isPresent()) {
        copyPairs(initial.get());
      } else {
        copyWeights();
      }
      // Arrays of one name become a list of tensors when they are given to the program.
      weights.forEach(weight -> weight.setName("weights[]"));
      for (PtNDArray parameter : trained) {
        parameter.setName("trained[]");
        gradients.add(zeros(parameter));
        gradients.get(gradients.size() - 1).setName("gradients[]");
        first.add(zeros(parameter));
        second.add(zeros(parameter));
      }
    } catch (EngineException e) {
      SelfAlignException failure = cannotSetUp(e);
      close();
      throw failure;
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** What to say while the weights are still open. */
  private SelfAlignException cannotSetUp(EngineException cause) {
    long numbers =
        initial.isPresent()
            ? initial.get().pairs().values().stream()
                .mapToLong(pair -> pair.a().length + pair.b().length)
                .sum()
            : IntStream.range(0, weights.size())
                .filter(i -> isTrained(places.get(i).weight()))
                .mapToLong(i -> weights.get(i).getShape().size())
                .sum();
    String message =
        String.format(
            Locale.ROOT,
            "the training can't be set up: %s; parameters, gradients and AdamW's moments take %,d"
                + " MB: if that is more than there is, %s",
            DecoderProgram.reason(cause),
            BYTES_PER_PARAMETER * numbers / 1_000_000,
            initial.isPresent()
                ? "take an adapter of a lower rank or of fewer projections"
                : "train an adapter instead of all weights");
    return new SelfAlignException(message, cause);
  }

  /** Whether a weight changes when all are trained. */
  private boolean isTrained(Weight weight) {
    return weight != Weight.INVERSE_FREQUENCIES && !(weight == Weight.VOCABULARY && base.tied());
  }

  /**
   * Trains an adapter, from the given values on.
   *
   * @throws SelfAlignException if the weights are float16
   */
  public static TrainingProgram of(DecoderProgram base, LoraAdapter initial) {
    return new TrainingProgram(base, Optional.of(initial));
  }

  /**
   * Trains float32 copies of all weights. Where the program's own weights are of another type,
   * products are computed in that type.
   *
   * @throws SelfAlignException if the weights are float16
   */
  public static TrainingProgram ofAllWeights(DecoderProgram base) {
    return new TrainingProgram(base, Optional.empty());
  }

  private void copyPairs(LoraAdapter adapter) {
    try (LoraTensors pairs = LoraTensors.of(adapter, base.config(), scope)) {
      for (PtNDArray array : pairs.arrays()) {
        trained.add(copy(array));
      }
    }
  }

  private void copyWeights() {
    for (int i = 0; i < weights.size(); i++) {
      Weight weight = places.get(i).weight();
      if (!isTrained(weight)) {
        trained.add((PtNDArray) scope.zeros(new Shape(0), DataType.FLOAT32));
      } else if (weight == Weight.QUERY_KEY_NORM && base.config().qkNorm()) {
        int heads = base.config().heads();
        int dim = base.config().headDim();
        float[] all;
        try (PtNDArray wide = widen(weights.get(i))) {
          all = wide.toFloatArray();
        }
        float[] both = Arrays.copyOf(all, 2 * dim);
        System.arraycopy(all, heads * dim, both, dim, dim);
        trained.add(array(both, new Shape(2L * dim)));
      } else {
        trained.add(widen(weights.get(i)));
      }
    }
  }

  private PtNDArray widen(PtNDArray weight) {
    try (NDArray method = scope.create(0f)) {
      method.setName("module_method:widen");
      NDList result = IValueUtils.forward(base.module(), new NDList(weight, method), true);
      PtNDArray wide = (PtNDArray) result.singletonOrThrow();
      wide.attach(scope);
      return wide;
    }
  }

  private PtNDArray copy(PtNDArray array) {
    PtNDArray copy = (PtNDArray) array.duplicate();
    copy.attach(scope);
    return copy;
  }

  private PtNDArray zeros(PtNDArray like) {
    return (PtNDArray) scope.zeros(like.getShape(), DataType.FLOAT32);
  }

  /** An array that is no view of Java's memory. */
  private PtNDArray array(float[] values, Shape shape) {
    try (PtNDArray view = (PtNDArray) scope.create(values, shape)) {
      return copy(view);
    }
  }

  /**
   * Runs sequences forward and backward, and adds the gradient of {@code scale} times the sum of
   * the targets' negative log-probabilities to the gradients.
   *
   * @param dropout the adapter's dropout probability
   * @param recompute whether to compute the activations inside of layers twice, to save memory
   * @return that sum, unscaled
   */
  public double accumulate(MicroBatch batch, double scale, double dropout, boolean recompute) {
    ModelNumbers model = base.numbers();
    double[] reals =
        concat(model.scales(), new double[] {scale, initial.isEmpty() ? 0 : dropout}, scalings);
    long[] integers =
        parts(
            new long[] {initial.isEmpty() ? 1 : 0, recompute ? 1 : 0},
            model.sizes(),
            model.windows(),
            model.rotary(),
            LoraTensors.outputs(base.config()),
            longs(batch.tokens()),
            longs(batch.lengths()),
            longs(batch.predicting()),
            longs(batch.targets()),
            batch.seeds());
    try (NDManager call = scope.newSubManager()) {
      NDList arguments = new NDList();
      NDArray method = call.create(0f);
      method.setName("module_method:accumulate");
      arguments.addAll(weights);
      arguments.addAll(trained);
      arguments.addAll(gradients);
      arguments.add(call.create(integers));
      arguments.add(call.create(reals));
      arguments.add(method);
      return differentiate(arguments);
    }
  }

  /** The sum of the targets' negative log-probabilities, without dropout and gradients. */
  public double measure(MicroBatch batch) {
    return accumulate(batch, 0, 0, true);
  }

  /** Runs a method outside of inference mode, in which all other calls run. */
  private double differentiate(NDList arguments) {
    JniUtils.setGraphExecutorOptimize(false);
    JniUtils.setGradMode(true);
    try (NDList result = IValueUtils.forward(base.module(), arguments, true)) {
      return result.singletonOrThrow().getDouble();
    } catch (EngineException e) {
      throw new SelfAlignException(
          "the model program failed in training: " + DecoderProgram.reason(e), e);
    } finally {
      JniUtils.setGradMode(false);
      JniUtils.setGraphExecutorOptimize(DecoderProgram.OPTIMIZE_GRAPHS_ELSEWHERE);
    }
  }

  /**
   * AdamW's numbers of one step.
   *
   * @param step the number of the step, from 1 on
   * @param maxNorm what larger gradients are scaled down to; 0 is off
   */
  public record AdamW(
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      double maxNorm,
      long step) {}

  /**
   * Makes an optimizer step and empties the gradients. If their norm is not a finite number, it
   * changes nothing.
   *
   * @return the norm of the whole gradient before clipping
   */
  public double step(AdamW adamW) {
    try (NativeValue parameters = listOf(trained);
        NativeValue slopes = listOf(gradients);
        NativeValue moments = listOf(first);
        NativeValue squares = listOf(second);
        NativeValue numbers =
            DecoderProgram.doubles(
                adamW.learningRate(),
                adamW.beta1(),
                adamW.beta2(),
                adamW.epsilon(),
                adamW.weightDecay(),
                adamW.maxNorm(),
                (double) adamW.step());
        NativeValue norm =
            DecoderProgram.run(
                base.module(), "adamw", parameters, slopes, moments, squares, numbers)) {
      return norm.get().toDouble();
    }
  }

  private static NativeValue listOf(List<PtNDArray> arrays) {
    return new NativeValue(IValue.listFrom(arrays.toArray(PtNDArray[]::new)));
  }

  /**
   * The adapter as it is now.
   *
   * @throws IllegalStateException if all weights are trained
   */
  public LoraAdapter adapter() {
    LoraAdapter start =
        initial.orElseThrow(() -> new IllegalStateException("all weights are trained"));
    Map<LoraAdapter.Module, LoraAdapter.Pair> pairs = new LinkedHashMap<>();
    List<LoraAdapter.Module> modules = LoraAdapter.modules(base.config());
    for (int i = 0; i < modules.size(); i++) {
      LoraAdapter.Pair pair = start.pairs().get(modules.get(i));
      if (pair != null) {
        pairs.put(
            modules.get(i),
            new LoraAdapter.Pair(
                pair.rank(),
                pair.scaling(),
                trained.get(2 * i).toFloatArray(),
                trained.get(2 * i + 1).toFloatArray()));
      }
    }
    return new LoraAdapter(start.options(), pairs);
  }

  /**
   * The tensors of the checkpoint that the trained weights are, under their names in it. Each is
   * copied out of native memory when it is written, in a turn of its own; nothing may change it
   * until then.
   *
   * @throws IllegalStateException if an adapter is trained
   */
  public List<SafeTensorsWriter.Tensor> checkpoint(ModelLock turns) {
    if (initial.isPresent()) {
      throw new IllegalStateException("an adapter is trained");
    }
    List<SafeTensorsWriter.Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      Weight.Place place = places.get(i);
      PtNDArray whole = trained.get(i);
      long from = 0;
      List<Weight.Part> parts = isTrained(place.weight()) ? place.parts(base.config()) : List.of();
      for (Weight.Part part : parts) {
        long start = from;
        long end = from + part.size();
        tensors.add(tensor(part.name(), turns, () -> range(whole, start, end), part.shape()));
        from = end;
      }
    }
    return tensors;
  }

  /** The elements of an array from one on and up to another, in row-major order. */
  private static float[] range(PtNDArray array, long start, long end) {
    try (NDArray flat = array.flatten();
        NDArray range = flat.get(new NDIndex("{}:{}", start, end))) {
      return range.toFloatArray();
    }
  }

  private static SafeTensorsWriter.Tensor tensor(
      String name, ModelLock turns, Supplier<float[]> values, long... shape) {
    return new SafeTensorsWriter.Tensor(
        name,
        TensorType.F32,
        Arrays.stream(shape).boxed().toList(),
        sink -> {
          for (float value : turns.take(values)) {
            sink.put(value);
          }
        });
  }

  /** Whether all parameters are finite numbers; looks at each of them in a turn of its own. */
  public boolean isFinite(ModelLock turns) {
    for (PtNDArray parameter : trained) {
      for (float value : turns.take(parameter::toFloatArray)) {
        if (!Float.isFinite(value)) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Everything that {@link #restore} needs to go on from here. Each array is copied out of native
   * memory when it is written, in a turn of its own; nothing may change it until then.
   */
  public List<SafeTensorsWriter.Tensor> state(ModelLock turns) {
    List<SafeTensorsWriter.Tensor> tensors = new ArrayList<>();
    for (Map.Entry<String, List<PtNDArray>> kind : kinds().entrySet()) {
      for (int i = 0; i < kind.getValue().size(); i++) {
        PtNDArray array = kind.getValue().get(i);
        if (array.size() > 0) {
          String name = kind.getKey() + "." + i;
          tensors.add(tensor(name, turns, array::toFloatArray, array.getShape().getShape()));
        }
      }
    }
    return tensors;
  }

  /**
   * Goes back to a {@link #state}.
   *
   * @throws io.selfalign.error.ModelLoadException if it is not one of this training
   */
  public void restore(SafeTensors state) {
    for (Map.Entry<String, List<PtNDArray>> kind : kinds().entrySet()) {
      List<PtNDArray> arrays = kind.getValue();
      for (int i = 0; i < arrays.size(); i++) {
        try (PtNDArray old = arrays.get(i)) {
          Shape shape = old.getShape();
          float[] values =
              old.size() == 0
                  ? new float[0]
                  : state.readFloats(state.require(kind.getKey() + "." + i, shape.getShape()));
          PtNDArray restored = array(values, shape);
          restored.setName(old.getName());
          arrays.set(i, restored);
        }
      }
    }
  }

  private Map<String, List<PtNDArray>> kinds() {
    Map<String, List<PtNDArray>> kinds = new LinkedHashMap<>();
    kinds.put("parameter", trained);
    kinds.put("first_moment", first);
    kinds.put("second_moment", second);
    return kinds;
  }

  /** The parameters, empty arrays among them, for tests. */
  List<PtNDArray> parameters() {
    return trained;
  }

  /** The gradients since the last step, for tests. */
  List<PtNDArray> gradients() {
    return gradients;
  }

  private static long[] parts(long[]... parts) {
    return Arrays.stream(parts)
        .flatMapToLong(part -> LongStream.concat(LongStream.of(part.length), LongStream.of(part)))
        .toArray();
  }

  private static double[] concat(double[]... parts) {
    return Arrays.stream(parts).flatMapToDouble(Arrays::stream).toArray();
  }

  private static long[] longs(int[] values) {
    return Arrays.stream(values).asLongStream().toArray();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      try {
        scope.close();
      } finally {
        base.packing().endTraining();
        TorchRuntime.trimMemory();
      }
    }
  }
}
