package io.selfalign.pipeline;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;

/**
 * How a pipeline runs. Of these only the seed decides what is made. Immutable.
 *
 * <pre>{@code
 * RunOptions.builder().seed(7).workers(4).listener(event -> log.info("{}", event)).build();
 * }</pre>
 */
public final class RunOptions {
  private final long seed;
  private final int workers;
  private final boolean restartWhenChanged;
  private final List<RunListener> listeners;

  private RunOptions(Builder builder) {
    seed = builder.seed;
    workers = builder.workers;
    restartWhenChanged = builder.restartWhenChanged;
    listeners = List.copyOf(builder.listeners);
  }

  /** Seed 0, one worker, no listener; a changed stage is refused. */
  public static RunOptions defaults() {
    return builder().build();
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder with these options. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.seed = seed;
    builder.workers = workers;
    builder.restartWhenChanged = restartWhenChanged;
    builder.listeners.addAll(listeners);
    return builder;
  }

  /** The seed from which all randomness of the run derives. */
  public long seed() {
    return seed;
  }

  /** How many units of a stage may be worked on at once. */
  public int workers() {
    return workers;
  }

  /** Whether a stage that the directory has with other options is begun anew. */
  public boolean restartWhenChanged() {
    return restartWhenChanged;
  }

  /** Who is told what happens. */
  public List<RunListener> listeners() {
    return listeners;
  }

  /** Collects options; not safe for use by several threads. */
  public static final class Builder {
    private long seed;
    private int workers = 1;
    private boolean restartWhenChanged;
    private final List<RunListener> listeners = new ArrayList<>();

    private Builder() {}

    /** The seed from which all randomness of the run derives, 0 by default. */
    @CanIgnoreReturnValue
    public Builder seed(long newSeed) {
      seed = newSeed;
      return this;
    }

    /**
     * How many units of a stage may be worked on at once, 1 by default. The output does not depend
     * on it.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    @CanIgnoreReturnValue
    public Builder workers(int newWorkers) {
      if (newWorkers < 1) {
        throw new IllegalArgumentException("workers is " + newWorkers + ", but must be 1 up");
      }
      workers = newWorkers;
      return this;
    }

    /**
     * What to do when the directory has a stage with other options, another seed or other input:
     * false, the default, refuses and says what differs; true begins that stage and all that depend
     * on it anew, and keeps what they had in the folder {@code aside}.
     */
    @CanIgnoreReturnValue
    public Builder restartWhenChanged(boolean restart) {
      restartWhenChanged = restart;
      return this;
    }

    /** Adds a listener. */
    @CanIgnoreReturnValue
    public Builder listener(RunListener listener) {
      listeners.add(listener);
      return this;
    }

    /** The options. */
    public RunOptions build() {
      return new RunOptions(this);
    }
  }
}
