package io.selfalign.djl.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.data.RecordRandom;
import io.selfalign.djl.checkpoint.AdapterFolder;
import io.selfalign.djl.checkpoint.CheckpointCopy;
import io.selfalign.djl.checkpoint.DurableFiles;
import io.selfalign.djl.checkpoint.LoraAdapter;
import io.selfalign.djl.checkpoint.ModelConfig;
import io.selfalign.djl.checkpoint.SafeTensors;
import io.selfalign.djl.checkpoint.SafeTensorsWriter;
import io.selfalign.djl.program.DecoderProgram;
import io.selfalign.djl.program.MicroBatch;
import io.selfalign.djl.program.TrainingProgram;
import io.selfalign.djl.program.Turns;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.ModelLoadException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.error.TrainingDivergedException;
import io.selfalign.model.TrainingEvent;
import io.selfalign.model.TrainingOptions;
import io.selfalign.model.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One training: batches, optimizer steps, checkpoints and what is left in the folder. Used once, by
 * one thread; the model program is used in turns with other calls.
 */
public final class Trainer {
  private static final String STATE = "training_state.safetensors";
  private static final String POSITION = "training_state.json";

  private final Base base;
  private final TrainingOptions options;
  private final List<TokenizedExample> train = new ArrayList<>();
  private final List<TokenizedExample> validation = new ArrayList<>();
  private final List<String> skipped;
  private final Consumer<? super TrainingEvent> listener;
  private final ExampleOrder order;
  private final int totalSteps;

  /**
   * The model that is trained.
   *
   * @param name what an adapter names as its base model
   * @param folder the checkpoint
   * @param fingerprint the checkpoint's fingerprint
   * @param type the data type's name, which also decides results
   */
  public record Base(
      String name,
      Path folder,
      String fingerprint,
      String type,
      ModelConfig config,
      DecoderProgram program,
      Turns turns) {}

  /**
   * Creates a training.
   *
   * @param examples those to train on and to validate with
   * @param skipped the ids of examples that were too long
   * @throws InvalidDataException if there is nothing to train on
   */
  public Trainer(
      Base base,
      TrainingOptions options,
      List<TokenizedExample> examples,
      List<String> skipped,
      Consumer<? super TrainingEvent> listener) {
    this.base = base;
    this.options = options;
    this.skipped = skipped;
    this.listener = listener;
    for (TokenizedExample example : examples) {
      boolean held =
          options.validationShare() > 0
              && RecordRandom.of(options.seed(), "validation", example.id()).uniform(0)
                  < options.validationShare();
      (held ? validation : train).add(example);
    }
    if (train.isEmpty()) {
      throw new InvalidDataException(
          examples.isEmpty() && skipped.isEmpty()
              ? "there is no example to train on; give at least one"
              : String.format(
                  "there is no example to train on: %d are too long and %d in the validation split;"
                      + " give more, or raise maxLength",
                  skipped.size(), validation.size()));
    }
    order = new ExampleOrder(train, options.batchSize(), options.shuffle(), options.seed());
    totalSteps = Math.multiplyExact(order.stepsPerEpoch(), options.epochs());
  }

  /** Trains, or goes on with a training. See {@link io.selfalign.model.TrainableModel#train}. */
  public TrainingResult run(Path path) {
    checkTarget(path);
    try (TrainingFolder folder = TrainingFolder.open(path)) {
      List<TokenizedExample> all = new ArrayList<>(train);
      all.addAll(validation);
      TrainingIdentity identity =
          new TrainingIdentity(
              base.fingerprint() + "-" + base.type(),
              options,
              options.initialAdapter().map(AdapterFolder::fingerprint).orElse(""),
              all);
      if (!options.resume()) {
        folder
            .contents()
            .ifPresent(
                found -> {
                  throw new SelfAlignException(
                      String.format(
                          "%s: has a training already (%s); resume it, or choose another folder",
                          path, found));
                });
      }
      Optional<JsonNode> complete = folder.complete();
      if (complete.isPresent()) {
        identity.check(complete.get(), path.resolve(TrainingFolder.COMPLETE));
        return result(path, complete.get());
      }
      return new Course(folder, identity).run();
    }
  }

  /** A checkpoint must not take the place of one that training has not made. */
  private void checkTarget(Path path) {
    boolean another =
        options.lora().isEmpty()
            && CheckpointCopy.isCheckpoint(path)
            && !Files.exists(path.resolve(TrainingFolder.LOG));
    if (another) {
      throw new SelfAlignException(
          path
              + ": has a checkpoint already, which training all weights would overwrite; choose"
              + " another folder");
    }
  }

