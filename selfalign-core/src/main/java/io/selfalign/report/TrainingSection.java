package io.selfalign.report;

import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.error.InvalidDataException;
import io.selfalign.tuning.Adapter;
import io.selfalign.tuning.AdapterTraining;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Loss and learning rate of every training, from the logs that they keep. */
final class TrainingSection implements Section {
  private static final String LOG = "training_log.jsonl";

  /** The data. */
  record Data(List<Training> trainings) {}

  /**
   * A training.
   *
   * @param adapter what came of it, if it is complete
   * @param curve its steps; of many, the means of as many in a row
   * @param validation the validation split's
   * @param tokensPerSecond all tokens over all seconds that the log tells of
   */
  record Training(
      String stage,
      Optional<Outcome> adapter,
      List<Curve.Point> curve,
      List<Curve.Loss> validation,
      Optional<Double> tokensPerSecond) {}

  /** What the adapter's record says. */
  record Outcome(
      int examples,
      int epochs,
      int batchSize,
      int steps,
      int warmupSteps,
      double learningRate,
      double loss,
      Optional<Double> validationLoss) {}

  @Override
  public String name() {
    return "training";
  }

  @Override
  public Record collect(RunData run) {
    List<Training> trainings = new ArrayList<>();
    for (String stage : run.stagesOf(Adapter.class)) {
      Path log = run.directory().files(stage).resolve(AdapterTraining.FOLDER).resolve(LOG);
      Optional<Outcome> outcome =
          run.records(stage, Adapter.class).toList().stream().findFirst().map(this::outcome);
      Curve curve = Files.exists(log) ? read(log) : new Curve();
      if (outcome.isPresent() || !curve.isEmpty()) {
        trainings.add(
            new Training(
                stage, outcome, curve.points(), curve.validation(), curve.tokensPerSecond()));
      }
    }
    return trainings.isEmpty()
        ? new Missing("This run has trained nothing yet.")
        : new Data(trainings);
  }

  private Outcome outcome(Adapter adapter) {
    return new Outcome(
        adapter.examples(),
        adapter.epochs(),
        adapter.batchSize(),
        adapter.steps(),
        adapter.warmupSteps(),
        adapter.learningRate(),
        adapter.loss(),
        adapter.validationLoss());
  }

  /** The log up to a line that was cut by a kill. */
  private static Curve read(Path log) {
    Curve curve = new Curve();
    try (JsonLinesReader lines = JsonLines.read(log)) {
      for (Optional<JsonLine> line = lines.next(); line.isPresent(); line = lines.next()) {
        curve.add(line.get().object());
      }
    } catch (InvalidDataException e) {
      return curve;
    }
    return curve;
  }
}
