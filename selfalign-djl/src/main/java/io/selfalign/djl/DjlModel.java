package io.selfalign.djl;

import ai.djl.Device;
import io.selfalign.djl.checkpoint.CheckpointFingerprint;
import io.selfalign.djl.checkpoint.ModelConfig;
import io.selfalign.djl.checkpoint.SafeTensors;
import io.selfalign.djl.checkpoint.TensorType;
import io.selfalign.djl.decode.ModelRunner;
import io.selfalign.djl.decode.PromptTokenizer;
import io.selfalign.djl.program.DecoderProgram;
import io.selfalign.error.ModelLoadException;
import io.selfalign.model.BaseModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.nio.file.Path;
import java.util.List;
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
public final class DjlModel implements BaseModel, AutoCloseable {
  private final String name;
  private final Path folder;
  private final TensorType type;
  private final int contextLength;
  private final ModelRunner runner;
  private @Nullable String fingerprint;

  private DjlModel(
      String name, Path folder, TensorType type, int contextLength, ModelRunner runner) {
    this.name = name;
    this.folder = folder;
    this.type = type;
    this.contextLength = contextLength;
    this.runner = runner;
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
   */
  public static DjlModel open(Path folder, DjlModelOptions options) {
    ModelConfig config = ModelConfig.read(folder);
    String name = name(folder);
    PromptTokenizer tokenizer = PromptTokenizer.open(folder, config.vocabSize());
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      TensorType type = type(config, tensors, options);
      DecoderProgram program = DecoderProgram.load(config, tensors, type, device(options.device()));
      ModelRunner runner =
          new ModelRunner(
              name,
              program,
              tokenizer,
              config.endOfSequenceIds(),
              config.contextLength(),
              new ModelRunner.Limits(
                  options.maxBatchSize(),
                  options.prefixReuse(),
                  options.prefixCacheBytes(),
                  options.batchCacheBytes()));
      return new DjlModel(name, folder, type, config.contextLength(), runner);
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
  public synchronized String fingerprint() {
    String known = fingerprint;
    if (known == null) {
      try (SafeTensors tensors = SafeTensors.open(folder)) {
        known = CheckpointFingerprint.of(folder, tensors) + "-" + type;
        fingerprint = known;
      }
    }
    return known;
  }

  @Override
  public int contextLength() {
    return contextLength;
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

  @Override
  public void close() {
    runner.close();
  }
}
