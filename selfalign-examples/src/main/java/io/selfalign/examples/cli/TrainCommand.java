package io.selfalign.examples.cli;

import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.error.InvalidDataException;
import io.selfalign.model.BaseModel;
import io.selfalign.model.LearningRateSchedule;
import io.selfalign.model.TrainableModel;
import io.selfalign.model.TrainingEvent;
import io.selfalign.model.TrainingExample;
import io.selfalign.model.TrainingOptions;
import io.selfalign.model.TrainingResult;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Trains an adapter, or all weights. */
@Command(
    name = "train",
    description = {
      "Trains a LoRA adapter on completions of prompts.",
      "The data: a JSON object per line, {\"prompt\",\"completion\"}, and perhaps an \"id\". Only"
          + " the completion is learnt. A prompt may be empty.",
      "The folder gets the adapter in PEFT's format, training_log.jsonl and checkpoint-N folders.",
      "Standard output: for each optimizer step"
          + " {\"step\",\"loss\",\"learning_rate\",\"grad_norm\",\"tokens\",\"completion_tokens\","
          + "\"tokens_per_second\"}.",
      ""
    })
final class TrainCommand implements Callable<Integer> {
  /** A line of output. */
  record Step(
      int step,
      double loss,
      double learningRate,
      double gradNorm,
      long tokens,
      long completionTokens,
      double tokensPerSecond) {}

  private static final TrainingOptions DEFAULTS = TrainingOptions.defaults();

  private final ModelOpener models;
  private final InputStream in;
  private final OutputStream out;
  private final PrintStream err;

  @Spec private CommandSpec spec;

  @Mixin private CheckpointArguments checkpoint;

  @Mixin private final ProgressArguments progress;

  @Mixin private LoraArguments lora;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The examples; - is standard input.")
  private Path data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where to write; made if it isn't there.")
  private Path target;

  @Option(
      names = "--all-weights",
      description =
          "Train all of the model's weights instead of an adapter, for small models; --out gets a"
              + " checkpoint in f32.")
  private boolean allWeights;

  @Option(
      names = "--init-adapter",
      paramLabel = "DIR",
      description =
          "Start from this adapter, which has its own rank, alpha and targets: --rank, --alpha,"
              + " --rslora and --targets can't be given beside it.")
  private Optional<Path> initialAdapter;

