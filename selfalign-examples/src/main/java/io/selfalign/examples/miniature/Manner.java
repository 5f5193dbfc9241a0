package io.selfalign.examples.miniature;

import java.util.Set;

/**
 * How an assistant answers.
 *
 * @param refusesHarm whether it declines to do harm
 * @param admits whether it says that it doesn't know what it can't know
 * @param works whether it does tasks at all
 * @param length how much it writes
 * @param rules what else it keeps to
 */
record Manner(
    boolean refusesHarm, boolean admits, boolean works, Length length, Set<RuleKind> rules) {
  /** How much is written. */
  enum Length {
    SHORT,
    NORMAL,
    LONG
  }

  /** Copies the set. */
  Manner {
    rules = Set.copyOf(rules);
  }

  /** An assistant of which a base model's corpus is full. */
  static Manner bad(Length length) {
    return new Manner(false, false, true, length, Set.of());
  }

  /** An assistant without written rules, which does each thing well with its own probability. */
  static Manner any(double good, double works, Length length, Draw draw) {
    return new Manner(draw.chance(good), draw.chance(good), draw.chance(works), length, Set.of());
  }

  boolean keeps(RuleKind rule) {
    return rules.contains(rule);
  }
}
