package io.selfalign.tuning;

import io.selfalign.data.Traceable;
import io.selfalign.error.InvalidDataException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A trained adapter, which lies in the files of the stage that trained it.
 *
 * @param id {@code adapter-} and the stage's name
 * @param parents the ids of all pairs that it was trained on
 * @param stage the name of the stage that trained it
 * @param folder where it lies, relative to the stage's files; in PEFT's format
 * @param sha256 the SHA-256 of its configuration and weights, in hexadecimal
 * @param model the fingerprint of the model that it belongs to
 * @param prompt the prompt that it was trained under, and has to be used with
 * @param examples how many pairs were trained on, those of a validation split not included
 * @param epochs how many times each was seen
 * @param batchSize how many made an optimizer step
 * @param steps how many optimizer steps were made
 * @param warmupSteps for how many of them the learning rate rose
 * @param learningRate the peak learning rate
 * @param loss the mean negative log-probability of a completion token over the last step's batch
 * @param validationLoss that of the validation split after the last step, if there is one
 */
public record Adapter(
    String id,
    List<String> parents,
    String stage,
    String folder,
    String sha256,
    String model,
    ChatPrompt prompt,
    int examples,
    int epochs,
    int batchSize,
    int steps,
    int warmupSteps,
    double learningRate,
    double loss,
    Optional<Double> validationLoss)
    implements Traceable {
  /** Copies the list. */
  public Adapter {
    parents = List.copyOf(parents);
  }

  /**
   * Where the adapter is, after a look whether it is as it was trained.
   *
   * @param files the folder of the stage's files
   * @throws InvalidDataException if it isn't
   */
  public Path locate(Path files) {
    Path path = files.resolve(folder);
    String found = AdapterFiles.sha256(path);
    if (!found.equals(sha256)) {
      throw new InvalidDataException(
          path
              + ": the adapter is not as it was trained, its SHA-256 is "
              + found
              + " and not "
              + sha256
              + "; restore it from a copy, or set stage '"
              + stage
              + "' aside with RunDirectory.setAside and run again");
    }
    return path;
  }
}
