package io.selfalign.pipeline;

import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.data.Traceable;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Records of a file of the user's. */
record FileDataset<T extends Traceable>(Path file, Class<T> type, long size) implements Dataset<T> {
  static <T extends Traceable> FileDataset<T> checked(Path file, Class<T> type) {
    long size;
    try (Stream<T> records = RecordTypes.read(JsonLines.read(file), type)) {
      size = records.count();
    }
    return new FileDataset<>(file, type, size);
  }

  /** Where the first records with an id are, as {@code queries.jsonl:17}. */
  List<String> places(String id, int most) {
    try (JsonLinesReader lines = JsonLines.read(file)) {
      return lines.stream()
          .filter(line -> line.text("id").equals(id))
          .map(JsonLine::place)
          .limit(most)
          .toList();
    }
  }

  @Override
  public Stream<T> stream() {
    return RecordTypes.read(JsonLines.read(file), type);
  }
}
