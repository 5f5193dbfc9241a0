package io.selfalign.principle;

import io.selfalign.data.Query;

/**
 * What a model wrote after a frame's prompt, in the two parts in which it is asked.
 *
 * @param query what was asked
 * @param prompt what the model was shown
 * @param written thoughts and answer with the marker between them, as the model would have written
 *     them in one go; the thoughts alone if no answer follows them
 * @param reply the same, told apart
 * @param promptTokens the prompt's length in tokens
 * @param thoughtTokens how many tokens were generated for the thoughts, with those of the marker
 *     that ended them
 * @param answerTokens how many were generated for the answer; 0 if it was not asked for
 */
public record FrameReply(
    Query query,
    Prompt prompt,
    String written,
    Reply reply,
    int promptTokens,
    int thoughtTokens,
    int answerTokens) {
  /** How many tokens were generated. */
  public int generatedTokens() {
    return thoughtTokens + answerTokens;
  }
}
