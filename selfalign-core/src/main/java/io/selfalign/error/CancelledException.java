package io.selfalign.error;

/**
 * A call ended early because its thread was interrupted or its run cancelled. Results delivered
 * before it are complete and valid. When an interrupt was the cause, the thread's interrupt status
 * is still set.
 */
public final class CancelledException extends SelfAlignException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that says what was cancelled. */
  public CancelledException(String message) {
    super(message);
  }
}
