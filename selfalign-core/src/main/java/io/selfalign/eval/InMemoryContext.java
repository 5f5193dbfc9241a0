package io.selfalign.eval;

import io.selfalign.data.RecordRandom;
import io.selfalign.error.CancelledException;
import io.selfalign.pipeline.UnitContext;

/** The random numbers that a stage has in a run with the seed 0, without the run. */
record InMemoryContext(String stage) implements UnitContext {
  @Override
  public long seed() {
    return RecordRandom.of(0, stage + "/seed", "").bits(0, 0);
  }

  @Override
  public RecordRandom random(String recordId) {
    return RecordRandom.of(0, stage, recordId);
  }

  @Override
  public void checkCancelled() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancelledException("evaluation '" + stage + "' was interrupted");
    }
  }
}
