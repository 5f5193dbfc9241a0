package io.selfalign.eval;

import java.util.Optional;

/**
 * A benchmark's figure, over all items or those of a group.
 *
 * @param name what it is, such as {@code mc1}
 * @param group the category or subtask; none for all items
 * @param items how many items it is of
 * @param interval its value and 95% interval
 * @param chance what guessing would give, if there is such a level
 */
public record Metric(
    String name, Optional<String> group, int items, Interval interval, Optional<Double> chance) {
  /** The figure's value. */
  public double value() {
    return interval.value();
  }
}
