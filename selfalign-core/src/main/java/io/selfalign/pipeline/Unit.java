package io.selfalign.pipeline;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.data.Drop;
import io.selfalign.data.Traceable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A unit of work: records, drops and counters that are committed together or not at all.
 *
 * @param <O> the type of the records
 */
public final class Unit<O extends Traceable> {
  private final List<O> records;
  private final List<Drop> drops;
  private final SortedMap<String, Long> counters;
  private final long advance;

  private Unit(List<O> records, List<Drop> drops, SortedMap<String, Long> counters, long advance) {
    this.records = records;
    this.drops = drops;
    this.counters = counters;
    this.advance = advance;
  }

  /** A builder of a unit; for one thread. */
  public static <O extends Traceable> Builder<O> builder() {
    return new Builder<>();
  }

  /** What was made, in order. */
  public List<O> records() {
    return records;
  }

  /** What was made and not kept, in order. */
  public List<Drop> drops() {
    return drops;
  }

  /** What else was counted, by name; the run adds them up. */
  public SortedMap<String, Long> counters() {
    return counters;
  }

  /** How far the unit advances the stage. */
  public long advance() {
    return advance;
  }

  Unit<O> withAdvance(long newAdvance) {
    return new Unit<>(records, drops, counters, newAdvance);
  }

  /** Collects a unit. */
  public static final class Builder<O extends Traceable> {
    private final List<O> records = new ArrayList<>();
    private final List<Drop> drops = new ArrayList<>();
    private final SortedMap<String, Long> counters = new TreeMap<>();
    private long advance = 1;

    private Builder() {}

    /** Keeps a record. */
    @CanIgnoreReturnValue
    public Builder<O> keep(O record) {
      records.add(record);
      return this;
    }

    /** Enters something that is not kept into the ledger. */
    @CanIgnoreReturnValue
    public Builder<O> drop(Drop drop) {
      drops.add(drop);
      return this;
    }

    /** Adds to a counter. */
    @CanIgnoreReturnValue
    public Builder<O> count(String counter, long amount) {
      counters.merge(counter, amount, Long::sum);
      return this;
    }

    /**
     * How far the unit advances the stage, in the stage's own measure (input records, rounds,
     * steps); 1 by default.
     */
    @CanIgnoreReturnValue
    public Builder<O> advance(long newAdvance) {
      if (newAdvance < 0) {
        throw new IllegalArgumentException("advance is " + newAdvance + ", but must be 0 up");
      }
      advance = newAdvance;
      return this;
    }

    /** How many records are kept so far. */
    public int kept() {
      return records.size();
    }

    /** The unit. */
    public Unit<O> build() {
      return new Unit<>(
          List.copyOf(records),
          List.copyOf(drops),
          Collections.unmodifiableSortedMap(new TreeMap<>(counters)),
          advance);
    }
  }
}
