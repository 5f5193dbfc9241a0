package io.selfalign.tuning;

import io.selfalign.data.Cut;
import io.selfalign.data.Demonstration;
import io.selfalign.data.IdentityPair;
import io.selfalign.data.Query;
import io.selfalign.data.Sampling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Records that stages 3 and 4 start from. */
public final class TuningSamples {
  private TuningSamples() {}

  /** Queries with ids from q-0 on. */
  public static List<Query> queries(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new Query(
                    "q-" + i,
                    List.of(),
                    "What is number " + i + "?",
                    Optional.of("self-instruct"),
                    Optional.empty()))
        .toList();
  }

  /** Demonstrations of these queries. */
  public static List<Demonstration> demonstrations(int count) {
    return queries(count).stream()
        .map(query -> demonstration(query.id(), query.text(), "It is what " + query.id() + " is."))
        .toList();
  }

  /** A demonstration. */
  public static Demonstration demonstration(String id, String query, String answer, Cut... cuts) {
    return new Demonstration(
        id,
        List.of(id),
        query,
        "I think of rule 3.",
        answer,
        List.of(),
        List.of(cuts),
        Optional.of("self-instruct"),
        Optional.empty(),
        List.of(),
        "0",
        "scripted:scripted",
        new Sampling(0.5, 0.9, 256, 1));
  }

  /** Pairs about the assistant. */
  public static List<IdentityPair> identity(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new IdentityPair("identity-" + i, "Who are you, " + i + "?", "I'm Alina."))
        .toList();
  }

  /** The content of every file of a run but its timings and the report of them, by path. */
  public static Map<String, String> data(Path directory) {
    Map<String, String> data = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        String name = directory.relativize(file).toString();
        if (!name.equals("timings.jsonl") && !name.equals("report.html")) {
          data.put(name, Files.readString(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return data;
  }
}
