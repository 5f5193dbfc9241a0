package io.selfalign.report;

import io.selfalign.data.Instruction;
import io.selfalign.data.Topic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Which topics the instructions of each question type are on. */
final class TopicsSection implements Section {
  private static final int MOST_TYPES = 30;
  private static final int MOST_TOPICS = 10;

  /** Topics beyond these are counted together, so that memory is bounded. */
  private static final int MOST_COUNTED = 200_000;

  /** And so question types. */
  static final int MOST_TYPES_COUNTED = 10_000;

  private static final int TYPE_LENGTH = 90;
  private static final int TOPIC_LENGTH = 60;

  /**
   * The data.
   *
   * @param of what is counted, {@code instructions} or, where none has a topic, {@code topics}
   * @param types the most frequent first
   * @param moreTypes how many types are not listed
   */
  record Data(String of, long count, List<Type> types, int moreTypes) {}

  /**
   * A question type.
   *
   * @param different how many topics it has
   * @param topics the most frequent first
   * @param more the count of topics that are not listed
   */
  record Type(String type, long count, int different, List<TopicCount> topics, long more) {}

  /** How often a topic occurs. */
  record TopicCount(String topic, long count) {}

  /** Counts. */
  static final class Tally {
    private final Map<String, Map<String, Long>> types = new HashMap<>();
    private long topics;
    private long count;

    void add(String type, String topic) {
      count++;
      String name = ShownText.label(type, TYPE_LENGTH);
      if (!types.containsKey(name) && types.size() >= MOST_TYPES_COUNTED) {
        name = "…";
      }
      Map<String, Long> of = types.computeIfAbsent(name, n -> new HashMap<>());
      String label = ShownText.label(topic, TOPIC_LENGTH);
      if (!of.containsKey(label) && topics++ >= MOST_COUNTED) {
        label = "…";
      }
      of.merge(label, 1L, Long::sum);
    }

    /** How many types are counted by themselves, and one more for the rest. */
    int types() {
      return types.size();
    }
  }

  @Override
  public String name() {
    return "topics";
  }

  @Override
  public Record collect(RunData run) {
    Tally tally = new Tally();
    run.last(Instruction.class)
        .ifPresent(
            instructions -> {
              try (Stream<Instruction> all = instructions.stream()) {
                all.forEach(
                    i ->
                        i.questionType()
                            .ifPresent(
                                type -> i.topic().ifPresent(topic -> tally.add(type, topic))));
              }
            });
    String of = "instructions";
    if (tally.count == 0) {
      of = "topics";
      run.last(Topic.class)
          .ifPresent(
              topics -> {
                try (Stream<Topic> all = topics.stream()) {
                  all.forEach(topic -> tally.add(topic.questionType(), topic.topic()));
                }
              });
    }
    if (tally.count == 0) {
      return new Missing("No instruction of this run was written on a given topic.");
    }
    List<Type> types =
        tally.types.entrySet().stream()
            .map(entry -> type(entry.getKey(), entry.getValue()))
            .sorted(Comparator.comparingLong(Type::count).reversed().thenComparing(Type::type))
            .toList();
    List<Type> shown = types.subList(0, Math.min(MOST_TYPES, types.size()));
    return new Data(of, tally.count, shown, types.size() - shown.size());
  }

  private static Type type(String name, Map<String, Long> counts) {
    List<TopicCount> topics = new ArrayList<>();
    counts.forEach((topic, count) -> topics.add(new TopicCount(topic, count)));
    topics.sort(
        Comparator.comparingLong(TopicCount::count).reversed().thenComparing(TopicCount::topic));
    List<TopicCount> shown = topics.subList(0, Math.min(MOST_TOPICS, topics.size()));
    long all = topics.stream().mapToLong(TopicCount::count).sum();
    long listed = shown.stream().mapToLong(TopicCount::count).sum();
    return new Type(name, all, topics.size(), List.copyOf(shown), all - listed);
  }
}
