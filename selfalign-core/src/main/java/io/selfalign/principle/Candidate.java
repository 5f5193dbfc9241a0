package io.selfalign.principle;

import io.selfalign.answer.FrameSpeech;
import io.selfalign.data.Query;
import java.util.List;

/**
 * An answer that may become a demonstration, as filters see it.
 *
 * @param query what was asked
 * @param prompt what the model was shown
 * @param written what it wrote after the prompt, as it was
 * @param reply the same, told apart; of its answer repeated sentences are cut already
 * @param mentions the principles that its thoughts name
 * @param speech finds what speaks of the frame that the prompt is of
 */
public record Candidate(
    Query query,
    Prompt prompt,
    String written,
    Reply reply,
    PrincipleMentions mentions,
    FrameSpeech speech) {
  /** The exemplars that the prompt showed. */
  public List<Exemplar> exemplars() {
    return prompt.exemplars();
  }

  /** What the model answered. */
  public String answer() {
    return reply.answer();
  }
}
