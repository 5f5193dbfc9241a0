package io.selfalign.pipeline;

import io.selfalign.data.Traceable;
import io.selfalign.error.CancelledException;
import io.selfalign.error.SelfAlignException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a {@link BatchStage}: cuts what is left of its input into units, works on several at once if
 * it may, and commits them in order. At most two units for each worker are in memory.
 */
final class BatchRunner<I extends Traceable, O extends Traceable> {
  private final BatchStage<I, O> stage;
  private final StageContext<I, O> context;
  private final int unitSize;

  BatchRunner(BatchStage<I, O> stage, StageContext<I, O> context) {
    this.stage = stage;
    this.context = context;
    unitSize = stage.unitSize();
  }

  void run() {
    context.expect(context.input().size());
    int workers = stage.parallel() ? context.workers() : 1;
    try (Stream<I> input = context.input().stream()) {
      Iterator<I> left = input.skip(context.committedAdvance()).iterator();
      if (workers == 1) {
        for (List<I> batch = next(left); !batch.isEmpty(); batch = next(left)) {
          context.checkCancelled();
          context.commit(process(batch));
        }
      } else {
        runParallel(left, workers);
      }
    }
  }

  private void runParallel(Iterator<I> left, int workers) {
    ExecutorService threads = Executors.newFixedThreadPool(workers, this::thread);
    Queue<Future<Unit<O>>> running = new ArrayDeque<>();
    try {
      while (left.hasNext()) {
        if (running.size() == 2 * workers) {
          context.commit(await(running.remove()));
        }
        List<I> batch = next(left);
        running.add(threads.submit(() -> process(batch)));
      }
      while (!running.isEmpty()) {
        context.commit(await(running.remove()));
      }
    } finally {
      threads.shutdownNow();
      awaitEnd(threads);
    }
  }

  private Unit<O> process(List<I> batch) {
    return stage.process(batch, context).withAdvance(batch.size());
  }

  private List<I> next(Iterator<I> left) {
    List<I> batch = new ArrayList<>(unitSize);
    while (batch.size() < unitSize && left.hasNext()) {
      batch.add(left.next());
    }
    return batch;
  }

  private Thread thread(Runnable work) {
    Thread thread = new Thread(work, "selfalign-" + stage.name() + "-worker");
    thread.setDaemon(true);
    return thread;
  }

  private Unit<O> await(Future<Unit<O>> unit) {
    try {
      return unit.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      context.checkCancelled();
      throw new CancelledException("stage '" + stage.name() + "' was interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new SelfAlignException(
          "stage '" + stage.name() + "': a unit failed: " + e.getCause(), e);
    }
  }

  /** Waits for the workers, which were interrupted: the model is not in use after the run ended. */
  private static void awaitEnd(ExecutorService threads) {
    boolean interrupted = Thread.interrupted();
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(1, TimeUnit.HOURS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