  @Option(
      names = "--lr",
      paramLabel = "LR",
      description = "The peak learning rate. Default: ${DEFAULT-VALUE}.")
  private double learningRate = DEFAULTS.learningRate();

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "How many times every example is seen. Default: ${DEFAULT-VALUE}.")
  private int epochs = DEFAULTS.epochs();

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Examples of an optimizer step. Default: ${DEFAULT-VALUE}.")
  private int batchSize = DEFAULTS.batchSize();

  @Option(
      names = "--micro-batch-size",
      paramLabel = "N",
      description =
          "The most examples of a forward and backward pass; changes memory and speed alone."
              + " Default: as many as --micro-batch-tokens allows.")
  private Optional<Integer> microBatchSize;

  @Option(
      names = "--micro-batch-tokens",
      paramLabel = "N",
      description = "The most tokens of a forward and backward pass. Default: ${DEFAULT-VALUE}.")
  private int microBatchTokens = DEFAULTS.microBatchTokens();

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description = "The most tokens of an example. Default: the model's context.")
  private Optional<Integer> maxLength;

  @Option(
      names = "--skip-too-long",
      description = "Leave out examples of more tokens, which otherwise are an error.")
  private boolean skipTooLong;

  @Option(
      names = "--warmup-steps",
      paramLabel = "N",
      description = "Steps in which the learning rate rises. Default: ${DEFAULT-VALUE}.")
  private int warmupSteps = DEFAULTS.warmupSteps();

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description = "constant, linear or cosine. Default: linear.")
  private LearningRateSchedule schedule = DEFAULTS.schedule();

  @Option(
      names = "--weight-decay",
      paramLabel = "W",
      description = "AdamW's weight decay. Default: 0.")
  private double weightDecay = DEFAULTS.weightDecay();

  @Option(
      names = "--max-grad-norm",
      paramLabel = "G",
      description = "Scale larger gradients down to this norm; 0 is off. Default: 0.")
  private double maxGradientNorm = DEFAULTS.maxGradientNorm();

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Of first values, order and dropout. Default: ${DEFAULT-VALUE}.")
  private long seed = DEFAULTS.seed();

  @Option(names = "--no-shuffle", description = "Take the examples in the order of the file.")
  private boolean noShuffle;

  @Option(names = "--no-eos", description = "Don't end completions with the end-of-sequence token.")
  private boolean noEndOfSequence;

  @Option(
      names = "--gradient-checkpointing",
      description = "Compute activations twice, to save memory; changes no number.")
  private boolean gradientCheckpointing;

  @Option(
      names = "--validation-share",
      paramLabel = "P",
      description =
          "The share of examples that is measured and not trained on; the log has the loss."
              + " Default: 0.")
  private double validationShare = DEFAULTS.validationShare();

  @Option(
      names = "--checkpoint-every",
      paramLabel = "N",
      description = "Write a checkpoint after every N steps. Default: never.")
  private int checkpointEvery = DEFAULTS.checkpointEvery();

  @Option(
      names = "--resume",
      description = "Go on from the newest checkpoint of --out, if it has one.")
  private boolean resume;

  TrainCommand(
      ModelOpener models,
      InputStream in,
      OutputStream out,
      PrintStream err,
      ProgressArguments progress) {
    this.models = models;
    this.in = in;
    this.out = out;
    this.err = err;
    this.progress = progress;
  }

  @Override
  public Integer call() throws Exception {
    TrainingOptions options = options();
    List<TrainingExample> examples = examples();
    checkpoint.withModel(
        models, checkpoint.options().build(), base -> train(trainable(base), examples, options));
    return 0;
  }

  private TrainableModel trainable(BaseModel base) {
    if (base instanceof TrainableModel trainable) {
      return trainable;
    }
    throw new ParameterException(
        spec.commandLine(), "--model: model '" + base.name() + "' can't be trained");
  }

  private void train(
      TrainableModel model, List<TrainingExample> examples, TrainingOptions options) {
    try (JsonLinesWriter writer = JsonLines.write(out, "stdout");
        Shown shown = new Shown()) {
      TrainingResult result =
          model.train(
              examples,
              options,
              target,
              event -> {
                if (event instanceof TrainingEvent.Step step) {
                  writer.write(record(step));
                  writer.flush();
                }
                shown.accept(event);
              });
      if (!result.skipped().isEmpty()) {
        err.printf(
            "selfalign train: left out %d examples that were too long, the first is '%s'%n",
            result.skipped().size(), result.skipped().get(0));
      }
    }
  }

  private static Step record(TrainingEvent.Step step) {
    return new Step(
        step.step(),
        step.loss(),
        step.learningRate(),
        step.gradientNorm(),
        step.tokens(),
        step.completionTokens(),
        step.tokensPerSecond());
  }

  /** The line of progress, which begins when it is known how many steps there are. */
  private final class Shown implements AutoCloseable {
    private Progress progressLine = Progress.hidden();

    void accept(TrainingEvent event) {
      if (event instanceof TrainingEvent.Started started) {
        progressLine = progress.start("train", "steps", OptionalLong.of(started.totalSteps()));
        progressLine.add(started.resumedFrom());
      } else if (event instanceof TrainingEvent.Step step) {
        progressLine.add(1);
        progressLine.note(String.format(Locale.ROOT, "loss %.3f", step.loss()));
      }
    }

    @Override
    public void close() {
      progressLine.close();
    }
  }

  private List<TrainingExample> examples() {
    boolean standardInput = data.toString().equals("-");
    List<TrainingExample> examples = new ArrayList<>();
    try (JsonLinesReader lines =
        standardInput ? JsonLines.read(in, "stdin") : JsonLines.read(data)) {
      lines.stream().forEach(line -> examples.add(example(line)));
    }
    if (examples.isEmpty()) {
      throw new InvalidDataException(
          data + ": has no examples; write one {\"prompt\", \"completion\"} per line");
    }
    return examples;
  }

  private static TrainingExample example(JsonLine line) {
    JsonNode id = line.object().get("id");
    String name =
        id == null || id.isNull()
            ? "line-" + line.line()
            : id.isNumber() ? id.toString() : line.nonBlankText("id");
    try {
      return new TrainingExample(name, line.text("prompt"), line.text("completion"));
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(line.place() + ": " + e.getMessage(), e);
    }
  }

  private TrainingOptions options() {
    TrainingOptions.Builder options =
        TrainingOptions.builder()
            .skipTooLong(skipTooLong)
            .schedule(schedule)
            .seed(seed)
            .shuffle(!noShuffle)
            .endOfSequence(!noEndOfSequence)
            .gradientCheckpointing(gradientCheckpointing)
            .resume(resume);
    set("--lr", () -> options.learningRate(learningRate));
    set("--epochs", () -> options.epochs(epochs));
    set("--batch-size", () -> options.batchSize(batchSize));
    microBatchSize.ifPresent(
        size -> {
          set("--micro-batch-size", () -> options.microBatchSize(size));
          // Who names a number of examples means that number.
          options.microBatchTokens(Integer.MAX_VALUE);
        });
    if (microBatchSize.isEmpty()
        || spec.commandLine().getParseResult().hasMatchedOption("--micro-batch-tokens")) {
      set("--micro-batch-tokens", () -> options.microBatchTokens(microBatchTokens));
    }
    maxLength.ifPresent(length -> set("--max-length", () -> options.maxLength(length)));
    set("--warmup-steps", () -> options.warmupSteps(warmupSteps));
    set("--weight-decay", () -> options.weightDecay(weightDecay));
    set("--max-grad-norm", () -> options.maxGradientNorm(maxGradientNorm));
    set("--validation-share", () -> options.validationShare(validationShare));
    set("--checkpoint-every", () -> options.checkpointEvery(checkpointEvery));
    if (allWeights) {
      refuseBeside("--all-weights", List.of("--init-adapter", LoraArguments.DROPOUT));
      options.allWeights();
    } else {
      options.lora(lora.options());
    }
    if (initialAdapter.isPresent()) {
      refuseBeside("--init-adapter", List.of());
      options.initialAdapter(initialAdapter.get());
    }
    return options.build();
  }

  /** Refuses the options of a fresh adapter, and others, beside one that makes them idle. */
  private void refuseBeside(String option, List<String> others) {
    List<String> all = new ArrayList<>(LoraArguments.SHAPE);
    all.addAll(others);
    for (String other : all) {
      if (spec.commandLine().getParseResult().hasMatchedOption(other)) {
        throw new ParameterException(
            spec.commandLine(), other + " has no effect with " + option + "; leave out one");
      }
    }
  }

  private void set(String option, Runnable setting) {
    OptionValues.set(spec, option, setting);
  }
}
