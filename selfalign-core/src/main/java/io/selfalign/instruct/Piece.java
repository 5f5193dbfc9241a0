package io.selfalign.instruct;

import java.util.Optional;

/** A part of what a model wrote: something that was asked for, or what isn't. */
public sealed interface Piece {
  /** What the model wrote, without white space around it. */
  String raw();

  /**
   * A task of a list.
   *
   * @param instruction what is asked; empty if only a label was written
   * @param input what it is about, if the model gave something
   * @param output an answer, if the model gave one
   * @param cutOff whether the model was stopped while it wrote this
   */
  record Task(
      String raw,
      String instruction,
      Optional<String> input,
      Optional<String> output,
      boolean cutOff)
      implements Piece {}

  /**
   * A line of a list.
   *
   * @param number the line's number: as written, or the one that is due
   * @param text what follows the number
   * @param cutOff whether the model was stopped while it wrote this
   */
  record Line(String raw, int number, String text, boolean cutOff) implements Piece {}

  /** Text that belongs to nothing. */
  record Stray(String raw) implements Piece {}
}