  private TrainingResult result(Path path, JsonNode complete) {
    return new TrainingResult(
        path,
        complete.path("steps").asInt(),
        train.size(),
        skipped,
        complete.path("loss").asDouble(),
        number(complete, "validation_loss"));
  }

  private static Optional<Double> number(JsonNode object, String key) {
    return Optional.ofNullable(object.get(key)).map(JsonNode::asDouble);
  }

  private LoraAdapter initialAdapter() {
    if (options.initialAdapter().isPresent()) {
      return AdapterFolder.read(options.initialAdapter().get(), base.config(), base::fingerprint);
    }
    return LoraInitialization.fresh(options.lora().orElseThrow(), base.config(), options.seed());
  }

  /** The steps of a training, from the newest checkpoint on. */
  private final class Course {
    private final TrainingFolder folder;
    private final TrainingIdentity identity;
    private final double dropout = options.lora().map(lora -> lora.dropout()).orElse(0.0);
    private int startStep;
    private double firstLoss = Double.NaN;
    private double loss = Double.NaN;
    private Optional<Double> validationLoss = Optional.empty();
    private long startNanos;

    Course(TrainingFolder folder, TrainingIdentity identity) {
      this.folder = folder;
      this.identity = identity;
    }

    TrainingResult run() {
      TrainingProgram program =
          options.lora().isPresent()
              ? withInitialAdapter(initialAdapter())
              : base.turns().take(() -> TrainingProgram.ofAllWeights(base.program()));
      try {
        folder.newestCheckpoint().ifPresent(checkpoint -> restore(program, checkpoint));
        listener.accept(
            new TrainingEvent.Started(
                train.size(),
                validation.size(),
                skipped.size(),
                train.stream().mapToLong(example -> example.tokens().length).sum(),
                totalSteps,
                startStep));
        folder.openLog(startStep);
        startNanos = System.nanoTime();
        for (int step = startStep + 1; step <= totalSteps; step++) {
          loss = step(program, step);
          boolean due = options.validateEvery() > 0 && step % options.validateEvery() == 0;
          if (!validation.isEmpty() && (due || step == totalSteps)) {
            validationLoss = Optional.of(validate(program, step));
          }
          // Last, so that nothing of this step is left to do when training goes on from here.
          if (options.checkpointEvery() > 0 && step % options.checkpointEvery() == 0) {
            checkpoint(program, step);
          }
        }
        finish(program);
        return new TrainingResult(
            folder.path(), totalSteps, train.size(), skipped, loss, validationLoss);
      } finally {
        base.turns().always(program::close);
      }
    }

    private TrainingProgram withInitialAdapter(LoraAdapter adapter) {
      return base.turns().take(() -> TrainingProgram.of(base.program(), adapter));
    }

    private double step(TrainingProgram program, int step) {
      long begin = System.nanoTime();
      List<TokenizedExample> batch = order.batch(step - 1);
      long learnt = batch.stream().mapToLong(TokenizedExample::learnt).sum();
      long tokens = batch.stream().mapToLong(example -> example.tokens().length).sum();
      double sum = 0;
      for (List<TokenizedExample> part :
          MicroBatches.split(batch, options.microBatchSize(), options.microBatchTokens())) {
        MicroBatch packed = MicroBatches.pack(part, options.seed(), order.epoch(step - 1));
        sum +=
            base.turns()
                .take(
                    () ->
                        program.accumulate(
                            packed, 1.0 / learnt, dropout, options.gradientCheckpointing()));
      }
      double mean = sum / learnt;
      if (Double.isNaN(firstLoss)) {
        firstLoss = mean;
      }
      checkLoss(step, mean);
      double rate =
          options.learningRate()
              * options.schedule().factor(step - 1, options.warmupSteps(), totalSteps);
      double norm =
          base.turns()
              .take(
                  () ->
                      program.step(
                          new TrainingProgram.AdamW(
                              rate,
                              options.beta1(),
                              options.beta2(),
                              options.epsilon(),
                              options.weightDecay(),
                              options.maxGradientNorm(),
                              step)));
      if (!Double.isFinite(norm)) {
        throw diverged(step, "the gradient is not a finite number");
      }
      report(step, mean, rate, norm, tokens, learnt, System.nanoTime() - begin);
      return mean;
    }

