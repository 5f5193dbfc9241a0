package io.selfalign.eval;

import io.selfalign.data.Traceable;
import java.util.Optional;

/**
 * Two replies to a conversation, of which people prefer one.
 *
 * @param id identifies the pair in its benchmark
 * @param group its subtask, if it has one
 * @param input the conversation so far: a request, or turns of {@code Human:} and {@code
 *     Assistant:}
 * @param better the reply that people prefer
 * @param worse the other
 */
public record ReplyPair(
    String id, Optional<String> group, String input, String better, String worse)
    implements Traceable {
  /**
   * Checks the pair.
   *
   * @throws IllegalArgumentException if a text is blank, or the replies are the same
   */
  public ReplyPair {
    Texts.check("id", id);
    group.ifPresent(text -> Texts.check("group", text));
    Texts.check("input", input);
    Texts.check("better", better);
    Texts.check("worse", worse);
    if (better.equals(worse)) {
      throw new IllegalArgumentException("both replies are the same");
    }
  }
}
