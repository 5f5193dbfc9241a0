package io.selfalign.pipeline;

import io.selfalign.data.RecordRandom;
import io.selfalign.error.CancelledException;

/** What a unit of work may know of its run. Safe for use by several threads. */
public interface UnitContext {
  /** The stage's own seed, which derives from the run's seed and the stage's name. */
  long seed();

  /** The random numbers of a record in this stage. */
  RecordRandom random(String recordId);

  /**
   * Call between steps that take long.
   *
   * @throws CancelledException if the run was cancelled or the thread interrupted
   */
  void checkCancelled();
}
