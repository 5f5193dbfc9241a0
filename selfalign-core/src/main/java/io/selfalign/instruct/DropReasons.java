package io.selfalign.instruct;

import com.google.common.collect.ImmutableSortedSet;

/** The reasons of the ledger that are no filters. Their names are part of the file format. */
final class DropReasons {
  /** The model was stopped while it wrote this. */
  static final String CUT_OFF = "cut_off";

  /** A label or number with nothing after it. */
  static final String EMPTY = "empty";

  /** Text that belongs to nothing that was asked for. */
  static final String STRAY_TEXT = "stray_text";

  /** Too like something kept before, or a seed. */
  static final String NEAR_DUPLICATE = "near_duplicate";

  /** Good, but there are enough. */
  static final String SURPLUS = "surplus";

  /** The prompt doesn't fit the model's context with any example; nothing was generated. */
  static final String PROMPT_TOO_LONG = "prompt_too_long";

  /** A line that does not repeat its own hint where it has to, or that has another. */
  static final String WRONG_HINT = "wrong_hint";

  static final ImmutableSortedSet<String> RESERVED =
      ImmutableSortedSet.of(
          CUT_OFF, EMPTY, STRAY_TEXT, NEAR_DUPLICATE, SURPLUS, PROMPT_TOO_LONG, WRONG_HINT);

  private DropReasons() {}
}
