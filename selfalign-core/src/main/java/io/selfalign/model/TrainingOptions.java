package io.selfalign.model;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How to train a model: what is trained, AdamW, its schedule and its batches. Immutable; {@link
 * #toBuilder()} changes a copy. Names are those of transformers and PEFT where they have one.
 */
public final class TrainingOptions {
  private static final TrainingOptions DEFAULTS = builder().build();

  private final Optional<LoraOptions> lora;
  private final Optional<Path> initialAdapter;
  private final int epochs;
  private final int batchSize;
  private final int microBatchSize;
  private final int microBatchTokens;
  private final int maxLength;
  private final boolean skipTooLong;
  private final double learningRate;
  private final LearningRateSchedule schedule;
  private final int warmupSteps;
  private final double weightDecay;
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final double maxGradientNorm;
  private final long seed;
  private final boolean shuffle;
  private final boolean endOfSequence;
  private final boolean gradientCheckpointing;
  private final double validationShare;
  private final int validateEvery;
  private final int checkpointEvery;
  private final int keepCheckpoints;
  private final boolean resume;

  private TrainingOptions(Builder builder) {
    lora = builder.lora;
    initialAdapter = builder.initialAdapter;
    epochs = builder.epochs;
    batchSize = builder.batchSize;
    microBatchSize = builder.microBatchSize;
    microBatchTokens = builder.microBatchTokens;
    maxLength = builder.maxLength;
    skipTooLong = builder.skipTooLong;
    learningRate = builder.learningRate;
    schedule = builder.schedule;
    warmupSteps = builder.warmupSteps;
    weightDecay = builder.weightDecay;
    beta1 = builder.beta1;
    beta2 = builder.beta2;
    epsilon = builder.epsilon;
    maxGradientNorm = builder.maxGradientNorm;
    seed = builder.seed;
    shuffle = builder.shuffle;
    endOfSequence = builder.endOfSequence;
    gradientCheckpointing = builder.gradientCheckpointing;
    validationShare = builder.validationShare;
    validateEvery = builder.validateEvery;
    checkpointEvery = builder.checkpointEvery;
    keepCheckpoints = builder.keepCheckpoints;
    resume = builder.resume;
  }

  /** LoRA with {@link LoraOptions#defaults()}, one epoch of batches of 32, rate 4e-4, linear. */
  public static TrainingOptions defaults() {
    return DEFAULTS;
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these options. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.lora = lora;
    builder.initialAdapter = initialAdapter;
    builder.epochs = epochs;
    builder.batchSize = batchSize;
    builder.microBatchSize = microBatchSize;
    builder.microBatchTokens = microBatchTokens;
    builder.maxLength = maxLength;
    builder.skipTooLong = skipTooLong;
    builder.learningRate = learningRate;
    builder.schedule = schedule;
    builder.warmupSteps = warmupSteps;
    builder.weightDecay = weightDecay;
    builder.beta1 = beta1;
    builder.beta2 = beta2;
    builder.epsilon = epsilon;
    builder.maxGradientNorm = maxGradientNorm;
    builder.seed = seed;
    builder.shuffle = shuffle;
    builder.endOfSequence = endOfSequence;
    builder.gradientCheckpointing = gradientCheckpointing;
    builder.validationShare = validationShare;
    builder.validateEvery = validateEvery;
    builder.checkpointEvery = checkpointEvery;
    builder.keepCheckpoints = keepCheckpoints;
    builder.resume = resume;
    return builder;
  }

  /**
   * The adapter to train; when absent, all of the model's own weights are trained, which is for
   * small models. The weights that are trained, their gradients and the optimizer's moments are
   * float32 copies; a model open in bfloat16 computes its products in that.
   */
  public Optional<LoraOptions> lora() {
    return lora;
  }

  /**
   * The folder of an adapter to start from, instead of a fresh one. It then decides rank, alpha and
   * targets, and {@link #lora()} only the dropout.
   */
  public Optional<Path> initialAdapter() {
    return initialAdapter;
  }

  /** How many times every example is seen. */
  public int epochs() {
    return epochs;
  }

  /** How many examples make one optimizer step. */
  public int batchSize() {
    return batchSize;
  }

  /**
   * The most examples of one forward and backward pass. How a batch is split changes memory and
   * speed, nothing else.
   */
  public int microBatchSize() {
    return microBatchSize;
  }

  /**
   * The most tokens of one forward and backward pass, which takes at least one example. Examples
   * are packed one after the other without padding and don't see each other.
   */
  public int microBatchTokens() {
    return microBatchTokens;
  }

  /**
   * The most tokens of an example, end of sequence included, where the model's context is not
   * shorter. A longer one is an error, unless {@link #skipTooLong()}.
   */
  public int maxLength() {
    return maxLength;
  }

  /**
   * Whether examples that are longer than {@link #maxLength()} are left out, which is reported, and
   * not an error. None is ever cut.
   */
  public boolean skipTooLong() {
    return skipTooLong;
  }

  /** The peak learning rate. */
  public double learningRate() {
    return learningRate;
  }

  /** How the learning rate goes over the steps. */
  public LearningRateSchedule schedule() {
    return schedule;
  }

  /** For how many optimizer steps the learning rate rises. */
  public int warmupSteps() {
    return warmupSteps;
  }

  /** AdamW's decoupled weight decay; norms and biases have none. */
  public double weightDecay() {
    return weightDecay;
  }

  /** AdamW's decay of the first moment. */
  public double beta1() {
    return beta1;
  }

  /** AdamW's decay of the second moment. */
  public double beta2() {
    return beta2;
  }

  /** What AdamW adds to the square root of the second moment. */
  public double epsilon() {
    return epsilon;
  }

  /** The norm that larger gradients are scaled down to; 0 is off. */
  public double maxGradientNorm() {
    return maxGradientNorm;
  }

  /** The seed of the adapter's first values, the order of examples and dropout. */
  public long seed() {
    return seed;
  }

  /** Whether each epoch has an order of its own; else examples come as they are given. */
  public boolean shuffle() {
    return shuffle;
  }

  /**
   * Whether every completion is followed by the model's end-of-sequence token, so that the model
   * learns to end. Not wanted where the completion's own last characters close it.
   */
  public boolean endOfSequence() {
    return endOfSequence;
  }

  /**
   * Whether the activations inside of layers are computed a second time in the backward pass and
   * not kept. Memory then grows with layers x tokens x hidden size only; a step takes about a third
   * longer. It changes no number.
   */
  public boolean gradientCheckpointing() {
    return gradientCheckpointing;
  }

  /** The share of examples, drawn by seed and id, that is not trained on but measured. */
  public double validationShare() {
    return validationShare;
  }

  /**
   * After how many optimizer steps the loss on the validation split is measured; it always is at
   * the end. 0 is only then.
   */
  public int validateEvery() {
    return validateEvery;
  }

  /**
   * After how many optimizer steps a checkpoint is written, from which training can resume; 0 is
   * never.
   */
  public int checkpointEvery() {
    return checkpointEvery;
  }

  /**
   * How many of the newest checkpoints are kept. With 2 or more there is an earlier one if the
   * newest is damaged, or was written by a step that made training diverge.
   */
  public int keepCheckpoints() {
    return keepCheckpoints;
  }

  /**
   * Whether to go on from the folder's newest checkpoint, if it has one. The examples and the
   * options that decide results must be the same; how batches are split may be another. Not
   * resuming in a folder that has a training is an error.
   */
  public boolean resume() {
    return resume;
  }

  /** Builds {@link TrainingOptions}. */
  public static final class Builder {
    private Optional<LoraOptions> lora = Optional.of(LoraOptions.defaults());
    private Optional<Path> initialAdapter = Optional.empty();
    private int epochs = 1;
    private int batchSize = 32;
    private int microBatchSize = Integer.MAX_VALUE;
    private int microBatchTokens = 1024;
    private int maxLength = Integer.MAX_VALUE;
    private boolean skipTooLong;
    private double learningRate = 4e-4;
    private LearningRateSchedule schedule = LearningRateSchedule.LINEAR;
    private int warmupSteps;
    private double weightDecay;
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-8;
    private double maxGradientNorm;
    private long seed;
    private boolean shuffle = true;
    private boolean endOfSequence = true;
    private boolean gradientCheckpointing;
    private double validationShare;
    private int validateEvery;
    private int checkpointEvery;
    private int keepCheckpoints = 2;
    private boolean resume;

    private Builder() {}

    /** See {@link TrainingOptions#lora()}. */
    @CanIgnoreReturnValue
    public Builder lora(LoraOptions lora) {
      this.lora = Optional.of(lora);
      return this;
    }

    /** Trains all of the model's own weights; see {@link TrainingOptions#lora()}. */
    @CanIgnoreReturnValue
    public Builder allWeights() {
      this.lora = Optional.empty();
      return this;
    }

    /** See {@link TrainingOptions#initialAdapter()}. */
    @CanIgnoreReturnValue
    public Builder initialAdapter(Path folder) {
      this.initialAdapter = Optional.of(folder);
      return this;
    }

    /** See {@link TrainingOptions#epochs()}; 1 or more. */
    @CanIgnoreReturnValue
    public Builder epochs(int epochs) {
      check(epochs >= 1, "epochs", epochs, "1 or more");
      this.epochs = epochs;
      return this;
    }

    /** See {@link TrainingOptions#batchSize()}; 1 or more. */
    @CanIgnoreReturnValue
    public Builder batchSize(int batchSize) {
      check(batchSize >= 1, "batchSize", batchSize, "1 or more");
      this.batchSize = batchSize;
      return this;
    }

    /** See {@link TrainingOptions#microBatchSize()}; 1 or more. */
    @CanIgnoreReturnValue
    public Builder microBatchSize(int microBatchSize) {
      check(microBatchSize >= 1, "microBatchSize", microBatchSize, "1 or more");
      this.microBatchSize = microBatchSize;
      return this;
    }

    /** See {@link TrainingOptions#microBatchTokens()}; 1 or more. */
    @CanIgnoreReturnValue
    public Builder microBatchTokens(int microBatchTokens) {
      check(microBatchTokens >= 1, "microBatchTokens", microBatchTokens, "1 or more");
      this.microBatchTokens = microBatchTokens;
      return this;
    }

    /** See {@link TrainingOptions#maxLength()}; 2 or more. */
    @CanIgnoreReturnValue
    public Builder maxLength(int maxLength) {
      check(maxLength >= 2, "maxLength", maxLength, "2 or more");
      this.maxLength = maxLength;
      return this;
    }

    /** See {@link TrainingOptions#skipTooLong()}. */
    @CanIgnoreReturnValue
    public Builder skipTooLong(boolean skipTooLong) {
      this.skipTooLong = skipTooLong;
      return this;
    }

    /** See {@link TrainingOptions#learningRate()}; more than 0 and less than 1000. */
    @CanIgnoreReturnValue
    public Builder learningRate(double learningRate) {
      check(
          learningRate > 0 && learningRate < 1e3,
          "learningRate",
          learningRate,
          "more than 0 and less than 1000");
      this.learningRate = learningRate;
      return this;
    }

    /** See {@link TrainingOptions#schedule()}. */
    @CanIgnoreReturnValue
    public Builder schedule(LearningRateSchedule schedule) {
      this.schedule = schedule;
      return this;
    }

    /** See {@link TrainingOptions#warmupSteps()}; 0 or more. */
    @CanIgnoreReturnValue
    public Builder warmupSteps(int warmupSteps) {
      check(warmupSteps >= 0, "warmupSteps", warmupSteps, "0 or more");
      this.warmupSteps = warmupSteps;
      return this;
    }

    /** See {@link TrainingOptions#weightDecay()}; at least 0 and less than 1000. */
    @CanIgnoreReturnValue
    public Builder weightDecay(double weightDecay) {
      check(
          weightDecay >= 0 && weightDecay < 1e3,
          "weightDecay",
          weightDecay,
          "at least 0 and less than 1000");
      this.weightDecay = weightDecay;
      return this;
    }

    /** See {@link TrainingOptions#beta1()}; at least 0 and less than 1. */
    @CanIgnoreReturnValue
    public Builder beta1(double beta1) {
      check(beta1 >= 0 && beta1 < 1, "beta1", beta1, "at least 0 and less than 1");
      this.beta1 = beta1;
      return this;
    }

    /** See {@link TrainingOptions#beta2()}; at least 0 and less than 1. */
    @CanIgnoreReturnValue
    public Builder beta2(double beta2) {
      check(beta2 >= 0 && beta2 < 1, "beta2", beta2, "at least 0 and less than 1");
      this.beta2 = beta2;
      return this;
    }

    /** See {@link TrainingOptions#epsilon()}; more than 0 and less than 1. */
    @CanIgnoreReturnValue
    public Builder epsilon(double epsilon) {
      check(epsilon > 0 && epsilon < 1, "epsilon", epsilon, "more than 0 and less than 1");
      this.epsilon = epsilon;
      return this;
    }

    /** See {@link TrainingOptions#maxGradientNorm()}; 0 or more. */
    @CanIgnoreReturnValue
    public Builder maxGradientNorm(double maxGradientNorm) {
      check(
          maxGradientNorm >= 0 && Double.isFinite(maxGradientNorm),
          "maxGradientNorm",
          maxGradientNorm,
          "0 or more");
      this.maxGradientNorm = maxGradientNorm;
      return this;
    }

    /** See {@link TrainingOptions#seed()}. */
    @CanIgnoreReturnValue
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** See {@link TrainingOptions#shuffle()}. */
    @CanIgnoreReturnValue
    public Builder shuffle(boolean shuffle) {
      this.shuffle = shuffle;
      return this;
    }

    /** See {@link TrainingOptions#endOfSequence()}. */
    @CanIgnoreReturnValue
    public Builder endOfSequence(boolean endOfSequence) {
      this.endOfSequence = endOfSequence;
      return this;
    }

    /** See {@link TrainingOptions#gradientCheckpointing()}. */
    @CanIgnoreReturnValue
    public Builder gradientCheckpointing(boolean gradientCheckpointing) {
      this.gradientCheckpointing = gradientCheckpointing;
      return this;
    }

    /** See {@link TrainingOptions#validationShare()}; at least 0 and less than 1. */
    @CanIgnoreReturnValue
    public Builder validationShare(double validationShare) {
      check(
          validationShare >= 0 && validationShare < 1,
          "validationShare",
          validationShare,
          "at least 0 and less than 1");
      this.validationShare = validationShare;
      return this;
    }

    /** See {@link TrainingOptions#validateEvery()}; 0 or more. */
    @CanIgnoreReturnValue
    public Builder validateEvery(int validateEvery) {
      check(validateEvery >= 0, "validateEvery", validateEvery, "0 or more");
      this.validateEvery = validateEvery;
      return this;
    }

    /** See {@link TrainingOptions#checkpointEvery()}; 0 or more. */
    @CanIgnoreReturnValue
    public Builder checkpointEvery(int checkpointEvery) {
      check(checkpointEvery >= 0, "checkpointEvery", checkpointEvery, "0 or more");
      this.checkpointEvery = checkpointEvery;
      return this;
    }

    /** See {@link TrainingOptions#keepCheckpoints()}; 1 or more. */
    @CanIgnoreReturnValue
    public Builder keepCheckpoints(int keepCheckpoints) {
      check(keepCheckpoints >= 1, "keepCheckpoints", keepCheckpoints, "1 or more");
      this.keepCheckpoints = keepCheckpoints;
      return this;
    }

    /** See {@link TrainingOptions#resume()}. */
    @CanIgnoreReturnValue
    public Builder resume(boolean resume) {
      this.resume = resume;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException if there is an initial adapter but all weights are trained
     */
    public TrainingOptions build() {
      if (initialAdapter.isPresent() && lora.isEmpty()) {
        throw new IllegalArgumentException(
            "there is an initial adapter, but all weights are to be trained; leave out one");
      }
      return new TrainingOptions(this);
    }

    private static void check(boolean holds, String what, Object actual, String expected) {
      if (!holds) {
        throw new IllegalArgumentException(what + " is " + actual + ", but must be " + expected);
      }
    }
  }
}
