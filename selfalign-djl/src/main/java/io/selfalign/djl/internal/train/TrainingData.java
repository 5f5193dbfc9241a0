package io.selfalign.djl.internal.train;

import io.selfalign.data.RecordRandom;
import io.selfalign.error.InvalidDataException;
import io.selfalign.model.TrainingOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * What there is to learn.
 *
 * @param train the examples that are trained on
 * @param validation those that are only measured
 * @param skipped the ids of those that were too long
 */
record TrainingData(
    List<TokenizedExample> train, List<TokenizedExample> validation, List<String> skipped) {
  /**
   * Draws the validation split, by the examples' ids.
   *
   * @throws InvalidDataException if there is nothing to train on
   */
  static TrainingData split(
      List<TokenizedExample> examples, List<String> skipped, TrainingOptions options) {
    List<TokenizedExample> train = new ArrayList<>();
    List<TokenizedExample> validation = new ArrayList<>();
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
                      + " give more, raise maxLength, or lower the share of the split",
                  skipped.size(), validation.size()));
    }
    return new TrainingData(train, validation, skipped);
  }

  /** The examples of both kinds. */
  List<TokenizedExample> all() {
    List<TokenizedExample> all = new ArrayList<>(train);
    all.addAll(validation);
    return all;
  }
}
