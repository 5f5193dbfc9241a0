package io.selfalign.instruct;

import io.selfalign.data.RecordRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Samples and orders that depend on a record's random numbers alone. */
final class Draws {
  private Draws() {}

  /** At most {@code count} of the items, each once, in random order. */
  static <T> List<T> sample(List<T> items, int count, RecordRandom random) {
    // A shuffle of the first places, of which only those that moved are remembered.
    Map<Integer, Integer> moved = new HashMap<>();
    return IntStream.range(0, Math.min(count, items.size()))
        .map(
            place -> {
              int other = place + (int) (random.uniform(place) * (items.size() - place));
              int drawn = moved.getOrDefault(other, other);
              moved.put(other, moved.getOrDefault(place, place));
              return drawn;
            })
        .mapToObj(items::get)
        .toList();
  }

  /** All items in random order. */
  static <T> List<T> shuffle(List<T> items, RecordRandom random) {
    return sample(items, items.size(), random);
  }
}
