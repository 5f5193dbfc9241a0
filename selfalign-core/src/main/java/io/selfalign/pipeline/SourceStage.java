package io.selfalign.pipeline;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.selfalign.data.JsonLines;
import io.selfalign.data.Traceable;
import io.selfalign.error.CancelledException;
import io.selfalign.error.InvalidDataException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** Copies records from outside into the run, so that everything can be traced to them. */
final class SourceStage<T extends Traceable> implements Stage<T, T> {
  private static final int UNIT_SIZE = 1024;

  private final String name;
  private final Dataset<T> records;

  SourceStage(String name, Dataset<T> records) {
    this.name = name;
    this.records = records;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Class<T> inputType() {
    return records.type();
  }

  @Override
  public Class<T> outputType() {
    return records.type();
  }

  @Override
  public Settings settings() {
    Hasher hasher = Hashing.sha256().newHasher();
    SharedIds ids = new SharedIds(records.size());
    try (Stream<T> stream = records.stream()) {
      stream.forEach(
          record -> {
            if (Thread.currentThread().isInterrupted()) {
              throw new CancelledException("interrupted while reading source '" + name + "'");
            }
            hasher.putBytes(JsonLines.encode(record));
            ids.add(record.id());
          });
    }
    ids.find(records)
        .ifPresent(
            id -> {
              throw shared(id);
            });
    return Settings.builder()
        .add("records", records.size())
        .add("sha256", hasher.hash().toString())
        .build();
  }

  private InvalidDataException shared(String id) {
    List<String> places = places(id);
    return new InvalidDataException(
        String.format(
            "%s: id '%s' is also at %s; make the ids of source '%s' unique",
            places.get(1), id, places.get(0), name));
  }

  /** Where the first two records with an id are. */
  private List<String> places(String id) {
    if (records instanceof FileDataset<T> file) {
      return file.places(id, 2);
    }
    List<String> places = new ArrayList<>();
    try (Stream<T> stream = records.stream()) {
      Iterator<T> left = stream.iterator();
      for (long number = 1; places.size() < 2; number++) {
        if (left.next().id().equals(id)) {
          places.add("record " + number);
        }
      }
    }
    return places;
  }

  @Override
  public void run(StageContext<T, T> context) {
    context.expect(records.size());
    try (Stream<T> stream = records.stream()) {
      Iterator<T> left = stream.skip(context.committedAdvance()).iterator();
      while (left.hasNext()) {
        Unit.Builder<T> unit = Unit.builder();
        while (left.hasNext() && unit.kept() < UNIT_SIZE) {
          unit.keep(left.next());
        }
        context.commit(unit.advance(unit.kept()).build());
      }
    }
  }
}
