package io.selfalign.pipeline;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners what happens, and keeps their errors to itself. */
final class EventPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(Run.class);

  private final List<RunListener> listeners;

  EventPublisher(List<RunListener> listeners) {
    this.listeners = listeners;
  }

  void publish(RunEvent event) {
    LOG.debug("{}", event);
    for (RunListener listener : listeners) {
      try {
        listener.on(event);
      } catch (RuntimeException | AssertionError | LinkageError e) {
        LOG.warn("a listener failed at {}; the run goes on", event, e);
      }
    }
  }
}
