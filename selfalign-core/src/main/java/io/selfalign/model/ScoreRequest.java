package io.selfalign.model;

/**
 * A continuation to score after a prompt.
 *
 * <p>The continuation's tokens are those that tokenising {@code prompt + continuation} adds to the
 * prompt's own: with {@code n} tokens in the prompt, all from the {@code n}-th on. A prompt should
 * therefore not end in a space or inside a word: the space belongs to the continuation.
 *
 * @param id identifies the request within its call
 * @param prompt the text before, not empty
 * @param continuation the text to score, not empty
 */
public record ScoreRequest(String id, String prompt, String continuation) {
  /**
   * Checks the request.
   *
   * @throws IllegalArgumentException if the id is blank, a text is empty, or any of them has an
   *     unpaired surrogate
   */
  public ScoreRequest {
    Requests.checkId(id);
    Requests.checkPrompt(id, prompt);
    Requests.checkText(id, "continuation", continuation);
  }
}
