package io.selfalign.pipeline;

import io.selfalign.data.JsonLine;
import io.selfalign.pipeline.TracedRecord.Relation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Finds the ancestors and descendants of a record by reading the run's files. A parent is an id of
 * the record's own stage or of a stage upstream. Memory grows with what is found only.
 */
final class Lineage {
  /** A record in the run. */
  private record Key(String stage, String id) {}

  private record Found(Key key, boolean kept, List<String> parents, JsonLine line) {}

  private final RunDirectory directory;
  private final Manifest manifest;
  private final Map<String, Set<String>> upstream = new LinkedHashMap<>();
  private final Map<String, Totals> totals = new HashMap<>();

  Lineage(RunDirectory directory, Manifest manifest) {
    this.directory = directory;
    this.manifest = manifest;
    for (Manifest.Entry entry : manifest.stages()) {
      Set<String> all = new HashSet<>();
      for (String name : entry.upstream()) {
        all.add(name);
        all.addAll(upstream.getOrDefault(name, Set.of()));
      }
      upstream.put(entry.name(), all);
      totals.put(entry.name(), directory.state(entry.name()).totals());
    }
  }

  List<TracedRecord> of(String id) {
    List<Found> self = new ArrayList<>();
    for (String stage : manifest.names()) {
      scan(
          stage,
          found -> Optional.of(found).filter(f -> f.key().id().equals(id)).ifPresent(self::add));
    }
    List<TracedRecord> traced = new ArrayList<>();
    self.forEach(found -> traced.add(traced(found, Relation.SELF, 0)));
    traced.addAll(ancestors(self, Integer.MAX_VALUE));
    traced.addAll(descendants(self));
    return traced;
  }

  List<TracedRecord> back(String stage, Set<String> ids, int generations) {
    List<Found> self = new ArrayList<>();
    scan(
        stage,
        found -> Optional.of(found).filter(f -> ids.contains(f.key().id())).ifPresent(self::add));
    List<TracedRecord> traced = new ArrayList<>();
    self.forEach(found -> traced.add(traced(found, Relation.SELF, 0)));
    traced.addAll(ancestors(self, generations));
    return traced;
  }

  private List<TracedRecord> ancestors(List<Found> self, int generations) {
    List<TracedRecord> traced = new ArrayList<>();
    Set<Key> seen = new HashSet<>();
    self.forEach(found -> seen.add(found.key()));
    List<Found> generation = self;
    for (int distance = 1; distance <= generations && !generation.isEmpty(); distance++) {
      List<Found> parents = new ArrayList<>();
      for (String stage : manifest.names()) {
        Set<String> wanted = new HashSet<>();
        for (Found child : generation) {
          if (sees(child.key().stage(), stage)) {
            wanted.addAll(child.parents());
          }
        }
        if (!wanted.isEmpty()) {
          scan(
              stage,
              found -> {
                if (wanted.contains(found.key().id()) && seen.add(found.key())) {
                  parents.add(found);
                }
              });
        }
      }
      int back = distance;
      parents.forEach(found -> traced.add(traced(found, Relation.ANCESTOR, back)));
      generation = parents;
    }
    return traced;
  }

  /** Stage by stage: what a record was made from is of its own stage or one before. */
  private List<TracedRecord> descendants(List<Found> self) {
    List<TracedRecord> traced = new ArrayList<>();
    Map<String, Map<String, Integer>> distances = new HashMap<>();
    for (Found found : self) {
      distances
          .computeIfAbsent(found.key().id(), id -> new HashMap<>())
          .put(found.key().stage(), 0);
    }
    for (String stage : manifest.names()) {
      int before;
      do {
        before = traced.size();
        scan(
            stage,
            found -> {
              int distance = distance(found, distances);
              Map<String, Integer> known = distances.getOrDefault(found.key().id(), Map.of());
              if (distance < Integer.MAX_VALUE && !known.containsKey(stage)) {
                distances
                    .computeIfAbsent(found.key().id(), id -> new HashMap<>())
                    .put(stage, distance);
                traced.add(traced(found, Relation.DESCENDANT, distance));
              }
            });
      } while (traced.size() > before); // a kept record may come of a dropped one of its stage
    }
    traced.sort(Comparator.comparingInt(TracedRecord::distance));
    return traced;
  }

  private int distance(Found found, Map<String, Map<String, Integer>> distances) {
    int least = Integer.MAX_VALUE;
    for (String parent : found.parents()) {
      for (var place : distances.getOrDefault(parent, Map.of()).entrySet()) {
        boolean itself =
            place.getKey().equals(found.key().stage()) && parent.equals(found.key().id());
        if (!itself && sees(found.key().stage(), place.getKey())) {
          least = Math.min(least, place.getValue() + 1);
        }
      }
    }
    return least;
  }

  private boolean sees(String stage, String other) {
    return stage.equals(other) || upstream.getOrDefault(stage, Set.of()).contains(other);
  }

  private void scan(String stage, Consumer<Found> action) {
    StageFolder folder = RunDirectory.stageFolder(directory.path(), stage);
    Totals committed = Optional.ofNullable(totals.get(stage)).orElseThrow();
    scan(stage, folder.records(), committed.recordBytes(), true, action);
    scan(stage, folder.drops(), committed.dropBytes(), false, action);
  }

  private static void scan(
      String stage, Path file, long bytes, boolean kept, Consumer<Found> action) {
    try (Stream<JsonLine> lines = StageFolder.lines(file, bytes).stream()) {
      lines.forEach(
          line -> {
            List<String> parents = new ArrayList<>();
            for (JsonNode parent : line.object().path("parents")) {
              parents.add(parent.asString());
            }
            action.accept(new Found(new Key(stage, line.text("id")), kept, parents, line));
          });
    }
  }

  private static TracedRecord traced(Found found, Relation relation, int distance) {
    return new TracedRecord(
        relation,
        distance,
        found.key().stage(),
        found.key().id(),
        found.kept(),
        found.line().object().toString());
  }
}
