package io.selfalign.instruct;

import io.selfalign.data.Topic;
import io.selfalign.data.TopicSeed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The topics of each type of question, those of seeds included. For one thread. */
final class KnownTopics {
  /** A topic that may be shown. */
  record Entry(String id, String topic) {}

  private final Map<String, List<Entry>> byType = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> idByName = new HashMap<>();
  private final Map<String, Integer> made = new HashMap<>();

  KnownTopics(List<TopicSeed> seeds) {
    for (TopicSeed seed : seeds) {
      byType
          .computeIfAbsent(seed.questionType(), type -> new ArrayList<>())
          .add(new Entry(seed.id(), seed.topic()));
      names(seed.questionType()).putIfAbsent(key(seed.topic()), seed.id());
    }
  }

  void add(Topic topic) {
    byType
        .computeIfAbsent(topic.questionType(), type -> new ArrayList<>())
        .add(new Entry(topic.id(), topic.topic()));
    names(topic.questionType()).putIfAbsent(key(topic.topic()), topic.id());
    made.merge(topic.questionType(), 1, Integer::sum);
  }

  /** In the order in which the seeds name them. */
  List<String> types() {
    return List.copyOf(byType.keySet());
  }

  /** The types of which seeds alone are known. */
  List<String> typesWithoutTopics() {
    return typesWithFewerThan(1);
  }

  /** The types of which fewer topics are known than so many, those of seeds not counted. */
  List<String> typesWithFewerThan(int topics) {
    return types().stream().filter(type -> made.getOrDefault(type, 0) < topics).toList();
  }

  List<Entry> of(String type) {
    return byType.getOrDefault(type, List.of());
  }

  /** Whether a type has a topic already, in upper or lower case. */
  Optional<InstructionScreen.Verdict> duplicate(String type, String topic) {
    return Optional.ofNullable(names(type).get(key(topic)))
        .map(id -> new InstructionScreen.Verdict("duplicate", id));
  }

  private Map<String, String> names(String type) {
    return idByName.computeIfAbsent(type, ignored -> new HashMap<>());
  }

  private static String key(String topic) {
    return topic.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
  }
}
