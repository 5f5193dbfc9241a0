package io.selfalign.data;

import java.util.List;
import java.util.Objects;

/**
 * A line of the ledger: something that was made and not kept.
 *
 * @param id what id it has or would have had
 * @param parents the ids of the records it was made from
 * @param reason the name of the reason for which it was dropped, such as {@code near_duplicate}
 * @param detail what the reason found, such as the id and similarity of the duplicate; may be empty
 * @param text the text that is not kept, whole
 */
public record Drop(String id, List<String> parents, String reason, String detail, String text)
    implements Traceable {
  /** Checks that id and reason are not blank, and copies the list. */
  public Drop {
    Objects.requireNonNull(detail, "detail");
    Objects.requireNonNull(text, "text");
    if (id.isBlank()) {
      throw new IllegalArgumentException("a drop's id is blank");
    }
    if (reason.isBlank()) {
      throw new IllegalArgumentException("the reason why '" + id + "' was dropped is blank");
    }
    parents = List.copyOf(parents);
  }
}
