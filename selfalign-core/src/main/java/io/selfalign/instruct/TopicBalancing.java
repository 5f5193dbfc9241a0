package io.selfalign.instruct;

import io.selfalign.data.Drop;
import io.selfalign.data.Topic;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Stage;
import io.selfalign.pipeline.StageContext;
import io.selfalign.pipeline.Unit;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Evens out the types of question: of each type's topics as many are kept as the type with the
 * fewest has, drawn at random (arXiv 2305.03047, section 3.1). The others enter the ledger under
 * the reason {@code surplus}. Order and ids stay.
 */
public final class TopicBalancing implements Stage<Topic, Topic> {
  /** The stage's name. */
  public static final String NAME = "topics";

  private static final int UNIT_SIZE = 1024;

  /** A stage without options. */
  public TopicBalancing() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<Topic> inputType() {
    return Topic.class;
  }

  @Override
  public Class<Topic> outputType() {
    return Topic.class;
  }

  @Override
  public Settings settings() {
    return Settings.none();
  }

  @Override
  public void run(StageContext<Topic, Topic> context) {
    List<Topic> topics = context.input().toList();
    context.expect(topics.size());
    Map<String, List<Topic>> byType =
        topics.stream()
            .collect(
                Collectors.groupingBy(
                    Topic::questionType, LinkedHashMap::new, Collectors.toList()));
    int smallest = byType.values().stream().mapToInt(List::size).min().orElse(0);
    Set<String> kept = new HashSet<>();
    for (List<Topic> ofType : byType.values()) {
      ofType.stream()
          .sorted(
              Comparator.<Topic>comparingDouble(topic -> context.random(topic.id()).uniform(0))
                  .thenComparing(Topic::id))
          .limit(smallest)
          .forEach(topic -> kept.add(topic.id()));
    }
    for (int start = (int) context.committedAdvance(); start < topics.size(); start += UNIT_SIZE) {
      List<Topic> batch = topics.subList(start, Math.min(topics.size(), start + UNIT_SIZE));
      Unit.Builder<Topic> unit = Unit.builder();
      for (Topic topic : batch) {
        if (kept.contains(topic.id())) {
          unit.keep(topic);
        } else {
          int own = byType.getOrDefault(topic.questionType(), List.of()).size();
          unit.drop(
              new Drop(
                  topic.id(),
                  topic.parents(),
                  DropReasons.SURPLUS,
                  "its type has " + own + " topics, the smallest " + smallest,
                  topic.topic()));
        }
      }
      context.commit(unit.advance(batch.size()).build());
    }
  }
}
