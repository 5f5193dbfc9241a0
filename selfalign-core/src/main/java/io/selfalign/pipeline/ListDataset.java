package io.selfalign.pipeline;

import io.selfalign.data.Traceable;
import java.util.List;
import java.util.stream.Stream;

/** Records in memory. */
record ListDataset<T extends Traceable>(Class<T> type, List<T> records) implements Dataset<T> {
  @Override
  public long size() {
    return records.size();
  }

  @Override
  public Stream<T> stream() {
    return records.stream();
  }
}
