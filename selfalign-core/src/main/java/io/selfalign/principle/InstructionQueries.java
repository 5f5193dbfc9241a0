package io.selfalign.principle;

import io.selfalign.data.Instruction;
import io.selfalign.data.Query;
import io.selfalign.pipeline.BatchStage;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Unit;
import io.selfalign.pipeline.UnitContext;
import java.util.List;
import java.util.Optional;

/**
 * Makes queries of the instructions that a model wrote: instruction and input as one text, with the
 * instruction as parent, its generator as source, and its type of question.
 */
public final class InstructionQueries implements BatchStage<Instruction, Query> {
  /** The stage's name. */
  public static final String NAME = "queries";

  /** Creates the stage. */
  public InstructionQueries() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<Instruction> inputType() {
    return Instruction.class;
  }

  @Override
  public Class<Query> outputType() {
    return Query.class;
  }

  @Override
  public Settings settings() {
    return Settings.none();
  }

  @Override
  public int unitSize() {
    return 1024;
  }

  @Override
  public Unit<Query> process(List<Instruction> batch, UnitContext context) {
    Unit.Builder<Query> unit = Unit.builder();
    for (Instruction instruction : batch) {
      unit.keep(
          new Query(
              "query-" + instruction.id(),
              List.of(instruction.id()),
              Query.textOf(instruction.instruction(), instruction.input()),
              Optional.of(instruction.generator()),
              instruction.questionType()));
    }
    return unit.build();
  }
}
