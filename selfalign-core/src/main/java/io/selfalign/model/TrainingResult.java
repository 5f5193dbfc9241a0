package io.selfalign.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What came of a training.
 *
 * @param folder where the adapter, or the checkpoint if all weights were trained, is
 * @param steps how many optimizer steps were made in all, those before a resume included
 * @param examples how many examples were trained on
 * @param skipped the ids of the examples that were too long, in order
 * @param loss the mean negative log-probability of a completion token over the last step's batch
 * @param validationLoss that of the validation split after the last step, if there is one
 */
public record TrainingResult(
    Path folder,
    int steps,
    int examples,
    List<String> skipped,
    double loss,
    Optional<Double> validationLoss) {
  /** Copies the list. */
  public TrainingResult {
    skipped = List.copyOf(skipped);
  }
}
