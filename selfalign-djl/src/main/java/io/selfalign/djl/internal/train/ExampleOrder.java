package io.selfalign.djl.internal.train;

import io.selfalign.data.RecordRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which examples make which optimizer step. It follows from the seed and the examples' ids alone,
 * so that a step's number is all there is to know of the position in the data.
 */
final class ExampleOrder {
  private final List<TokenizedExample> examples;
  private final int batchSize;
  private final boolean shuffle;
  private final long seed;
  private int epoch = -1;
  private List<TokenizedExample> order = List.of();

  ExampleOrder(List<TokenizedExample> examples, int batchSize, boolean shuffle, long seed) {
    this.examples = examples;
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.seed = seed;
  }

  /** How many steps an epoch has; the last one may have fewer examples. */
  int stepsPerEpoch() {
    return (examples.size() + batchSize - 1) / batchSize;
  }

  /** The epoch of a step, both from 0 on. */
  int epoch(int step) {
    return step / stepsPerEpoch();
  }

  /** The examples of a step, from 0 on. */
  List<TokenizedExample> batch(int step) {
    if (epoch(step) != epoch) {
      epoch = epoch(step);
      order = order(epoch);
    }
    int from = step % stepsPerEpoch() * batchSize;
    return order.subList(from, Math.min(order.size(), from + batchSize));
  }

  private List<TokenizedExample> order(int epoch) {
    if (!shuffle) {
      return examples;
    }
    record Ticket(TokenizedExample example, long number) {}
    List<Ticket> tickets = new ArrayList<>(examples.size());
    for (TokenizedExample example : examples) {
      tickets.add(new Ticket(example, RecordRandom.of(seed, "order", example.id()).bits(epoch, 0)));
    }
    tickets.sort(Comparator.comparingLong(Ticket::number));
    return tickets.stream().map(Ticket::example).toList();
  }
}
