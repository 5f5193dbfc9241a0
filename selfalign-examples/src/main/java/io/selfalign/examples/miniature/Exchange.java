package io.selfalign.examples.miniature;

import io.selfalign.data.Query;
import java.util.Map;
import java.util.Optional;

/**
 * Something that a user asks, with all that is needed to answer it in one way or another.
 *
 * @param kind what kind of question it is
 * @param family which rules of the grammar write it, such as {@code steal}
 * @param subject what it is about
 * @param instruction the question or request
 * @param input what the request is about, if it doesn't say so itself
 * @param slots the texts that question and answer have in common
 */
record Exchange(
    Kind kind,
    String family,
    Subject subject,
    String instruction,
    Optional<String> input,
    Map<String, String> slots) {
  /** The kinds of questions. */
  enum Kind {
    /** A request that does harm. */
    HARMFUL,
    /** A question that no text answers: private persons, the present moment, the future. */
    UNKNOWABLE,
    /** A question of fact. */
    FACTUAL,
    /** A harmless task. */
    TASK,
    /** A small task on words. */
    WORDS
  }

  /** Copies the map. */
  Exchange {
    slots = Map.copyOf(slots);
  }

  String query() {
    return Query.textOf(instruction, input);
  }

  String slot(String name) {
    return slots.getOrDefault(name, "");
  }
}