    private void report(
        int step, double mean, double rate, double norm, long tokens, long learnt, long nanos) {
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

    /** A loss twice that of guessing, or of the beginning if that was worse, is no longer noise. */
    private void checkLoss(int step, double mean) {
      double limit = 2 * Math.max(Math.log(base.config().vocabSize()), firstLoss);
      if (!Double.isFinite(mean)) {
        throw diverged(step, "the loss is not a finite number");
      }
      if (mean > limit) {
        throw diverged(step, String.format("the loss has exploded to %.3g", mean));
      }
    }

    /**
     * The error for a step. What it began with, the parameters that the step before has left, has
     * shown to be bad; those before that made a step of their own.
     */
    private TrainingDivergedException diverged(int step, String what) {
      Optional<Path> last = folder.newestCheckpoint(step - 2);
      return new TrainingDivergedException(
          step,
          last,
          String.format(
              "training diverged in step %d: %s; use a lower learning rate, more warm-up steps or a"
                  + " maximal gradient norm, or another data type%s",
              step, what, last.map(path -> "; the last good checkpoint is " + path).orElse("")));
    }

    private double validate(TrainingProgram program, int step) {
      double sum = 0;
      long learnt = validation.stream().mapToLong(TokenizedExample::learnt).sum();
      for (List<TokenizedExample> part :
          MicroBatches.split(validation, options.microBatchSize(), options.microBatchTokens())) {
        MicroBatch packed = MicroBatches.pack(part, 0, 0);
        sum += base.turns().take(() -> program.measure(packed));
      }
      double mean = sum / learnt;
      ObjectNode line = JsonMapper.shared().createObjectNode();
      line.put("step", step);
      line.put("validation_loss", mean);
      folder.log(line);
      listener.accept(new TrainingEvent.Validated(step, mean));
      return mean;
    }

    private void checkpoint(TrainingProgram program, int step) {
      Path written =
          folder.checkpoint(
              step,
              options.keepCheckpoints(),
              temporary -> {
                List<SafeTensorsWriter.Tensor> state = base.turns().take(program::state);
                SafeTensorsWriter.write(temporary.resolve(STATE), Map.of(), state);
                if (options.lora().isPresent()) {
                  writeAdapter(temporary, program);
                }
                ObjectNode position = JsonMapper.shared().createObjectNode();
                position.put("step", step);
                position.put("first_loss", firstLoss);
                position.put("loss", loss);
                validationLoss.ifPresent(value -> position.put("validation_loss", value));
                identity.writeTo(position.putObject("training"));
                byte[] bytes = (position.toPrettyString() + "\n").getBytes(UTF_8);
                DurableFiles.write(temporary.resolve(POSITION), bytes);
              });
      listener.accept(new TrainingEvent.CheckpointWritten(step, written));
    }

    private void restore(TrainingProgram program, Path checkpoint) {
      Path file = checkpoint.resolve(POSITION);
      try {
        JsonNode position = TrainingFolder.json(file);
        identity.check(position.path("training"), file);
        startStep = position.path("step").asInt();
        firstLoss = position.path("first_loss").asDouble();
        loss = position.path("loss").asDouble();
        validationLoss = number(position, "validation_loss");
        try (SafeTensors state = SafeTensors.openFile(checkpoint.resolve(STATE))) {
          base.turns().take(() -> program.restore(state));
        }
      } catch (ModelLoadException e) {
        throw new ModelLoadException(
            String.format(
                "%s; delete %s and resume, and training goes on from %s",
                e.getMessage(),
                checkpoint,
                folder
                    .newestCheckpoint(TrainingFolder.steps(checkpoint) - 1)
                    .map(Path::toString)
                    .orElse("the beginning")),
            e);
      }
    }

    private void writeAdapter(Path target, TrainingProgram program) throws IOException {
      LoraAdapter adapter = base.turns().take(program::adapter);
      AdapterFolder.write(target, adapter, base.config(), base.name(), base.fingerprint());
    }

    private void finish(TrainingProgram program) {
      folder.write(
          () -> {
            if (options.lora().isPresent()) {
              writeAdapter(folder.path(), program);
            } else {
              CheckpointCopy.write(
                  base.folder(), folder.path(), base.turns().take(program::checkpoint));
            }
          });
      ObjectNode description = JsonMapper.shared().createObjectNode();
      description.put("steps", totalSteps);
      description.put("examples", train.size());
      ArrayNode ids = description.putArray("skipped");
      skipped.forEach(ids::add);
      description.put("loss", loss);
      validationLoss.ifPresent(value -> description.put("validation_loss", value));
      identity.writeTo(description);
      folder.complete(description);
    }
  }
}
