package io.selfalign.pipeline;

import io.selfalign.data.Traceable;
import java.util.List;

/**
 * A stage that treats every input record by itself, many at a time. The pipeline cuts the input
 * into units, runs them, on several threads if told to, and commits them in the input's order.
 *
 * @param <I> the input's type, a Java record
 * @param <O> the output's type, a Java record
 */
public interface BatchStage<I extends Traceable, O extends Traceable> extends Stage<I, O> {
  /** How many input records a unit has, at least 1. Does not change what is made of a record. */
  default int unitSize() {
    return 64;
  }

  /** Whether {@link #process} may be called by several threads at once. */
  default boolean parallel() {
    return true;
  }

  /**
   * Makes a unit's records. What it makes of a record must not depend on the others of the batch.
   *
   * @param batch at least one input record, at most {@link #unitSize}
   * @return what was made and what was dropped; how far the unit advances is filled in
   */
  Unit<O> process(List<I> batch, UnitContext context);

  @Override
  default void run(StageContext<I, O> context) {
    new BatchRunner<>(this, context).run();
  }
}
