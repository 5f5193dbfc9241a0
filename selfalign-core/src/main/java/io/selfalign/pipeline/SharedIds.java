package io.selfalign.pipeline;

import com.google.common.hash.Hashing;
import io.selfalign.data.Traceable;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Finds an id that two records have. It compares hashes of 64 bits, and the ids themselves where
 * two hashes are equal. Memory does not grow with the number of records: of many it keeps the
 * hashes of one part at a time, and reads them again for each further part.
 */
final class SharedIds {
  /** Hashes at once, of 8 bytes each. */
  private static final int AT_ONCE = 1 << 22;

  private final ToLongFunction<String> hash;
  private final long parts;
  private long[] hashes;
  private int count;
  private long part;

  /**
   * An empty one.
   *
   * @param expected about how many records there will be
   */
  SharedIds(long expected) {
    this(expected, AT_ONCE, id -> Hashing.murmur3_128().hashUnencodedChars(id).asLong());
  }

  SharedIds(long expected, int atOnce, ToLongFunction<String> hash) {
    this.hash = hash;
    parts = 1 + expected / atOnce;
    hashes = new long[(int) Math.min(expected + 1, atOnce)];
  }

  /** To be called for each record, in a first reading of all. */
  void add(String id) {
    long value = hash.applyAsLong(id);
    if (Math.floorMod(value, parts) == part) {
      if (count == hashes.length) {
        hashes = Arrays.copyOf(hashes, count + count / 2 + 1);
      }
      hashes[count++] = value;
    }
  }

  /**
   * An id that two records have, if any do.
   *
   * @param records those of which all ids were added
   */
  Optional<String> find(Dataset<?> records) {
    while (true) {
      Set<Long> repeated = repeatedHashes();
      Optional<String> id = repeated.isEmpty() ? Optional.empty() : repeatedId(records, repeated);
      part++;
      if (id.isPresent() || part == parts) {
        return id;
      }
      count = 0;
      try (Stream<? extends Traceable> stream = records.stream()) {
        stream.forEach(record -> add(record.id()));
      }
    }
  }

  /** Some of the hashes that came more than once. */
  private Set<Long> repeatedHashes() {
    Arrays.sort(hashes, 0, count);
    Set<Long> repeated = new HashSet<>();
    for (int i = 1; i < count && repeated.size() < 1000; i++) {
      if (hashes[i] == hashes[i - 1]) {
        repeated.add(hashes[i]);
      }
    }
    return repeated;
  }

  private Optional<String> repeatedId(Dataset<?> records, Set<Long> repeated) {
    Set<String> seen = new HashSet<>();
    try (Stream<? extends Traceable> stream = records.stream()) {
      return stream
          .map(Traceable::id)
          .filter(id -> repeated.contains(hash.applyAsLong(id)) && !seen.add(id))
          .findFirst();
    }
  }
}
