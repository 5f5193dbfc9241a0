package io.selfalign.pipeline;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners what happens, and keeps their errors to itself. */
final class EventPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(Run.class);

  private final List<RunListener> listeners;
  private final BooleanSupplier cancelled;

  EventPublisher(List<RunListener> listeners, BooleanSupplier cancelled) {
    this.listeners = listeners;
    this.cancelled = cancelled;
  }

  void publish(RunEvent event) {
    LOG.debug("{}", event);
    for (RunListener listener : listeners) {
      boolean interrupted = Thread.currentThread().isInterrupted();
      try {
        listener.on(event);
      } catch (Throwable e) {
        if (e instanceof VirtualMachineError && !(e instanceof StackOverflowError)) {
          throw e; // the process is out of memory, or broken
        }
        LOG.warn("a listener failed at {}; the run goes on", event, e);
      }
      // A listener's interrupt is none of the run's business. One of Run.cancel, which sets its
      // flag before it interrupts, is put back.
      if (!interrupted && Thread.interrupted() && cancelled.getAsBoolean()) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
