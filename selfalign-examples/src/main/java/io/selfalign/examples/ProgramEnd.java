package io.selfalign.examples;

import io.selfalign.error.CancelledException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;

/**
 * How a program that runs a model ends when a signal tells it to (Ctrl-C, SIGTERM). The end of the
 * JVM destroys PyTorch's data, and a thread that is inside PyTorch then crashes the process. So the
 * program's thread is interrupted, as any host cancels a call, and the end waits until it has left:
 * a run or a training stops where it can be resumed, and says so.
 *
 * <p>The exit status is the signal's, as a shell shows it: 130 after Ctrl-C, 143 after SIGTERM.
 */
public final class ProgramEnd {
  private final Thread program = Thread.currentThread();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean awaited = new AtomicBoolean();
  private final Duration patience;

  /** To be made by the thread that calls {@link #exit} and the model. */
  public ProgramEnd() {
    this(Duration.ofMinutes(5)); // A pass of a training takes minutes with a large model.
  }

  /**
   * @param patience after which the JVM ends in spite of the program. It may crash then. {@link
   *     Runtime#halt} would not help, for it too lets PyTorch destroy its data.
   */
  ProgramEnd(Duration patience) {
    this.patience = patience;
  }

  /** Runs a program in this thread and ends the JVM with the status that it returns. */
  public void exit(IntSupplier run) {
    int status;
    try {
      status = run.getAsInt();
    } finally {
      ended.countDown();
    }
    System.exit(status);
  }

  /**
   * Makes the end of the JVM wait for the program. To be called before a model is opened and not
   * earlier: an interrupt doesn't end a read of standard input.
   *
   * @throws CancelledException if the JVM is ending already
   */
  public void awaitFromNowOn() {
    if (awaited.compareAndSet(false, true)) {
      try {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "selfalign-end"));
      } catch (IllegalStateException e) {
        throw new CancelledException("the program was told to end");
      }
    }
  }

  private void stop() {
    if (ended.getCount() == 0) {
      return;
    }
    program.interrupt();
    try {
      ended.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
