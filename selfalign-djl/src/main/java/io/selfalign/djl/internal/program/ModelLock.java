package io.selfalign.djl.internal.program;

import io.selfalign.error.CancelledException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The turns that calls of several threads take with a model program: while one has its turn, no
 * other runs. Turns are short (a decoding step, a pass over some tokens) and fair, so that a long
 * call does not hold up a short one. Thread-safe.
 */
public final class ModelLock {
  private final String modelName;
  private final @Nullable ModelLock parent;
  private final ReentrantLock lock;
  private volatile boolean closed;

  private ModelLock(String modelName, @Nullable ModelLock parent, ReentrantLock lock) {
    this.modelName = modelName;
    this.parent = parent;
    this.lock = lock;
  }

  /** The turns of a model that has just been opened. */
  public static ModelLock of(String modelName) {
    return new ModelLock(modelName, null, new ReentrantLock(true));
  }

  /** Those of another model over the same program, which ends earlier or at the same time. */
  public ModelLock share(String otherName) {
    return new ModelLock(otherName, this, lock);
  }

  /**
   * Waits for a turn and uses it.
   *
   * @throws CancelledException if the thread was interrupted
   * @throws IllegalStateException if the model is closed
   */
  public <T> T take(Supplier<T> action) {
    checkInterrupt();
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException("the calling thread was interrupted");
    }
    try {
      checkOpen();
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a turn and uses it. See {@link #take(Supplier)}. */
  public void take(Runnable action) {
    take(
        () -> {
          action.run();
          return true;
        });
  }

  /** Uses a turn in any case, to read a number or to free what a call holds. */
  public <T> T always(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  /** Uses a turn in any case. See {@link #always(Supplier)}. */
  public void always(Runnable action) {
    always(
        () -> {
          action.run();
          return true;
        });
  }

  /** Refuses further turns, and uses a last one. */
  public void close(Runnable last) {
    closed = true;
    always(last);
  }

  /** Whether further turns are refused. */
  public boolean isClosed() {
    return closed || (parent != null && parent.isClosed());
  }

  /**
   * Checks that no call should end.
   *
   * @throws CancelledException if the thread was interrupted
   * @throws IllegalStateException if the model is closed
   */
  public void checkMayGoOn() {
    checkInterrupt();
    checkOpen();
  }

  /**
   * Checks the thread.
   *
   * @throws CancelledException if it was interrupted
   */
  public static void checkInterrupt() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancelledException("the calling thread was interrupted");
    }
  }

  /**
   * Checks the model.
   *
   * @throws IllegalStateException if it is closed
   */
  public void checkOpen() {
    if (closed) {
      throw new IllegalStateException("model '" + modelName + "' is closed");
    }
    if (parent != null) {
      parent.checkOpen();
    }
  }
}
