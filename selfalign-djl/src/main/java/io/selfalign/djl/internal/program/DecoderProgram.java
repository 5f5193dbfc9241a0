package io.selfalign.djl.internal.program;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.selfalign.djl.internal.checkpoint.LoraAdapter;
import io.selfalign.djl.internal.checkpoint.ModelConfig;
import io.selfalign.djl.internal.checkpoint.SafeTensors;
import io.selfalign.djl.internal.checkpoint.TensorType;
import io.selfalign.error.ModelLoadException;
import io.selfalign.error.SelfAlignException;
import java.util.Arrays;
import java.util.List;

/**
 * The model program, loaded into the engine with a model's weights: its typed calls. What the calls
 * compute is written in the resources that {@link ProgramText} joins, which have the shapes and
 * formulas.
 *
 * <p>Calls may come from any thread, one at a time. Values that a call returns belong to the
 * caller, who closes them; the weights belong to the program.
 */
public final class DecoderProgram implements AutoCloseable {
  /** What the program's own traceback ends with, before the cause. */
  private static final String RUNTIME_ERROR = "RuntimeError: ";

  /** Whether calls of others on this thread have their graphs optimized; ours never have. */
  static final boolean OPTIMIZE_GRAPHS_ELSEWHERE =
      !"false".equals(System.getProperty("ai.djl.pytorch.graph_optimizer"));

  private final ModelConfig config;
  private final TensorType type;
  private final PtNDManager manager;
  private final PtSymbolBlock module;
  private final Arguments fixed;
  private final WeightPacking packing;
  private final NativeValue adapter;
  private final boolean adapted;

  /** The arguments that are the same in every call. */
  private record Arguments(
      NativeValue weights, NativeValue config, ModelNumbers numbers, boolean tied) {
    void close() {
      weights.close();
      config.close();
    }
  }

  /**
   * What a prefill computes.
   *
   * @param hidden the final hidden states of the selected tokens
   * @param selected how many tokens were selected
   * @param keyValues the keys/values of all tokens
   */
  public record Prefilled(NativeValue hidden, int selected, KvBlock keyValues)
      implements AutoCloseable {
    @Override
    public void close() {
      hidden.close();
      keyValues.close();
    }
  }

  /** What {@link #score} computes of each target: its log-probability, and if it is likeliest. */
  public record TokenScore(double logProbability, boolean likeliest) {}

  private DecoderProgram(
      ModelConfig config,
      TensorType type,
      PtNDManager manager,
      PtSymbolBlock module,
      Arguments fixed,
      WeightPacking packing,
      NativeValue adapter,
      boolean adapted) {
    this.config = config;
    this.type = type;
    this.manager = manager;
    this.module = module;
    this.fixed = fixed;
    this.packing = packing;
    this.adapter = adapter;
    this.adapted = adapted;
  }

  /**
   * Loads the program and a checkpoint's weights.
   *
   * @param type the type to hold the weights in
   * @param device where to hold them and run
   * @throws ModelLoadException if a tensor is missing or has another shape, PyTorch can't be
   *     started, there is no such device, or not enough memory
   */
  public static DecoderProgram load(
      ModelConfig config, SafeTensors tensors, TensorType type, Device device) {
    Kernels kernels = Kernels.fastest(type, device);
    return load(config, tensors, type, device, kernels, ProgramText.of(kernels));
  }

