package io.selfalign.error;

/**
 * Something outside the program is not as it should be: a file, a model, a record, a device.
 *
 * <p>The message names what is wrong, the actual and the expected value, where it is, and what to
 * change. Programming errors are {@link IllegalArgumentException} and {@link IllegalStateException}
 * instead.
 */
public class SelfAlignException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that says what to change. */
  public SelfAlignException(String message) {
    super(message);
  }

  /** Creates the exception with a message that says what to change, and its cause. */
  public SelfAlignException(String message, Throwable cause) {
    super(message, cause);
  }
}
