package io.selfalign.tuning;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.data.TrainingPair;
import io.selfalign.error.InvalidDataException;
import io.selfalign.model.LoraOptions;
import io.selfalign.model.Projection;
import io.selfalign.model.TrainableModel;
import io.selfalign.model.TrainingEvent;
import io.selfalign.model.TrainingExample;
import io.selfalign.model.TrainingOptions;
import io.selfalign.model.TrainingResult;
import io.selfalign.pipeline.RunEvent;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Stage;
import io.selfalign.pipeline.StageContext;
import io.selfalign.pipeline.Unit;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Trains a fresh adapter on a training set, into the folder {@value #FOLDER} of the stage's files,
 * and describes it in one {@link Adapter} record.
 *
 * <p>A run that is stopped goes on from the training's newest checkpoint, if the options have it
 * write some; everything that decides the result is in the settings, so that a run with other
 * options is refused. The folder's {@code training_log.jsonl} has a line for each step, with its
 * speed: it is not the same in every run.
 *
 * <p>The options are those for a large set; see {@link Builder#fitToData}.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class AdapterTraining implements Stage<TrainingPair, Adapter> {
  /** The folder within the stage's files. */
  public static final String FOLDER = "adapter";

  private final Builder options;

  private AdapterTraining(Builder builder) {
    options = builder.copy();
  }

  /**
   * A builder with the defaults.
   *
   * @param model the base model, which stays as it is
   * @param name the stage's name
   */
  public static Builder builder(TrainableModel model, String name) {
    return new Builder(model, name);
  }

  /**
   * The paper's hyperparameters: one epoch in batches of 768, 100 warm-up steps up to a learning
   * rate of 4e-4 and a linear decline, LoRA of rank 16 and alpha 16 with dropout 0.05 on q, k, v
   * and o, at most 512 tokens. A checkpoint is written every 10 steps.
   */
  public static TrainingOptions paperTraining() {
    return TrainingOptions.builder()
        .batchSize(768)
        .warmupSteps(100)
        .learningRate(4e-4)
        .maxLength(512)
        .checkpointEvery(10)
        .build();
  }

  @Override
  public String name() {
    return options.name;
  }

  @Override
  public Class<TrainingPair> inputType() {
    return TrainingPair.class;
  }

  @Override
  public Class<Adapter> outputType() {
    return Adapter.class;
  }

  @Override
  public Settings settings() {
    TrainingOptions training = options.training;
    return Settings.builder()
        .add("model", options.model.fingerprint())
        .add("prompt", options.prompt)
        .add("fit_to_data", options.fitToData)
        .add("lora", settingsOf(training.lora().orElseThrow()))
        .add("initial_adapter", training.initialAdapter().map(AdapterFiles::sha256).orElse("none"))
        .add("epochs", training.epochs())
        .add("batch_size", training.batchSize())
        .add("micro_batch_size", training.microBatchSize())
        .add("micro_batch_tokens", training.microBatchTokens())
        .add("max_length", training.maxLength())
        .add("learning_rate", training.learningRate())
        .add("schedule", training.schedule().name())
        .add("warmup_steps", training.warmupSteps())
        .add("weight_decay", training.weightDecay())
        .add("adam_beta1", training.beta1())
        .add("adam_beta2", training.beta2())
        .add("adam_epsilon", training.epsilon())
        .add("max_grad_norm", training.maxGradientNorm())
        .add("shuffle", training.shuffle())
        .add("validation_share", training.validationShare())
        .build();
  }

  private static Settings settingsOf(LoraOptions lora) {
    return Settings.builder()
        .add("rank", lora.rank())
        .add("alpha", lora.alpha())
        .add("dropout", lora.dropout())
        .add("targets", lora.targets().stream().map(Projection::moduleName).sorted().toList())
        .add("rank_stabilized", lora.rankStabilized())
        .add("rank_pattern", lora.rankPattern())
        .add("alpha_pattern", lora.alphaPattern())
        .build();
  }

  @Override
  public void run(StageContext<TrainingPair, Adapter> context) {
    if (context.committedUnits() > 0) {
      return;
    }
    context.expect(1);
    long pairs = context.input().size();
    if (pairs == 0) {
      throw new InvalidDataException(
          "stage '"
              + options.name
              + "' has no pair to train on; look into the ledger of the stage before it for why"
              + " none was kept");
    }
    TrainingOptions training = training(pairs, context.seed());
    try (Stream<TrainingPair> input = context.input().stream()) {
      TrainingResult result =
          options.model.train(
              () -> input.map(AdapterTraining::example).iterator(),
              training,
              context.files().resolve(FOLDER),
              event -> tell(event, context));
      context.commit(Unit.<Adapter>builder().keep(adapter(result, training, context)).build());
    }
  }

  /** What is trained with, for so many pairs. */
  TrainingOptions training(long pairs, long seed) {
    TrainingOptions large = options.training;
    long trained = pairs - Math.round(pairs * large.validationShare());
    return (options.fitToData ? DataScale.fit(large, trained) : large)
        .toBuilder().endOfSequence(options.prompt.endOfSequence()).seed(seed).resume(true).build();
  }

  private static TrainingExample example(TrainingPair pair) {
    return new TrainingExample(pair.id(), pair.prompt(), pair.completion());
  }

  private void tell(TrainingEvent event, StageContext<TrainingPair, Adapter> context) {
    if (event instanceof TrainingEvent.Step step) {
      context.publish(
          new RunEvent.TrainingStep(
              options.name,
              step.step(),
              step.totalSteps(),
              step.loss(),
              step.learningRate(),
              step.gradientNorm(),
              step.tokensPerSecond(),
              step.timeLeft()));
    }
    context.checkCancelled();
  }

  private Adapter adapter(
      TrainingResult result,
      TrainingOptions training,
      StageContext<TrainingPair, Adapter> context) {
    Path folder = context.files().resolve(FOLDER);
    List<String> parents;
    try (Stream<TrainingPair> input = context.input().stream()) {
      parents = input.map(TrainingPair::id).toList();
    }
    return new Adapter(
        "adapter-" + options.name,
        parents,
        options.name,
        FOLDER,
        AdapterFiles.sha256(folder),
        options.model.fingerprint(),
        options.prompt,
        result.examples(),
        training.epochs(),
        training.batchSize(),
        result.steps(),
        training.warmupSteps(),
        training.learningRate(),
        result.loss(),
        result.validationLoss());
  }

  /** Collects options; not safe for use by several threads. */
  public static final class Builder {
    private final TrainableModel model;
    private final String name;
    private ChatPrompt prompt = ChatPrompt.standard();
    private TrainingOptions training = paperTraining();
    private boolean fitToData = true;

    private Builder(TrainableModel model, String name) {
      this.model = model;
      this.name = name;
    }

    private Builder copy() {
      Builder copy = new Builder(model, name);
      copy.prompt = prompt;
      copy.training = training;
      copy.fitToData = fitToData;
      return copy;
    }

    /**
     * The prompt of the training set; {@link ChatPrompt#standard} by default. It decides whether
     * the end-of-sequence token is learnt, whatever the options say.
     */
    @CanIgnoreReturnValue
    public Builder prompt(ChatPrompt newPrompt) {
      prompt = newPrompt;
      return this;
    }

    /**
     * How to train; {@link #paperTraining} by default. The seed has no effect, for it derives from
     * the run's, and neither has {@link TrainingOptions#resume}.
     *
     * @throws IllegalArgumentException if all weights are to be trained, which gives no adapter
     */
    @CanIgnoreReturnValue
    public Builder training(TrainingOptions newTraining) {
      if (newTraining.lora().isEmpty()) {
        throw new IllegalArgumentException(
            "all weights are to be trained, but this stage trains an adapter; give LoRA options");
      }
      training = newTraining;
      return this;
    }

    /**
     * Whether batch size, epochs and warm-up are fitted to the number of pairs; true by default.
     * The batch then has a 335th of the pairs, so that there are as many optimizer steps as in the
     * paper, but at least 16 and at most the option's. Where an epoch has fewer than 100 steps,
     * there are up to 3. The learning rate rises for three tenths of the steps, at most the
     * option's. From 257,000 pairs on, the paper's options stay as they are. False takes all
     * options as they are.
     */
    @CanIgnoreReturnValue
    public Builder fitToData(boolean fit) {
      fitToData = fit;
      return this;
    }

    /** The stage. */
    public AdapterTraining build() {
      return new AdapterTraining(this);
    }
  }
}
