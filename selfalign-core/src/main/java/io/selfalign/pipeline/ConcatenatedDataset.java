package io.selfalign.pipeline;

import io.selfalign.data.Traceable;
import java.util.List;
import java.util.stream.Stream;

/** Datasets one after the other. */
record ConcatenatedDataset<T extends Traceable>(Class<T> type, List<Dataset<? extends T>> parts)
    implements Dataset<T> {
  @Override
  public long size() {
    return parts.stream().mapToLong(Dataset::size).sum();
  }

  /** All parts are open until the stream is closed. */
  @Override
  public Stream<T> stream() {
    Stream<T> all = Stream.empty();
    for (Dataset<? extends T> part : parts) {
      all = Stream.concat(all, part.stream());
    }
    return all;
  }
}
