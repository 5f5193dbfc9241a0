package io.selfalign.error;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A training's loss or gradient is no longer a finite number, the loss has exploded, or the
 * gradient is 0 because values have overflowed. No checkpoint was written of the step in which it
 * was seen; what the step before has left is what has diverged.
 */
public final class TrainingDivergedException extends SelfAlignException {
  private static final long serialVersionUID = 1L;

  private final int step;
  private final transient @Nullable Path lastCheckpoint;

  /**
   * Creates the exception.
   *
   * @param step the optimizer step, from 1 on
   * @param lastCheckpoint the newest checkpoint that is known to be good, if there is one
   * @param message what happened and what to change
   */
  public TrainingDivergedException(int step, Optional<Path> lastCheckpoint, String message) {
    super(message);
    this.step = step;
    this.lastCheckpoint = lastCheckpoint.orElse(null);
  }

  /** The optimizer step, from 1 on. */
  public int step() {
    return step;
  }

  /** The newest checkpoint that a step was made from since, if there is one. */
  public Optional<Path> lastCheckpoint() {
    return Optional.ofNullable(lastCheckpoint);
  }
}
