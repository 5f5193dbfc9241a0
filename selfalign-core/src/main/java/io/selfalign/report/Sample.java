package io.selfalign.report;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A random sample of a stream in bounded memory: those whose ids have the lowest hashes. It depends
 * on nothing but the ids, so that a report written again shows the same.
 *
 * @param <T> what is sampled
 */
final class Sample<T> {
  private record Entry<T>(long rank, T value) {}

  private final int size;
  private final PriorityQueue<Entry<T>> lowest =
      new PriorityQueue<>(Comparator.<Entry<T>>comparingLong(Entry::rank).reversed());

  Sample(int size) {
    this.size = size;
  }

  void add(String id, T value) {
    long rank = Hashing.murmur3_128().hashString(id, StandardCharsets.UTF_8).asLong();
    if (lowest.size() < size) {
      lowest.add(new Entry<>(rank, value));
    } else if (!lowest.isEmpty() && rank < lowest.element().rank()) {
      lowest.remove();
      lowest.add(new Entry<>(rank, value));
    }
  }

  /** The sample, in a random order that is always the same. */
  List<T> values() {
    List<Entry<T>> entries = new ArrayList<>(lowest);
    entries.sort(Comparator.comparingLong(Entry::rank));
    return entries.stream().map(Entry::value).toList();
  }
}
