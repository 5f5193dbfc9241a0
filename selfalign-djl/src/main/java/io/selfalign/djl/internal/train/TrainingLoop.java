package io.selfalign.djl.internal.train;

import io.selfalign.djl.internal.program.MicroBatch;
import io.selfalign.djl.internal.program.TrainingProgram;
import io.selfalign.djl.internal.train.TrainingCheckpoints.Position;
import io.selfalign.error.TrainingDivergedException;
import io.selfalign.model.TrainingEvent;
import io.selfalign.model.TrainingOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The optimizer steps of a training: what each learns, measures and reports. */
final class TrainingLoop {
  /** Above this loss there is a gradient: it is 0 only where float32 has no doubt left. */
  private static final double LEARNT = 1e-3;

  private final Trainer.Base base;
  private final TrainingProgram program;
  private final TrainingOptions options;
  private final TrainingData data;
  private final TrainingFolder folder;
  private final Consumer<? super TrainingEvent> listener;
  private final ExampleOrder order;
  private final double dropout;
  private final int totalSteps;
  private double firstLoss;
  private double loss;
  private Optional<Double> validationLoss;
  private int startStep;
  private long startNanos;

  TrainingLoop(
      Trainer.Base base,
      TrainingProgram program,
      TrainingOptions options,
      TrainingData data,
      TrainingFolder folder,
      Consumer<? super TrainingEvent> listener) {
    this.base = base;
    this.program = program;
    this.options = options;
    this.data = data;
    this.folder = folder;
    this.listener = listener;
    order = new ExampleOrder(data.train(), options.batchSize(), options.shuffle(), options.seed());
    totalSteps = Math.multiplyExact(order.stepsPerEpoch(), options.epochs());
    dropout = options.lora().map(lora -> lora.dropout()).orElse(0.0);
    goTo(Position.BEGINNING);
  }

  private void goTo(Position position) {
    startStep = position.step();
    firstLoss = position.firstLoss();
    loss = position.loss();
    validationLoss = position.validationLoss();
  }

  /**
   * Makes all steps that are left.
   *
   * @param checkpoints has the position to go on from, and gets those on the way
   * @return the end
   */
  Position run(TrainingCheckpoints checkpoints) {
    goTo(checkpoints.restore(program));
    listener.accept(
        new TrainingEvent.Started(
            data.train().size(),
            data.validation().size(),
            data.skipped().size(),
            tokens(data.train()),
            totalSteps,
            startStep));
    folder.openLog(startStep);
    startNanos = System.nanoTime();
    for (int step = startStep + 1; step <= totalSteps; step++) {
      loss = step(step);
      boolean due = options.validateEvery() > 0 && step % options.validateEvery() == 0;
      if (!data.validation().isEmpty() && (due || step == totalSteps)) {
        validationLoss = Optional.of(validate(step));
      }
      // Last, so that nothing of this step is left to do when training goes on from here.
      if (options.checkpointEvery() > 0 && step % options.checkpointEvery() == 0) {
        Path written = checkpoints.write(program, position(step));
        listener.accept(new TrainingEvent.CheckpointWritten(step, written));
      }
    }
    checkEnd();
    return position(totalSteps);
  }

  private Position position(int step) {
    return new Position(step, firstLoss, loss, validationLoss);
  }

  /** Makes a step, and gives the mean loss of its completion tokens before it. */
  private double step(int step) {
    long begin = System.nanoTime();
    List<TokenizedExample> batch = order.batch(step - 1);
    double mean = accumulate(step, batch);
    if (Double.isNaN(firstLoss)) {
      firstLoss = mean;
    }
    fault(mean)
        .ifPresent(
            what -> {
              throw diverged(step, step - 2, what);
            });
    double rate =
        options.learningRate()
            * options.schedule().factor(step - 1, options.warmupSteps(), totalSteps);
    double norm = update(step, rate);
    fault(norm, mean)
        .ifPresent(
            what -> {
              throw diverged(step, step - 2, what);
            });
    report(step, mean, rate, norm, batch, System.nanoTime() - begin);
    return mean;
  }

  /** Changes the parameters by the gradient, and gives its norm. */
  private double update(int step, double rate) {
    TrainingProgram.AdamW adamW =
        new TrainingProgram.AdamW(
            rate,
            options.beta1(),
            options.beta2(),
            options.epsilon(),
            options.weightDecay(),
            options.maxGradientNorm(),
            step);
    return base.turns().take(() -> program.step(adamW));
  }

