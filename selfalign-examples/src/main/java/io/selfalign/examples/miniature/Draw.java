package io.selfalign.examples.miniature;

import io.selfalign.data.RecordRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random choices of one document: the same seed, purpose and id give the same ones. */
final class Draw {
  private final Random random;

  private Draw(long bits) {
    random = new Random(bits);
  }

  static Draw of(long seed, String purpose, String id) {
    return new Draw(RecordRandom.of(seed, purpose, id).bits(0, 0));
  }

  /** One of the list, each equally likely. */
  <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** So many different ones of the list, in random order; all of them if there are fewer. */
  <T> List<T> pick(List<T> list, int count) {
    List<T> rest = new ArrayList<>(list);
    List<T> picked = new ArrayList<>();
    while (picked.size() < count && !rest.isEmpty()) {
      picked.add(rest.remove(random.nextInt(rest.size())));
    }
    return picked;
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** A whole number of the range, both ends included. */
  int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  /** An index, drawn in proportion to the weights. */
  int weighted(double... weights) {
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    double point = random.nextDouble() * sum;
    int index = 0;
    while (index < weights.length - 1 && point >= weights[index]) {
      point -= weights[index++];
    }
    return index;
  }
}
