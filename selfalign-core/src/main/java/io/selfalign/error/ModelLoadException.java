package io.selfalign.error;

/**
 * A model can't be opened: a file is missing or damaged, its architecture or a setting is not
 * supported, or a tensor is not there. The message names the file and what is supported or missing.
 */
public final class ModelLoadException extends SelfAlignException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names the file and what to change. */
  public ModelLoadException(String message) {
    super(message);
  }

  /** Creates the exception with a message that names the file and what to change. */
  public ModelLoadException(String message, Throwable cause) {
    super(message, cause);
  }
}