  /** Loads a program text with a checkpoint's weights. See {@link ProgramText}. */
  static DecoderProgram load(
      ModelConfig config,
      SafeTensors tensors,
      TensorType type,
      Device device,
      Kernels kernels,
      String source) {
    Engine engine = TorchRuntime.engine();
    if (device.isGpu() && !engine.hasCapability("CUDA")) {
      throw new ModelLoadException(
          "this PyTorch runs on the processor only, so there is no CUDA device; open the model on"
              + " the processor, or use a CUDA build of PyTorch instead of pytorch-native-cpu");
    }
    PtNDManager manager = (PtNDManager) engine.newBaseManager(device);
    try {
      PtSymbolBlock module = TorchScriptArchive.load(manager, source, "Decoder");
      WeightLoader loader =
          new WeightLoader(config, tensors, type, kernels.packFrom(), manager, module);
      ModelNumbers numbers = ModelNumbers.of(config, kernels);
      Arguments fixed =
          new Arguments(loader.load(), configure(module, numbers), numbers, loader.tied());
      WeightPacking packing = new WeightPacking(module, manager, fixed.weights(), loader.packed());
      return new DecoderProgram(
          config, type, manager, module, fixed, packing, LoraTensors.none(config, manager), false);
    } catch (EngineException e) {
      manager.close();
      throw new ModelLoadException("PyTorch can't load the model: " + reason(e), e);
    } catch (ModelLoadException e) {
      manager.close();
      throw e;
    } catch (SelfAlignException e) {
      manager.close();
      throw new ModelLoadException("PyTorch can't load the model: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      manager.close();
      throw e;
    }
  }

  private static NativeValue configure(PtSymbolBlock module, ModelNumbers numbers) {
    try (NativeValue sizes = ints(numbers.sizes());
        NativeValue scales = doubles(numbers.scales());
        NativeValue windows = ints(numbers.windows());
        NativeValue rotary = ints(numbers.rotary())) {
      return run(module, "configure", sizes, scales, windows, rotary);
    }
  }

  /**
   * The same program with an adapter, over the same weights. Closing it frees the adapter alone.
   */
  public DecoderProgram withAdapter(LoraAdapter lora) {
    try (LoraTensors pairs = LoraTensors.of(lora, config, manager)) {
      return new DecoderProgram(
          config, type, manager, module, fixed, packing, pairs.fuse(module, type), true);
    }
  }

  /** What PyTorch says went wrong, without the places in the program and in PyTorch. */
  static String reason(EngineException e) {
    List<String> lines = String.valueOf(e.getMessage()).strip().lines().toList();
    return lines.stream()
        .filter(line -> line.startsWith(RUNTIME_ERROR))
        .map(line -> line.substring(RUNTIME_ERROR.length()))
        .findFirst()
        .orElseGet(() -> lines.isEmpty() ? "unknown reason" : lines.get(0));
  }

  /** The bytes that one token's keys and values take in all layers. */
  public long bytesPerToken() {
    return 2L * config.layers() * config.kvHeads() * config.headDim() * type.bytes();
  }

  /** A view that tells which of a pass's tokens see which segments. */
  public SegmentView segmentView(List<SegmentView.Use> uses) {
    return new SegmentView(list(SegmentView.values(uses)), uses);
  }

  /**
   * Runs pieces of text, each a sequence of its own behind the segments it sees, or a tree of
   * tokens in which branches share what is before them.
   *
   * @param tokens the tokens of all pieces, one piece after the other
   * @param positions each token's position
   * @param pieceLengths how many tokens each piece has
   * @param ends of each token the index after the last one that sees it, where tokens of a piece
   *     precede those that grow from them; empty if every piece is a sequence
   * @param segments which tokens see which earlier segments
   * @param select the indices of the tokens whose hidden states are wanted, perhaps none
   */
  public Prefilled prefill(
      int[] tokens,
      int[] positions,
      int[] pieceLengths,
      int[] ends,
      SegmentView segments,
      int[] select) {
    try (NativeValue t = ints(tokens);
        NativeValue p = ints(positions);
        NativeValue lengths = ints(pieceLengths);
        NativeValue e = ints(ends);
        NativeValue starts = ints(segments.starts);
        NativeValue rows = ints(segments.rows);
        NativeValue counts = ints(segments.counts);
        NativeValue selected = ints(select);
        NativeValue result =
            run(
                "prefill",
                fixed.weights(),
                fixed.config(),
                adapter,
                t,
                p,
                lengths,
                e,
                segments.segments,
                starts,
                rows,
                counts,
                selected)) {
      IValue[] parts = result.get().toIValueArray();
      return new Prefilled(
          new NativeValue(parts[0]),
          select.length,
          new KvBlock(new NativeValue(parts[1]), positions[0], tokens.length));
    }
  }

  /**
   * Runs one token of each row, and writes its keys/values into the row's cache.
   *
   * @param lengths how many tokens each row has in its own cache, this one included
   * @return the final hidden states of all rows
   */
  public NativeValue decode(
      int[] tokens, int[] positions, int[] lengths, KvCache cache, SegmentView segments) {
    try (NativeValue t = ints(tokens);
        NativeValue p = ints(positions);
        NativeValue l = ints(lengths);
        NativeValue starts = ints(segments.starts);
        NativeValue rows = ints(segments.rows);
        NativeValue counts = ints(segments.counts)) {
      return run(
          "decode",
          fixed.weights(),
          fixed.config(),
          adapter,
          t,
          p,
          l,
          cache.value,
          segments.segments,
          starts,
          rows,
          counts);
    }
  }

  /**
   * Chooses the next token of every row.
   *
   * @param draws {@link Sampling#DRAWS} uniform numbers for each row; none if greedy
   * @throws SelfAlignException if a row has no finite logit
   */
  public int[] sample(NativeValue hidden, LogitEdits edits, Sampling sampling, double[] draws) {
    try (NativeValue rows = ints(edits.rows());
        NativeValue ids = ints(edits.ids());
        NativeValue deltas = doubles(edits.deltas());
        NativeValue temperature = new NativeValue(IValue.from(sampling.temperature()));
        NativeValue topK = new NativeValue(IValue.from((long) sampling.topK()));
        NativeValue topP = new NativeValue(IValue.from(sampling.topP()));
        NativeValue minP = new NativeValue(IValue.from(sampling.minP()));
        NativeValue uniform = doubles(draws);
        NativeValue trials = new NativeValue(IValue.from((long) Sampling.TRIALS));
        NativeValue chosen =
            run(
                "sample",
                fixed.weights(),
                fixed.config(),
                hidden,
                rows,
                ids,
                deltas,
                temperature,
                topK,
                topP,
                minP,
                uniform,
                trials)) {
      int[] tokens = Arrays.stream(chosen.get().toLongArray()).mapToInt(Math::toIntExact).toArray();
      if (Arrays.stream(tokens).anyMatch(token -> token < 0)) {
        throw new SelfAlignException(
            "no token can follow: the model's logits are not finite numbers, or all tokens are"
                + " forbidden; use another data type (BF16 or F32), or fewer logit biases");
      }
      return tokens;
    }
  }

  /** Scores each row's target token; where logits are not finite, neither need the scores be. */
  public TokenScore[] score(NativeValue hidden, int[] targets) {
    try (NativeValue t = ints(targets);
        NativeValue scores = run("score", fixed.weights(), fixed.config(), hidden, t)) {
      double[] values = scores.get().toDoubleArray();
      TokenScore[] result = new TokenScore[targets.length];
      for (int i = 0; i < result.length; i++) {
        result[i] = new TokenScore(values[i], values[targets.length + i] != 0);
      }
      return result;
    }
  }

  /** The logits of each row: {@code vocabSize} numbers a row, one row after the other. */
  public float[] logits(NativeValue hidden) {
    try (NativeValue logits = run("logits", fixed.weights(), fixed.config(), hidden);
        PtNDArray array = logits.get().toTensor(manager)) {
      return array.toFloatArray();
    }
  }

  /** Some of the tokens of keys/values, from a given position on, with a lifetime of their own. */
  public KvBlock slice(KvBlock source, int from, int length, int position) {
    try (NativeValue start = new NativeValue(IValue.from((long) from));
        NativeValue count = new NativeValue(IValue.from((long) length))) {
      return new KvBlock(run("slice_tokens", source.value, start, count), position, length);
    }
  }

  /** An empty cache for decoding. */
  public KvCache newRowCache() {
    return new KvCache(this, WeightLoader.allocate(manager, module, new Shape(0), type));
  }

  NativeValue resize(NativeValue cache, int rows, int slots) {
    try (NativeValue r = new NativeValue(IValue.from((long) rows));
        NativeValue s = new NativeValue(IValue.from((long) slots))) {
      return run("resize", fixed.weights(), fixed.config(), cache, r, s);
    }
  }

  void put(NativeValue cache, int row, int slot, KvBlock source, int from, int length) {
    try (NativeValue r = new NativeValue(IValue.from((long) row));
        NativeValue s = new NativeValue(IValue.from((long) slot));
        NativeValue f = new NativeValue(IValue.from((long) from));
        NativeValue l = new NativeValue(IValue.from((long) length))) {
      run("put", cache, r, s, source.value, f, l).close();
    }
  }

  KvBlock sliceRow(NativeValue cache, int row, int from, int length, int position) {
    try (NativeValue r = new NativeValue(IValue.from((long) row));
        NativeValue f = new NativeValue(IValue.from((long) from));
        NativeValue l = new NativeValue(IValue.from((long) length))) {
      return new KvBlock(run("slice_row", cache, r, f, l), position, length);
    }
  }

  void move(NativeValue cache, int source, int target, int length) {
    try (NativeValue s = new NativeValue(IValue.from((long) source));
        NativeValue t = new NativeValue(IValue.from((long) target));
        NativeValue l = new NativeValue(IValue.from((long) length))) {
      run("move", cache, s, t, l).close();
    }
  }

  private static NativeValue list(NativeValue[] values) {
    if (values.length == 0) {
      return new NativeValue(IValue.listFrom(new PtNDArray[0]));
    }
    return new NativeValue(
        IValue.listFrom(Arrays.stream(values).map(NativeValue::get).toArray(IValue[]::new)));
  }

  private NativeValue run(String method, NativeValue... arguments) {
    return run(module, method, arguments);
  }

  /**
   * Calls a method. The engine's graph optimiser is off during the call: it specialises a program
   * to the shapes it has seen and starts anew for others, and here shapes change all the time.
   */
  static NativeValue run(PtSymbolBlock module, String method, NativeValue... arguments) {
    IValue[] values = new IValue[arguments.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = arguments[i].get();
    }
    JniUtils.setGraphExecutorOptimize(false);
    try {
      return new NativeValue(IValueUtils.runMethod(module, method, values));
    } catch (EngineException e) {
      throw new SelfAlignException("the model program failed in '" + method + "': " + reason(e), e);
    } finally {
      JniUtils.setGraphExecutorOptimize(OPTIMIZE_GRAPHS_ELSEWHERE);
    }
  }

  static NativeValue ints(long... values) {
    return new NativeValue(IValue.listFrom(values));
  }

  private static NativeValue ints(int[] values) {
    return ints(Arrays.stream(values).asLongStream().toArray());
  }

  static NativeValue doubles(double... values) {
    return new NativeValue(IValue.listFrom(values));
  }

  /** What the checkpoint says of the model. */
  public ModelConfig config() {
    return config;
  }

  TensorType type() {
    return type;
  }

  PtNDManager manager() {
    return manager;
  }

  PtSymbolBlock module() {
    return module;
  }

  WeightPacking packing() {
    return packing;
  }

  NativeValue weights() {
    return fixed.weights();
  }

  /** Whether the vocabulary projection is the embedding. */
  boolean tied() {
    return fixed.tied();
  }

  ModelNumbers numbers() {
    return fixed.numbers();
  }

  @Override
  public void close() {
    adapter.close();
    if (adapted) {
      return;
    }
    packing.close();
    fixed.close();
    module.close();
    manager.close();
    TorchRuntime.trimMemory();
  }
}
