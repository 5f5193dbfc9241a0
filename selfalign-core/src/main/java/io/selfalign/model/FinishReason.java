package io.selfalign.model;

/** Why a generation ended. */
public enum FinishReason {
  /** A stop string appeared; the text ends before it. */
  STOP,
  /** The new-token limit was reached. */
  LENGTH,
  /** The model ended the sequence by itself. */
  END_OF_SEQUENCE
}
