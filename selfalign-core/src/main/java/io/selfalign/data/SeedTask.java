package io.selfalign.data;

import java.util.Optional;

/**
 * A task with its answer, from which others descend: Self-Instruct shows a few of them to the model
 * as examples and lets it continue.
 *
 * <p>In JSON Lines, {@code isClassification} is the field {@code is_classification}, and an absent
 * input is null.
 *
 * @param id identifies the task among the seeds, and in what descends from it
 * @param instruction what is asked
 * @param input what the instruction is about, where it doesn't say so itself; never blank
 * @param output a right answer
 * @param isClassification whether the answer is one of a few labels that the instruction names
 */
public record SeedTask(
    String id, String instruction, Optional<String> input, String output, boolean isClassification)
    implements Traceable {
  /**
   * Checks the task.
   *
   * @throws IllegalArgumentException if a text is blank or has an unpaired surrogate
   */
  public SeedTask {
    FieldChecks.checkText("id", id);
    FieldChecks.checkText("instruction", instruction);
    input.ifPresent(text -> FieldChecks.checkText("input", text));
    FieldChecks.checkText("output", output);
  }
}
