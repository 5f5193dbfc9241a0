package io.selfalign.examples.miniature;

import io.selfalign.data.SeedTask;
import io.selfalign.data.TopicSeed;
import io.selfalign.examples.miniature.Manner.Length;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The seeds of stage 1 in the miniature's language: what the library's own are for a model of the
 * web. They name a third of the corpus's subjects and nothing that is held out.
 */
final class MiniatureSeeds {
  private static final int TASKS = 175;
  private static final int TOPICS = 20;
  private static final long SEED = 175_020;

  private final Grammar grammar = Corpus.grammar();
  private final World world = new World(grammar);
  private final Questions questions = new Questions(grammar, world, false);

  /** The tasks, always the same. */
  List<SeedTask> tasks() {
    Answers answers = new Answers(grammar);
    List<SeedTask> tasks = new ArrayList<>();
    Set<String> texts = new HashSet<>();
    for (int i = 0; tasks.size() < TASKS; i++) {
      Draw draw = Draw.of(SEED, "seed-task", Integer.toString(i));
      Exchange exchange = questions.draw(draw, 2, 2, 3, 3, 1.2);
      if (isOfSeeds(exchange.subject()) && texts.add(exchange.query())) {
        Manner good = Manner.any(1, 1, Length.NORMAL, draw);
        tasks.add(
            new SeedTask(
                String.format(Locale.ROOT, "seed-%03d", tasks.size() + 1),
                exchange.instruction(),
                exchange.input(),
                answers.answer(exchange, good, draw),
                false));
      }
    }
    return List.copyOf(tasks);
  }

  /** The topics, always the same; the kinds of questions by turns. */
  List<TopicSeed> topics() {
    TopicKind[] kinds = TopicKind.values();
    List<TopicSeed> topics = new ArrayList<>();
    Set<String> texts = new HashSet<>();
    for (int i = 0; topics.size() < TOPICS; i++) {
      TopicKind kind = kinds[topics.size() % kinds.length];
      TopicKind.Asked asked =
          kind.ask(world, grammar, questions, Draw.of(SEED, "topic-seed", Integer.toString(i)));
      if (texts.add(asked.topic())) {
        topics.add(
            new TopicSeed(
                String.format(Locale.ROOT, "topic-%02d", topics.size() + 1),
                asked.topic(),
                grammar.write(kind.rule(), Map.of(), Draw.of(SEED, "type", kind.name())),
                asked.question()));
      }
    }
    return List.copyOf(topics);
  }

  private boolean isOfSeeds(Subject subject) {
    return world.all(subject.kind()).indexOf(subject) % 3 == 0;
  }
}
