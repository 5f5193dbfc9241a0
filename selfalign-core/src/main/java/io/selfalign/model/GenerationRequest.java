package io.selfalign.model;

/**
 * A prompt to continue.
 *
 * @param id identifies the request within its call; its randomness derives from it, so the same id,
 *     prompt, options and seed give the same text in any batch
 * @param prompt the whole text to continue, not empty
 */
public record GenerationRequest(String id, String prompt) {
  /**
   * Checks the request.
   *
   * @throws IllegalArgumentException if the id is blank, a text is empty, or any of them has an
   *     unpaired surrogate
   */
  public GenerationRequest {
    Requests.checkId(id);
    Requests.checkPrompt(id, prompt);
  }
}
