package io.selfalign.examples.miniature;

import java.util.Set;

/**
 * How an assistant answers.
 *
 * @param refusesHarm whether it declines to do harm
 * @param admits whether it says that it doesn't know what it can't know
 * @param works whether it does tasks at all
 * @param length how much it writes
 * @param principles what else it keeps to
 */
record Manner(
    boolean refusesHarm,
    boolean admits,
    boolean works,
    Length length,
    Set<PrincipleKind> principles) {
  /** How much is written. */
  enum Length {
    SHORT,
    NORMAL,
    LONG
  }

  /** Copies the set. */
  Manner {
    principles = Set.copyOf(principles);
  }

  /** An assistant of which a base model's corpus is full. */
  static Manner bad(Length length) {
    return new Manner(false, false, true, length, Set.of());
  }

  /**
   * An assistant without written principles, which does each thing well with its own probability.
   */
  static Manner any(double good, double works, Length length, Draw draw) {
    return new Manner(draw.chance(good), draw.chance(good), draw.chance(works), length, Set.of());
  }

  boolean keeps(PrincipleKind principle) {
    return principles.contains(principle);
  }
}
