package io.selfalign.report;

import io.selfalign.data.Demonstration;
import io.selfalign.data.JsonLines;
import io.selfalign.pipeline.TracedRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Where records come from, generation by generation. */
final class Ancestry {
  /** So far back. What a model wrote from what it wrote itself may have more ancestors. */
  private static final int GENERATIONS = 8;

  private static final int SHOWN_PER_GENERATION = 8;
  private static final int TEXT_LENGTH = 400;

  /** The field that tells most of a record, by preference. */
  private static final List<String> FIELDS =
      List.of("instruction", "text", "query", "topic", "question");

  /** Records that are as many steps away; more is the number of those that are not shown. */
  record Generation(int distance, List<Ancestor> records, int more) {}

  /** A record. */
  record Ancestor(String stage, String id, boolean kept, boolean seed, String text) {}

  private record Node(TracedRecord traced, ObjectNode json, List<String> parents) {}

  private Ancestry() {}

  /** The ancestors of each of some records of a stage, the oldest first. */
  static Map<String, List<Generation>> of(RunData run, String stage, List<Demonstration> records) {
    Set<String> ids = records.stream().map(Demonstration::id).collect(Collectors.toSet());
    Map<String, List<Node>> byId = new HashMap<>();
    for (TracedRecord traced : run.directory().ancestors(stage, ids, GENERATIONS)) {
      Node node = node(traced);
      byId.computeIfAbsent(traced.id(), id -> new ArrayList<>()).add(node);
    }
    Map<String, List<Generation>> ancestry = new HashMap<>();
    ids.forEach(id -> ancestry.put(id, generations(byId, stage, id)));
    return ancestry;
  }

  private static Node node(TracedRecord traced) {
    ObjectNode json = JsonLines.parse(traced.id(), 1, traced.json()).object();
    List<String> parents = new ArrayList<>();
    for (JsonNode parent : json.path("parents")) {
      parents.add(parent.asString());
    }
    return new Node(traced, json, parents);
  }

  /** Walks again, from one record. A record is shown where it is nearest. */
  private static List<Generation> generations(
      Map<String, List<Node>> byId, String stage, String id) {
    List<Generation> generations = new ArrayList<>();
    Set<Node> seen = new HashSet<>();
    Set<String> wanted = new LinkedHashSet<>();
    for (Node node : byId.getOrDefault(id, List.of())) {
      if (node.traced().stage().equals(stage)) {
        seen.add(node);
        wanted.addAll(node.parents());
      }
    }
    for (int distance = 1; distance <= GENERATIONS && !wanted.isEmpty(); distance++) {
      List<Node> found = new ArrayList<>();
      for (String parent : wanted) {
        for (Node node : byId.getOrDefault(parent, List.of())) {
          if (node.traced().distance() > 0 && seen.add(node)) {
            found.add(node);
          }
        }
      }
      wanted = new LinkedHashSet<>();
      for (Node node : found) {
        wanted.addAll(node.parents());
      }
      if (!found.isEmpty()) {
        generations.add(
            new Generation(
                distance,
                found.stream().limit(SHOWN_PER_GENERATION).map(Ancestry::ancestor).toList(),
                Math.max(0, found.size() - SHOWN_PER_GENERATION)));
      }
    }
    Collections.reverse(generations);
    return generations;
  }

  private static Ancestor ancestor(Node node) {
    return new Ancestor(
        node.traced().stage(),
        ShownText.label(node.traced().id(), 100),
        node.traced().kept(),
        node.parents().isEmpty(),
        ShownText.clip(text(node.json()), TEXT_LENGTH));
  }

  private static String text(ObjectNode json) {
    return FIELDS.stream()
        .map(json::path)
        .filter(JsonNode::isString)
        .map(JsonNode::stringValue)
        .findFirst()
        .orElse("");
  }
}
