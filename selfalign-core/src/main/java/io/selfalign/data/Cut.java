package io.selfalign.data;

/**
 * A part of a generated text that was cut off or out while the rest was kept.
 *
 * @param reason the name of the reason for which it was cut, such as {@code trimmed}
 * @param text what was cut
 */
public record Cut(String reason, String text) {
  /** Checks that the reason is not blank. */
  public Cut {
    FieldChecks.checkLine("reason", reason);
  }
}
