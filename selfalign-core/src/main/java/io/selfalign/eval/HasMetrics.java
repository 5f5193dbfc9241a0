package io.selfalign.eval;

import io.selfalign.data.Traceable;
import java.util.Map;
import java.util.Optional;

/**
 * What a benchmark found for one of its items: figures by name, whose means over all items are the
 * benchmark's. The id is the item's.
 */
public interface HasMetrics extends Traceable {
  /** The item's category or subtask, if it has one; figures are also given for each. */
  Optional<String> group();

  /** The item's figures by name, such as {@code mc1}, each finite. */
  Map<String, Double> figures();

  /** What guessing would give, by name; none for a figure that has no chance level. */
  Map<String, Double> chance();
}
