package io.selfalign.principle;

import io.selfalign.data.Query;
import java.util.List;

/**
 * An answer that may become a demonstration, as filters see it.
 *
 * @param query what was asked
 * @param reply what the model wrote, told apart; of its answer repeated sentences are cut already
 * @param mentions the rules that its thoughts name
 * @param exemplars the exemplars that the prompt showed
 */
public record Candidate(Query query, Reply reply, RuleMentions mentions, List<Exemplar> exemplars) {
  /** Copies the list. */
  public Candidate {
    exemplars = List.copyOf(exemplars);
  }

  /** What the model answered. */
  public String answer() {
    return reply.answer();
  }
}
