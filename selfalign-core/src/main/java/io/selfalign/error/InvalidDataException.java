package io.selfalign.error;

/**
 * A file or record can't be read as what it should be. The message starts with the place, such as
 * {@code seeds.jsonl:17: field 'instruction' is blank}. Correct the input and run again.
 */
public final class InvalidDataException extends SelfAlignException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that starts with the place. */
  public InvalidDataException(String message) {
    super(message);
  }

  /** Creates the exception with a message that starts with the place, and its cause. */
  public InvalidDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
