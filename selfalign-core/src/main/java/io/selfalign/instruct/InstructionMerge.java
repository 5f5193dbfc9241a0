package io.selfalign.instruct;

import io.selfalign.data.Instruction;
import io.selfalign.error.SelfAlignException;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Stage;
import io.selfalign.pipeline.StageContext;
import io.selfalign.pipeline.Unit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Merges instructions of several generators and shuffles them (arXiv 2305.03047, section 3.1). An
 * instruction's place derives from the run's seed and its id, so that it doesn't depend on the
 * order of the input; ids stay.
 */
public final class InstructionMerge implements Stage<Instruction, Instruction> {
  /** The stage's name. */
  public static final String NAME = "instructions";

  private static final int UNIT_SIZE = 1024;

  private record Placed(long place, Instruction instruction) {}

  /** A stage without options. */
  public InstructionMerge() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<Instruction> inputType() {
    return Instruction.class;
  }

  @Override
  public Class<Instruction> outputType() {
    return Instruction.class;
  }

  @Override
  public Settings settings() {
    return Settings.none();
  }

  @Override
  public void run(StageContext<Instruction, Instruction> context) {
    List<Instruction> instructions = context.input().toList();
    context.expect(instructions.size());
    Set<String> ids = new HashSet<>();
    for (Instruction instruction : instructions) {
      if (!ids.add(instruction.id())) {
        throw new SelfAlignException(
            "stage '" + NAME + "': two instructions have the id '" + instruction.id() + "'");
      }
    }
    List<Instruction> shuffled =
        instructions.stream()
            .map(instruction -> new Placed(place(context, instruction), instruction))
            .sorted(
                (a, b) ->
                    a.place() != b.place()
                        ? Long.compare(a.place(), b.place())
                        : a.instruction().id().compareTo(b.instruction().id()))
            .map(Placed::instruction)
            .toList();
    for (int start = (int) context.committedAdvance();
        start < shuffled.size();
        start += UNIT_SIZE) {
      List<Instruction> batch =
          shuffled.subList(start, Math.min(shuffled.size(), start + UNIT_SIZE));
      Unit.Builder<Instruction> unit = Unit.builder();
      batch.forEach(unit::keep);
      context.commit(unit.advance(batch.size()).build());
    }
  }

  private static long place(StageContext<?, ?> context, Instruction instruction) {
    return context.random(instruction.id()).bits(0, 0);
  }
}
