package io.selfalign.pipeline;

import io.selfalign.data.Traceable;
import io.selfalign.error.CancelledException;
import java.util.Set;

/**
 * A step of a run: makes records of one type from records of another, in units that are committed
 * one by one. Most stages treat every input record by itself and implement {@link BatchStage};
 * those whose work depends on what they made before (rounds, training) implement this.
 *
 * <p>A stage is a function of its {@link #settings}, its seed and its input: run again from any
 * committed unit, it must make the same units as before. Draw random numbers from {@link
 * StageContext#random} or give {@link StageContext#seed} to the model; use no clock, no order of
 * hash sets, no state left from earlier calls. When its code changes what it makes, its settings
 * must change too, by a version for example: a run can't see code.
 *
 * @param <I> the input's type, a Java record
 * @param <O> the output's type, a Java record
 */
public interface Stage<I extends Traceable, O extends Traceable> {
  /** Lower-case letters, digits and hyphens; unique in a pipeline, and the name of its folder. */
  String name();

  /** The type of the records it reads. */
  Class<I> inputType();

  /** The type of the records it writes. */
  Class<O> outputType();

  /** Everything that decides its output besides input and seed. */
  Settings settings();

  /** Types of records it reads besides its input, by {@link StageContext#also}. */
  default Set<Class<? extends Traceable>> alsoReads() {
    return Set.of();
  }

  /**
   * Checks what can be checked before any stage of the pipeline runs, such as whether prompts fit
   * the model. Throws any {@link RuntimeException} whose message says what to change.
   */
  default void validate() {}

  /**
   * Does the work that is not committed yet. Called by one thread; returns when all is committed.
   * An exception ends the run, which can be resumed.
   *
   * @throws CancelledException if the run is cancelled meanwhile, which {@link
   *     StageContext#checkCancelled}, {@link StageContext#commit} and models find out
   */
  void run(StageContext<I, O> context);
}