  /** Adds the gradient of a batch's mean loss, and gives that loss. */
  private double accumulate(int step, List<TokenizedExample> batch) {
    long learnt = learnt(batch);
    double sum = 0;
    for (List<TokenizedExample> part : parts(batch)) {
      MicroBatch packed = MicroBatches.pack(part, options.seed(), order.epoch(step - 1));
      sum +=
          base.turns()
              .take(
                  () ->
                      program.accumulate(
                          packed, 1.0 / learnt, dropout, options.gradientCheckpointing()));
    }
    return sum / learnt;
  }

  private List<List<TokenizedExample>> parts(List<TokenizedExample> batch) {
    return MicroBatches.split(batch, options.microBatchSize(), options.microBatchTokens());
  }

  private void report(
      int step, double mean, double rate, double norm, List<TokenizedExample> batch, long nanos) {
    long tokens = tokens(batch);
    long learnt = learnt(batch);
    double perSecond = tokens / (Math.max(1, nanos) / 1e9);
    long perStep = (System.nanoTime() - startNanos) / (step - startStep);
    ObjectNode line = JsonMapper.shared().createObjectNode();
    line.put("step", step);
    line.put("loss", mean);
    line.put("learning_rate", rate);
    line.put("grad_norm", norm);
    line.put("tokens", tokens);
    line.put("completion_tokens", learnt);
    line.put("tokens_per_second", perSecond);
    folder.log(line);
    listener.accept(
        new TrainingEvent.Step(
            step,
            totalSteps,
            mean,
            rate,
            norm,
            tokens,
            learnt,
            perSecond,
            Duration.ofNanos(perStep * (totalSteps - step))));
  }

  /** What is wrong with a loss: twice that of guessing, or of a worse beginning, is no noise. */
  private Optional<String> fault(double mean) {
    if (!Double.isFinite(mean)) {
      return Optional.of("the loss is not a finite number");
    }
    double limit = 2 * Math.max(Math.log(base.config().vocabSize()), firstLoss);
    return mean > limit
        ? Optional.of(String.format(Locale.ROOT, "the loss has exploded to %.3g", mean))
        : Optional.empty();
  }

  /**
   * What is wrong with a gradient, at a loss. A square that overflows in a norm makes the hidden
   * states 0 and every token equally likely.
   */
  private static Optional<String> fault(double norm, double mean) {
    if (!Double.isFinite(norm)) {
      return Optional.of("the gradient is not a finite number");
    }
    return norm == 0 && mean > LEARNT
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "the gradient is 0 at a loss of %.3g, as values have overflowed",
                mean))
        : Optional.empty();
  }

  /** Looks at what the last step's update has made, which no step after it would show. */
  private void checkEnd() {
    faultAtEnd()
        .ifPresent(
            what -> {
              throw diverged(totalSteps, totalSteps - 1, what);
            });
  }

  private Optional<String> faultAtEnd() {
    if (!program.isFinite(base.turns())) {
      return Optional.of("its update is not of finite numbers");
    }
    double mean = accumulate(totalSteps, order.batch(totalSteps - 1));
    // A rate of 0 changes no parameter.
    return fault(mean).or(() -> fault(update(totalSteps + 1, 0), mean));
  }

  /**
   * The error for a step. What it began with, the parameters that the step before has left, may be
   * what is bad; those before that made a step of their own.
   *
   * @param lastGoodStep the last step whose parameters have shown to be good
   */
  private TrainingDivergedException diverged(int step, int lastGoodStep, String what) {
    Optional<Path> last = folder.newestCheckpoint(lastGoodStep);
    return new TrainingDivergedException(
        step,
        last,
        String.format(
            "training diverged in step %d: %s; use a lower learning rate, more warm-up steps or a"
                + " maximal gradient norm, or another data type%s",
            step, what, last.map(path -> "; the last good checkpoint is " + path).orElse("")));
  }

  /** The mean loss of examples, without dropout. */
  private double measure(List<TokenizedExample> examples) {
    double sum = 0;
    for (List<TokenizedExample> part : parts(examples)) {
      MicroBatch packed = MicroBatches.pack(part, 0, 0);
      sum += base.turns().take(() -> program.measure(packed));
    }
    return sum / learnt(examples);
  }

  private double validate(int step) {
    double mean = measure(data.validation());
    ObjectNode line = JsonMapper.shared().createObjectNode();
    line.put("step", step);
    line.put("validation_loss", mean);
    folder.log(line);
    listener.accept(new TrainingEvent.Validated(step, mean));
    return mean;
  }

  private static long tokens(List<TokenizedExample> examples) {
    return examples.stream().mapToLong(example -> example.tokens().length).sum();
  }

  private static long learnt(List<TokenizedExample> examples) {
    return examples.stream().mapToLong(TokenizedExample::learnt).sum();
  }
}
