package io.selfalign.pipeline;

import io.selfalign.data.Traceable;
import io.selfalign.error.InvalidDataException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Records that can be read again and again, in the same order each time. Safe for use by several
 * threads.
 *
 * @param <T> a Java record
 */
public interface Dataset<T extends Traceable> {
  /** The type of the records. */
  Class<T> type();

  /** How many records there are. */
  long size();

  /**
   * Reads the records from the first on. To be closed after use, for it may hold an open file.
   *
   * @throws InvalidDataException while reading, if a line is not such a record
   */
  Stream<T> stream();

  /** All records in memory. */
  default List<T> toList() {
    try (Stream<T> records = stream()) {
      return records.toList();
    }
  }

  /** Records in memory. */
  static <T extends Traceable> Dataset<T> of(Class<T> type, List<? extends T> records) {
    return new ListDataset<>(type, List.copyOf(records));
  }

  /**
   * The records of a JSON Lines file, which is read once now to check and count them.
   *
   * @throws InvalidDataException naming the first line that is not such a record
   */
  static <T extends Traceable> Dataset<T> read(Path file, Class<T> type) {
    return FileDataset.checked(file, type);
  }
}
