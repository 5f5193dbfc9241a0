package io.selfalign.model;

/**
 * How the learning rate goes over the optimizer steps, as the schedules of those names in
 * transformers do: with W warm-up steps of N in all, step i (from 0 on) has the peak rate times i /
 * W while i is below W, so that the first step of a warm-up changes nothing. After that it is, with
 * p = (i - W) / (N - W),
 */
public enum LearningRateSchedule {
  /** the peak rate. */
  CONSTANT,
  /** the peak rate times 1 - p. */
  LINEAR,
  /** the peak rate times (1 + cos(pi p)) / 2. */
  COSINE;

  /**
   * What the peak learning rate is multiplied by.
   *
   * @param step the optimizer step, from 0 on
   * @param warmupSteps how many steps the rate rises
   * @param totalSteps how many steps there are in all
   */
  public double factor(long step, long warmupSteps, long totalSteps) {
    if (step < warmupSteps) {
      return (double) step / warmupSteps;
    }
    double progress =
        Math.min(1, (double) (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
    return switch (this) {
      case CONSTANT -> 1;
      case LINEAR -> 1 - progress;
      case COSINE -> 0.5 * (1 + Math.cos(Math.PI * progress));
    };
  }
}
