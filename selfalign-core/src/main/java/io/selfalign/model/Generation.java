package io.selfalign.model;

import java.util.List;
import java.util.Optional;

/**
 * The continuation of one request's prompt.
 *
 * @param id the request's id
 * @param text the text that follows the prompt, without the stop string and without special tokens
 * @param tokenIds every token that was generated, in order, including those that spelled the stop
 *     string and the end-of-sequence token
 * @param finishReason why the generation ended
 * @param stop the stop string that ended it, present if and only if the reason is {@link
 *     FinishReason#STOP}
 * @param promptTokens the length of the prompt in tokens
 */
public record Generation(
    String id,
    String text,
    List<Integer> tokenIds,
    FinishReason finishReason,
    Optional<String> stop,
    int promptTokens) {
  /** Copies the list. */
  public Generation {
    tokenIds = List.copyOf(tokenIds);
    if (stop.isPresent() != (finishReason == FinishReason.STOP)) {
      throw new IllegalArgumentException(
          "stop string " + stop + " does not go with finish reason " + finishReason);
    }
  }
}
