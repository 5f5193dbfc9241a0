package io.selfalign.examples.guide;

import io.selfalign.error.CancelledException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Makes many calls at once and hands their results to the thread that wants them, as {@code
 * BaseModel} asks: when that thread is interrupted, or one call fails, the others end. Calls begin
 * in the order of their inputs. Safe for use by several threads.
 */
final class ParallelCalls implements AutoCloseable {
  /** A call that takes a while. */
  @FunctionalInterface
  interface Call<I, O> {
    O of(I input) throws InterruptedException;
  }

  /** A call that knows the place of its input. */
  @FunctionalInterface
  interface NumberedCall<I, O> {
    O of(I input, int place) throws InterruptedException;
  }

  private final ExecutorService threads;
  private volatile boolean closed;

  ParallelCalls(int atOnce) {
    threads =
        Executors.newFixedThreadPool(
            atOnce,
            task -> {
              Thread thread = new Thread(task, "remote-model");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** The results of all inputs, in their order. */
  <I, O> List<O> all(List<I> inputs, Call<I, O> call) {
    record Placed<T>(int place, T value) {}
    Object[] results = new Object[inputs.size()];
    each(
        inputs,
        (input, place) -> new Placed<>(place, call.of(input)),
        placed -> results[placed.place()] = placed.value());
    @SuppressWarnings("unchecked") // each of them is a result of the call
    List<O> typed = (List<O>) Arrays.asList(results);
    return typed;
  }

  /** Gives each result to the consumer, on this thread, as soon as it is there. */
  <I, O> void each(List<I> inputs, NumberedCall<I, O> call, Consumer<? super O> consumer) {
    BlockingQueue<Supplier<O>> results = new LinkedBlockingQueue<>();
    List<Future<?>> begun = new ArrayList<>();
    try {
      for (int i = 0; i < inputs.size(); i++) {
        int place = i;
        begun.add(threads.submit(() -> results.add(outcome(call, inputs.get(place), place))));
      }
      for (int i = 0; i < inputs.size(); i++) {
        consumer.accept(next(results).get());
      }
    } catch (RejectedExecutionException e) {
      throw closedModel();
    } finally {
      begun.forEach(task -> task.cancel(true));
    }
  }

  /** What came of a call: a value, or an exception that is thrown where the value is wanted. */
  private <I, O> Supplier<O> outcome(NumberedCall<I, O> call, I input, int place) {
    try {
      O value = call.of(input, place);
      return () -> value;
    } catch (InterruptedException e) {
      return () -> {
        throw closed ? closedModel() : new CancelledException("a call of the model was cancelled");
      };
    } catch (RuntimeException e) {
      return () -> {
        throw e;
      };
    } catch (Error e) {
      return () -> {
        throw e;
      };
    }
  }

  private <O> Supplier<O> next(BlockingQueue<Supplier<O>> results) {
    try {
      while (true) {
        Supplier<O> result = results.poll(100, TimeUnit.MILLISECONDS);
        if (result != null) {
          return result;
        }
        if (closed) { // calls that had not begun never will
          throw closedModel();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException("the thread was interrupted while it waited for the model");
    }
  }

  private static IllegalStateException closedModel() {
    return new IllegalStateException("the remote model is closed");
  }

  @Override
  public void close() {
    closed = true;
    threads.shutdownNow();
  }
}
