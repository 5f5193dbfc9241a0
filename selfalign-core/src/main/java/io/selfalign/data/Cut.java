package io.selfalign.data;

/**
 * A part of a generated text that was cut off or out while the rest was kept.
 *
 * @param rule the name of the rule by which it was cut, such as {@code trimmed}
 * @param text what was cut
 */
public record Cut(String rule, String text) {
  /** Checks that the rule is not blank. */
  public Cut {
    FieldChecks.checkLine("rule", rule);
  }
}
