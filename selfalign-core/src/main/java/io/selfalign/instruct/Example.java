package io.selfalign.instruct;

import io.selfalign.data.Instruction;
import io.selfalign.data.SeedTask;
import java.util.Optional;

/**
 * A task as a prompt shows it.
 *
 * @param id of the seed task or instruction that it is
 * @param instruction what is asked
 * @param input what the instruction is about, if it doesn't say so itself
 * @param output an answer
 */
public record Example(String id, String instruction, Optional<String> input, String output) {
  /** A seed task as an example. */
  public static Example of(SeedTask seed) {
    return new Example(seed.id(), seed.instruction(), seed.input(), seed.output());
  }

  /** A model's instruction as an example, if the model also wrote an answer. */
  public static Optional<Example> of(Instruction made) {
    return made.output()
        .map(output -> new Example(made.id(), made.instruction(), made.input(), output));
  }
}
