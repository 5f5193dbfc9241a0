package io.selfalign.model;

/**
 * A prompt and how to continue it. Only the completion's tokens are learnt.
 *
 * <p>They are those that tokenising {@code prompt + completion} adds to the prompt's own, as with
 * {@link ScoreRequest}. A prompt should therefore not end in a space or inside a word.
 *
 * @param id names the example in messages, and decides its part in everything random
 * @param prompt the text before; empty to learn the whole text
 * @param completion the text to learn, not empty
 */
public record TrainingExample(String id, String prompt, String completion) {
  /**
   * Checks the example.
   *
   * @throws IllegalArgumentException if the id is blank, the completion is empty, or any text has
   *     an unpaired surrogate
   */
  public TrainingExample {
    if (id.isBlank()) {
      throw new IllegalArgumentException("a training example's id is blank");
    }
    Requests.checkUnicode("a training example's id", id);
    Requests.checkUnicode("example '" + id + "': the prompt", prompt);
    Requests.checkUnicode("example '" + id + "': the completion", completion);
    if (completion.isEmpty()) {
      throw new IllegalArgumentException("example '" + id + "': the completion is empty");
    }
  }
}
