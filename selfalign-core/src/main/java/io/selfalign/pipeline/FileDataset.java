package io.selfalign.pipeline;

import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.data.Traceable;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Records of a file of the user's. */
record FileDataset<T extends Traceable>(Path file, Class<T> type, long size) implements Dataset<T> {
  static <T extends Traceable> FileDataset<T> checked(Path file, Class<T> type) {
    long size = 0;
    try (JsonLinesReader lines = JsonLines.read(file)) {
      for (Optional<JsonLine> line = lines.next(); line.isPresent(); line = lines.next()) {
        Object unused = RecordTypes.read(line.get(), type);
        size++;
      }
    }
    return new FileDataset<>(file, type, size);
  }

  @Override
  public Stream<T> stream() {
    return JsonLines.read(file).stream().map(line -> RecordTypes.read(line, type));
  }
}
