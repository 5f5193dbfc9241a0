package io.selfalign.principle;

import io.selfalign.data.Cut;
import io.selfalign.data.Demonstration;
import java.util.List;

/**
 * What a model wrote after a prompt, told apart.
 *
 * @param thoughts what it thought, stripped; empty if there is nothing
 * @param answer what it answered, stripped, without a last word that may not be whole; empty if
 *     there is no answer
 * @param closed whether the answer came to its end: another turn or conversation follows, or the
 *     model ended the text
 * @param cuts what was cut off: with reason {@value Demonstration#TRIMMED} the last word of an
 *     answer that is not closed, with reason {@value #NEXT_TURN} what follows one that is
 */
public record Reply(String thoughts, String answer, boolean closed, List<Cut> cuts) {
  /** The reason of the cut that takes away what a model wrote after its answer. */
  public static final String NEXT_TURN = "next_turn";

  /** Copies the list. */
  public Reply {
    cuts = List.copyOf(cuts);
  }
}
