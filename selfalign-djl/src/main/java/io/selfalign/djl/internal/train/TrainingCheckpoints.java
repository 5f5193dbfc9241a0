package io.selfalign.djl.internal.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.djl.internal.checkpoint.DurableFiles;
import io.selfalign.djl.internal.checkpoint.SafeTensors;
import io.selfalign.djl.internal.checkpoint.SafeTensorsWriter;
import io.selfalign.djl.internal.program.TrainingProgram;
import io.selfalign.error.ModelLoadException;
import io.selfalign.model.TrainingOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes a training's checkpoints, and goes back to them. */
final class TrainingCheckpoints {
  private static final String STATE = "training_state.safetensors";
  private static final String POSITION = "training_state.json";

  private final TrainingFolder folder;
  private final Trainer.Base base;
  private final TrainingIdentity identity;
  private final TrainingOptions options;

  /**
   * Where a training is.
   *
   * @param step the last step that was made; 0 at the beginning
   * @param firstLoss the loss of the first step, NaN before it
   * @param loss the loss of the last step, NaN before the first
   * @param validationLoss the last one measured
   */
  record Position(int step, double firstLoss, double loss, Optional<Double> validationLoss) {
    static final Position BEGINNING = new Position(0, Double.NaN, Double.NaN, Optional.empty());

    static Position read(JsonNode json) {
      return new Position(
          json.path("step").asInt(),
          json.path("first_loss").asDouble(),
          json.path("loss").asDouble(),
          TrainingFolder.number(json, "validation_loss"));
    }

    ObjectNode json() {
      ObjectNode json = JsonMapper.shared().createObjectNode();
      json.put("step", step);
      json.put("first_loss", firstLoss);
      json.put("loss", loss);
      validationLoss.ifPresent(value -> json.put("validation_loss", value));
      return json;
    }
  }

  TrainingCheckpoints(
      TrainingFolder folder,
      Trainer.Base base,
      TrainingIdentity identity,
      TrainingOptions options) {
    this.folder = folder;
    this.base = base;
    this.identity = identity;
    this.options = options;
  }

  /** Writes a checkpoint, and deletes those that are older than the newest ones to keep. */
  Path write(TrainingProgram program, Position position) {
    return folder.checkpoint(
        position.step(),
        options.keepCheckpoints(),
        temporary -> {
          SafeTensorsWriter.write(temporary.resolve(STATE), Map.of(), program.state(base.turns()));
          if (options.lora().isPresent()) {
            base.writeAdapter(temporary, program);
          }
          ObjectNode json = position.json();
          identity.writeTo(json.putObject("training"));
          DurableFiles.write(
              temporary.resolve(POSITION), (json.toPrettyString() + "\n").getBytes(UTF_8));
        });
  }

  /**
   * Goes back to the newest checkpoint.
   *
   * @return where that is
   * @throws ModelLoadException if it is damaged, with what to do about it
   */
  Position restore(TrainingProgram program) {
    Optional<Path> newest = folder.newestCheckpoint();
    if (newest.isEmpty()) {
      return Position.BEGINNING;
    }
    Position position = restore(program, newest.get());
    // A kill may have come before the older ones were deleted; now they are not needed.
    folder.keepNewest(options.keepCheckpoints());
    return position;
  }

  private Position restore(TrainingProgram program, Path checkpoint) {
    Path file = checkpoint.resolve(POSITION);
    try {
      JsonNode json = TrainingFolder.json(file);
      identity.check(json.path("training"), file);
      try (SafeTensors state = SafeTensors.openFile(checkpoint.resolve(STATE))) {
        base.turns().take(() -> program.restore(state));
      }
      return Position.read(json);
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
}
