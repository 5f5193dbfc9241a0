package io.selfalign.data;

/** A record of what was asked and what is answered to it: what a model can be trained on. */
public interface Answered extends Traceable {
  /** What was asked. Not blank. */
  String query();

  /** What is answered. Not blank. */
  String answer();

  /** Whether the answer came to its end; a model should not learn to stop where it didn't. */
  default boolean closed() {
    return true;
  }
}
