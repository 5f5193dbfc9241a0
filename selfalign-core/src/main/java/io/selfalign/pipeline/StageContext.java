package io.selfalign.pipeline;

import io.selfalign.data.Drop;
import io.selfalign.data.Traceable;
import io.selfalign.error.CancelledException;
import io.selfalign.error.SelfAlignException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A running stage's view of its run: its input, what it has committed so far, in this process or an
 * earlier one, and the way to commit more.
 *
 * <p>Unless a method says otherwise it is for the thread that runs the stage.
 *
 * @param <I> the input's type
 * @param <O> the output's type
 */
public interface StageContext<I extends Traceable, O extends Traceable> extends UnitContext {
  /** The input: the outputs of the stages it was wired to, one after the other. */
  Dataset<I> input();

  /**
   * The records of one type of {@link Stage#alsoReads}, of all stages this one comes after.
   *
   * @throws IllegalArgumentException if the stage did not say that it reads this type
   */
  <T extends Traceable> Dataset<T> also(Class<T> type);

  /** On how many threads the run may work at once, at least 1. */
  int workers();

  /** How many units are committed. */
  long committedUnits();

  /** How far the committed units advanced together; see {@link Unit.Builder#advance}. */
  long committedAdvance();

  /** The committed units in order. To be closed after use. */
  Stream<CommittedUnit> units();

  /** The committed records in order. */
  Dataset<O> records();

  /** The committed drops in order. */
  Dataset<Drop> drops();

  /**
   * A folder for what is not records, such as checkpoints and adapters; it exists. The stage itself
   * must write there atomically, and make it right again when it resumes: only what a committed
   * unit speaks of may be relied on.
   */
  Path files();

  /**
   * The folder of what is not records of a stage that this one comes after, to be read only.
   *
   * @param stage the stage's name, which its records should tell
   * @throws IllegalArgumentException if there is no such folder
   */
  Path files(String stage);

  /** Tells how far the stage has to advance in all, for progress; by default nobody knows. */
  void expect(long advance);

  /**
   * Commits a unit: all its records, drops and counters, or none. When this returns they survive
   * the death of the process; in a power cut the units of the last second may be lost, whole.
   *
   * @throws IllegalArgumentException if a record can't be written as JSON, is of another type, or
   *     has a blank id; nothing is committed
   * @throws SelfAlignException if the disk does not take it; the run ends and can be resumed
   * @throws CancelledException if the run was cancelled; the unit is committed all the same
   */
  void commit(Unit<? extends O> unit);

  /** Sends an event to the run's listeners, a step of training for example. */
  void publish(RunEvent.TrainingStep event);
}
