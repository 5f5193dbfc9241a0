package io.selfalign.pipeline;

/**
 * Is told what happens in a run.
 *
 * <p><b>Order and thread.</b> Events come one at a time, in the order that {@link RunEvent} gives,
 * all on the run's own thread, with several listeners in the order in which they were added.
 *
 * <p><b>Cost.</b> The run waits for each call, so return fast and hand on what takes long. A unit
 * is committed before its event, and an event is not repeated after a crash.
 *
 * <p><b>Errors.</b> What a listener throws is logged and changes nothing else: the others are told
 * all the same, and the run goes on. Only an {@link OutOfMemoryError}, or another error of the
 * virtual machine but a stack overflow, ends the run.
 */
@FunctionalInterface
public interface RunListener {
  /** Something happened. */
  void on(RunEvent event);
}
