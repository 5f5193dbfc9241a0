package io.selfalign.djl;

import ai.djl.Device;
import io.selfalign.djl.internal.checkpoint.AdapterFolder;
import io.selfalign.djl.internal.checkpoint.CheckpointCopy;
import io.selfalign.djl.internal.checkpoint.CheckpointFingerprint;
import io.selfalign.djl.internal.checkpoint.LoraAdapter;
import io.selfalign.djl.internal.checkpoint.ModelConfig;
import io.selfalign.djl.internal.checkpoint.SafeTensors;
import io.selfalign.djl.internal.checkpoint.TensorType;
import io.selfalign.djl.internal.decode.ModelRunner;
import io.selfalign.djl.internal.decode.PromptTokenizer;
import io.selfalign.djl.internal.program.DecoderProgram;
import io.selfalign.djl.internal.program.ModelLock;
import io.selfalign.djl.internal.train.TokenizedExample;
import io.selfalign.djl.internal.train.Trainer;
import io.selfalign.error.CancelledException;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.ModelLoadException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.model.AdaptedModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.MergeableModel;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import io.selfalign.model.TrainingEvent;
import io.selfalign.model.TrainingExample;
import io.selfalign.model.TrainingOptions;
import io.selfalign.model.TrainingResult;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A Hugging Face checkpoint that runs in this process, on DJL's PyTorch engine.
 *
 * <p>The folder holds {@code config.json}, the weights as safetensors (F32, F16 or BF16, in one
 * file or several with their index) and {@code tokenizer.json}. Architectures: Llama 1 to 3, SmolLM
 * 1 to 3, Mistral, Qwen2, Qwen3 and Granite.
 *
 * <pre>{@code
 * try (DjlModel model = DjlModel.open(Path.of("models/SmolLM2-135M"))) {
 *   System.out.println(model.generate("Once upon a time"));
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads, whose calls take turns step by step. Requests of one call run
 * in a batch; a request that ends makes room for the next at once. Prompts that begin alike, in one
 * call or in several, share the keys/values of what they have in common.
 *
 * <p>The weights are in native memory until {@link #close()}, which may be called at any time, from
 * any thread and repeatedly; calls that are running then end with an {@link IllegalStateException}.
 */
public final class DjlModel implements MergeableModel, AutoCloseable {
  private final String name;
  private final Path folder;
  private final DjlModelOptions options;
  private final TensorType type;
  private final ModelConfig config;
  private final PromptTokenizer tokenizer;
  private final DecoderProgram program;
  private final ModelLock turns;
  private final ModelRunner runner;
  private final Set<DjlAdaptedModel> adapted = ConcurrentHashMap.newKeySet();
  private @Nullable String checkpointFingerprint;

  private DjlModel(
      Path folder,
      DjlModelOptions options,
      TensorType type,
      ModelConfig config,
      PromptTokenizer tokenizer,
      DecoderProgram program) {
    this.name = name(folder);
    this.folder = folder;
    this.options = options;
    this.type = type;
    this.config = config;
    this.tokenizer = tokenizer;
    this.program = program;
    this.turns = ModelLock.of(name);
    this.runner = runner(turns, program);
  }

  private ModelRunner runner(ModelLock ownTurns, DecoderProgram ownProgram) {
    return new ModelRunner(
        ownTurns,
        ownProgram,
        tokenizer,
        config.endOfSequenceIds(),
        config.contextLength(),
        new ModelRunner.Limits(
            options.maxBatchSize(),
            options.prefixReuse(),
            options.prefixCacheBytes(),
            options.batchCacheBytes()));
  }

  /**
   * Opens a checkpoint with {@link DjlModelOptions#defaults()}.
   *
   * @throws ModelLoadException if the checkpoint is incomplete, damaged or of an architecture that
   *     is not supported, or PyTorch's native library is missing
   */
  public static DjlModel open(Path folder) {
    return open(folder, DjlModelOptions.defaults());
  }

  /**
   * Opens a checkpoint.
   *
   * @throws ModelLoadException if the checkpoint is incomplete, damaged or of an architecture that
   *     is not supported, PyTorch's native library is missing, or there is no such device
   * @throws CancelledException if the thread is interrupted while it reads
   */
  public static DjlModel open(Path folder, DjlModelOptions options) {
    ModelConfig config = ModelConfig.read(folder);
    PromptTokenizer tokenizer = PromptTokenizer.open(folder, config.vocabSize());
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      TensorType type = type(config, tensors, options);
      DecoderProgram program = DecoderProgram.load(config, tensors, type, device(options.device()));
      return new DjlModel(folder, options, type, config, tokenizer, program);
    } catch (RuntimeException | Error e) {
      tokenizer.close();
      throw e;
    }
  }

  private static String name(Path folder) {
    Path last = folder.toAbsolutePath().normalize().getFileName();
    return last == null ? "model" : last.toString();
  }

  private static TensorType type(ModelConfig config, SafeTensors tensors, DjlModelOptions options) {
    boolean cpu = options.device().kind() == ComputeDevice.Kind.CPU;
    TensorType type =
        options
            .dtype()
            .map(dtype -> TensorType.valueOf(dtype.name()))
            .orElseGet(() -> tensors.require("model.norm.weight", config.hiddenSize()).type());
    if (type == TensorType.F16 && cpu) {
      if (options.dtype().isPresent()) {
        throw new IllegalArgumentException(
            "F16 is not supported on the processor; use BF16 or F32");
      }
      return TensorType.F32;
    }
    return type;
  }

  private static Device device(ComputeDevice device) {
    return device.kind() == ComputeDevice.Kind.CPU ? Device.cpu() : Device.gpu(device.index());
  }

  @Override
  public String name() {
    return name;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The SHA-256 of the checkpoint's files, which are read at the first call, and the data type.
   *
   * @throws ModelLoadException if the files can't be read
   */
  @Override
  public String fingerprint() {
    return checkpointFingerprint() + "-" + type;
  }

  private synchronized String checkpointFingerprint() {
    String known = checkpointFingerprint;
    if (known == null) {
      try (SafeTensors tensors = SafeTensors.open(folder)) {
        known = CheckpointFingerprint.of(folder, tensors);
        checkpointFingerprint = known;
      }
    }
    return known;
  }

  @Override
  public int contextLength() {
    return config.contextLength();
  }

  @Override
  public int countTokens(String text) {
    return runner.countTokens(text);
  }

  @Override
  public void generate(
      List<GenerationRequest> requests,
      GenerationOptions options,
      Consumer<? super Generation> onComplete) {
    runner.generate(requests, options, onComplete);
  }

  @Override
  public List<Score> score(List<ScoreRequest> requests) {
    return runner.score(requests);
  }

  /** How many prompt tokens have been run through the model since it was opened. */
  public long prefilledTokens() {
    return runner.prefilledTokens();
  }

  /** How many prompt tokens have not had to be run, because their keys/values were there. */
  public long reusedTokens() {
    return runner.reusedTokens();
  }

  /** How many tokens' keys/values are kept for reuse by later calls. */
  public long keptTokens() {
    return runner.keptTokens();
  }

  /**
   * {@inheritDoc}
   *
   * <p>The adapter takes about as much memory as its file, in the model's data type, and has a
   * prefix cache of its own.
   */
  @Override
  public AdaptedModel withAdapter(Path adapter) {
    turns.checkOpen();
    LoraAdapter lora = AdapterFolder.read(adapter, config, this::checkpointFingerprint);
    String adapterFingerprint = AdapterFolder.fingerprint(adapter);
    String adaptedName = name + "+" + name(adapter);
    ModelLock shared = turns.share(adaptedName);
    DecoderProgram adaptedProgram = turns.take(() -> program.withAdapter(lora));
    DjlAdaptedModel model =
        new DjlAdaptedModel(
            adaptedName,
            () -> fingerprint() + "+" + adapterFingerprint,
            contextLength(),
            runner(shared, adaptedProgram),
            adapted::remove);
    adapted.add(model);
    if (turns.isClosed()) {
      // Closed meanwhile, perhaps before this one was known.
      model.close();
    }
    turns.checkOpen();
    return model;
  }

  @Override
  public TrainingResult train(
      Iterable<TrainingExample> examples,
      TrainingOptions trainingOptions,
      Path target,
      Consumer<? super TrainingEvent> listener) {
    turns.checkOpen();
    int limit = Math.min(contextLength(), trainingOptions.maxLength());
    OptionalInt end =
        trainingOptions.endOfSequence() ? OptionalInt.of(endOfSequence()) : OptionalInt.empty();
    List<TokenizedExample> tokenized = new ArrayList<>();
    List<String> skipped = new ArrayList<>();
    for (TrainingExample example : examples) {
      ModelLock.checkInterrupt();
      TokenizedExample tokens = tokenize(example, end);
      if (tokens.tokens().length <= limit) {
        tokenized.add(tokens);
      } else if (trainingOptions.skipTooLong()) {
        skipped.add(example.id());
      } else {
        throw new InvalidDataException(
            String.format(
                "example '%s' has %d tokens, but at most %d are allowed; shorten it, %sor skip what"
                    + " is too long",
                example.id(),
                tokens.tokens().length,
                limit,
                limit < contextLength()
                    ? "raise maxLength (up to the model's context of " + contextLength() + "), "
                    : ""));
      }
    }
    Trainer.Base base =
        new Trainer.Base(
            name, folder, checkpointFingerprint(), type.name(), config, program, turns);
    return new Trainer(base, trainingOptions, tokenized, skipped, listener).run(target);
  }

  private int endOfSequence() {
    if (config.endOfSequenceIds().isEmpty()) {
      throw new ModelLoadException(
          folder
              + ": the model has no end-of-sequence token that completions could end with; set"
              + " eos_token_id in config.json, or train with endOfSequence(false)");
    }
    return config.endOfSequenceIds().get(0);
  }

  private TokenizedExample tokenize(TrainingExample example, OptionalInt end) {
    int prompt = example.prompt().isEmpty() ? 0 : tokenizer.encode(example.prompt()).length;
    int[] tokens = tokenizer.encode(example.prompt() + example.completion());
    if (tokens.length <= prompt) {
      throw new InvalidDataException(
          String.format(
              "example '%s': the completion adds no token to its prompt; where a prompt ends in a"
                  + " space or inside a word, move that to the completion",
              example.id()));
    }
    if (end.isPresent()) {
      tokens = Arrays.copyOf(tokens, tokens.length + 1);
      tokens[tokens.length - 1] = end.getAsInt();
    }
    if (tokens.length < 2) {
      throw new InvalidDataException(
          "example '" + example.id() + "' has a single token, and nothing to learn it from");
    }
    return new TokenizedExample(example.id(), tokens, Math.max(1, prompt));
  }

  @Override
  public double mergeAdapter(Path adapter, Path target, String probe) {
    if (Files.exists(target)) {
      throw new SelfAlignException(
          target + ": is there already; choose a folder that is not, or delete it");
    }
    float[] expected;
    try (DjlAdaptedModel apart = (DjlAdaptedModel) withAdapter(adapter)) {
      expected = apart.logits(probe);
    }
    try {
      LoraAdapter lora = AdapterFolder.read(adapter, config, this::checkpointFingerprint);
      CheckpointCopy.merge(folder, lora, config, target);
    } catch (ClosedByInterruptException e) {
      throw new CancelledException("the calling thread was interrupted");
    } catch (IOException e) {
      throw new SelfAlignException(
          target + ": can't be written: " + e + "; free space or choose another folder", e);
    }
    try (DjlModel merged = open(target, options)) {
      float[] actual = merged.runner.logits(probe);
      double largest = 0;
      for (int i = 0; i < actual.length; i++) {
        largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
      }
      return largest;
    }
  }

  @Override
  public void close() {
    adapted.forEach(DjlAdaptedModel::close);
    runner.close();
    tokenizer.close();
  }
}
