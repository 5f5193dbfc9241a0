package io.selfalign.djl.internal.train;

import io.selfalign.djl.internal.checkpoint.AdapterFolder;
import io.selfalign.djl.internal.checkpoint.CheckpointCopy;
import io.selfalign.djl.internal.checkpoint.LoraAdapter;
import io.selfalign.djl.internal.checkpoint.ModelConfig;
import io.selfalign.djl.internal.program.DecoderProgram;
import io.selfalign.djl.internal.program.ModelLock;
import io.selfalign.djl.internal.program.TrainingProgram;
import io.selfalign.djl.internal.train.TrainingCheckpoints.Position;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.model.TrainingEvent;
import io.selfalign.model.TrainingOptions;
import io.selfalign.model.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One training: what it starts from, whether it may write to its folder, and what it leaves there.
 * Used once, by one thread; the model program is used in turns with other calls.
 */
public final class Trainer {
  private final Base base;
  private final TrainingOptions options;
  private final TrainingData data;
  private final Consumer<? super TrainingEvent> listener;

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
      ModelLock turns) {
    /** Writes the adapter that a program has trained so far into a folder that is there. */
    void writeAdapter(Path target, TrainingProgram trained) throws IOException {
      LoraAdapter adapter = turns.take(trained::adapter);
      AdapterFolder.write(target, adapter, config, name, fingerprint);
    }
  }

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
    this.listener = listener;
    data = TrainingData.split(examples, skipped, options);
  }

  /** Trains, or goes on with a training. See {@link io.selfalign.model.TrainableModel#train}. */
  public TrainingResult run(Path path) {
    checkTarget(path);
    try (TrainingFolder folder = TrainingFolder.open(path)) {
      TrainingIdentity identity =
          new TrainingIdentity(
              base.fingerprint() + "-" + base.type(),
              options,
              options.initialAdapter().map(AdapterFolder::fingerprint).orElse(""),
              data.all());
      if (!options.resume()) {
        checkIsNew(folder);
      }
      Optional<JsonNode> complete = folder.complete();
      if (complete.isPresent()) {
        identity.check(complete.get(), path.resolve(TrainingFolder.COMPLETE));
        folder.checkResult(options.lora().isPresent() ? AdapterFolder.FILES : CheckpointCopy.FILES);
        JsonNode end = complete.get();
        return result(
            path,
            end.path("steps").asInt(),
            end.path("loss").asDouble(),
            TrainingFolder.number(end, "validation_loss"));
      }
      TrainingProgram program = program();
      try {
        Position end =
            new TrainingLoop(base, program, options, data, folder, listener)
                .run(new TrainingCheckpoints(folder, base, identity, options));
        finish(folder, program, end, identity);
        return result(path, end.step(), end.loss(), end.validationLoss());
      } finally {
        base.turns().always(program::close);
      }
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

  private static void checkIsNew(TrainingFolder folder) {
    folder
        .contents()
        .ifPresent(
            found -> {
              throw new SelfAlignException(
                  String.format(
                      "%s: has a training already (%s); resume it, or choose another folder",
                      folder.path(), found));
            });
  }

  private TrainingProgram program() {
    if (options.lora().isEmpty()) {
      return base.turns().take(() -> TrainingProgram.ofAllWeights(base.program()));
    }
    LoraAdapter initial =
        options
            .initialAdapter()
            .map(folder -> AdapterFolder.read(folder, base.config(), base::fingerprint))
            .orElseGet(
                () ->
                    LoraInitialization.fresh(
                        options.lora().orElseThrow(), base.config(), options.seed()));
    return base.turns().take(() -> TrainingProgram.of(base.program(), initial));
  }

  private TrainingResult result(
      Path path, int steps, double loss, Optional<Double> validationLoss) {
    return new TrainingResult(
        path, steps, data.train().size(), data.skipped(), loss, validationLoss);
  }

  private void finish(
      TrainingFolder folder, TrainingProgram program, Position end, TrainingIdentity identity) {
    folder.write(
        () -> {
          if (options.lora().isPresent()) {
            base.writeAdapter(folder.path(), program);
          } else {
            CheckpointCopy.write(base.folder(), folder.path(), program.checkpoint(base.turns()));
          }
        });
    ObjectNode description = JsonMapper.shared().createObjectNode();
    description.put("steps", end.step());
    description.put("examples_trained", data.train().size());
    ArrayNode ids = description.putArray("skipped");
    data.skipped().forEach(ids::add);
    description.put("loss", end.loss());
    end.validationLoss().ifPresent(value -> description.put("validation_loss", value));
    identity.writeTo(description);
    folder.complete(description);
  }
}
