package io.selfalign.tuning;

import io.selfalign.model.TrainingOptions;

/**
 * Fits batch size, epochs and warm-up to the number of examples. The paper's values are for a
 * quarter of a million: with 300 they would make one optimizer step, at a learning rate of zero.
 */
final class DataScale {
  /** As many optimizer steps as in the paper, as long as batches stay large enough. */
  static final int STEPS = 335;

  /** Smaller batches are too noisy for the paper's learning rate. */
  static final int LEAST_BATCH = 16;

  /** With fewer optimizer steps than these, examples are seen more than once, ... */
  static final int LEAST_STEPS = 100;

  /** ... but no more often than this: further epochs are learnt by heart. */
  static final int MOST_EPOCHS = 3;

  private DataScale() {}

  /**
   * Options for so many examples.
   *
   * @param large the options for a large set, of which batch size and warm-up are the most there
   *     may be, and epochs the least
   */
  static TrainingOptions fit(TrainingOptions large, long examples) {
    long wanted = Math.max(LEAST_BATCH, ceil(examples, STEPS));
    int batchSize = (int) Math.min(large.batchSize(), wanted);
    long stepsPerEpoch = Math.max(1, ceil(examples, batchSize));
    int repeated = (int) Math.min(MOST_EPOCHS, ceil(LEAST_STEPS, stepsPerEpoch));
    int epochs = Math.max(large.epochs(), repeated);
    int warmupSteps = (int) Math.min(large.warmupSteps(), stepsPerEpoch * epochs * 3 / 10);
    return large.toBuilder().batchSize(batchSize).epochs(epochs).warmupSteps(warmupSteps).build();
  }

  private static long ceil(long a, long b) {
    return (a + b - 1) / b;
  }
}
