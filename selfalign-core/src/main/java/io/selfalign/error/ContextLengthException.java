package io.selfalign.error;

/**
 * A request does not fit the model's context. Nothing was cut and no request of the call was
 * started: shorten the prompt named by {@link #requestId()}, or ask for fewer new tokens.
 */
public final class ContextLengthException extends SelfAlignException {
  private static final long serialVersionUID = 1L;

  private final String requestId;
  private final int promptTokens;
  private final int newTokens;
  private final int contextLength;

  /**
   * Creates the exception.
   *
   * @param requestId the id of the request that doesn't fit
   * @param promptTokens the length of its prompt in tokens
   * @param newTokens how many tokens would follow: the new-token limit, or a continuation's length
   * @param contextLength the model's limit in tokens
   */
  public ContextLengthException(
      String requestId, int promptTokens, int newTokens, int contextLength) {
    super(
        String.format(
            "request '%s' needs %d tokens (prompt %d + new %d), but the model's context is %d;"
                + " shorten the prompt or ask for fewer new tokens",
            requestId, (long) promptTokens + newTokens, promptTokens, newTokens, contextLength));
    this.requestId = requestId;
    this.promptTokens = promptTokens;
    this.newTokens = newTokens;
    this.contextLength = contextLength;
  }

  /** The id of the request that doesn't fit. */
  public String requestId() {
    return requestId;
  }

  /** The length of the request's prompt in tokens. */
  public int promptTokens() {
    return promptTokens;
  }

  /** How many tokens were to follow the prompt. */
  public int newTokens() {
    return newTokens;
  }

  /** The model's limit in tokens. */
  public int contextLength() {
    return contextLength;
  }
}
