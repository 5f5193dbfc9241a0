package io.selfalign.examples.miniature;

import io.selfalign.examples.miniature.Manner.Length;
import io.selfalign.instruct.Example;
import io.selfalign.instruct.TaskListTemplate;
import io.selfalign.instruct.TopicListTemplate;
import io.selfalign.instruct.TopicTaskTemplate;
import io.selfalign.instruct.TopicTaskTemplate.Hint;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Lists of tasks, of topics and of questions on topics, as stage 1's templates print them. */
final class Lists {
  private final Grammar grammar;
  private final World world;
  private final Questions questions;
  private final Answers answers;
  private final TaskListTemplate tasks;
  private final TopicListTemplate topics;
  private final TopicTaskTemplate topicTasks;

  Lists(Grammar grammar, World world) {
    this.grammar = grammar;
    this.world = world;
    this.questions = new Questions(grammar, world, false);
    this.answers = new Answers(grammar);
    this.tasks = MiniaturePrompts.taskList(grammar);
    this.topics = MiniaturePrompts.topicList(grammar);
    this.topicTasks = MiniaturePrompts.topicTasks(grammar);
  }

  /** A numbered list of tasks of all kinds; how well their outputs behave varies. */
  String taskList(Draw draw) {
    TaskListTemplate template = tasks;
    if (draw.chance(0.3)) {
      Map<String, String> slots =
          Grammar.with(world.scene(false, draw), Map.of("count", "{count}"));
      template =
          template
              .withIntroduction(grammar.write("tasks.introduction.other", slots, draw))
              .withListLength(draw.between(5, 14));
    }
    List<Example> examples = new ArrayList<>();
    double good = draw.pick(List.of(0.0, 0.1, 0.5, 1.0));
    for (int i = 0; i < template.listLength(); i++) {
      Exchange exchange = questions.draw(draw, 2, 2, 3, 3, 1.2);
      Manner manner = Manner.any(good, 0.95, Length.NORMAL, draw);
      String output = answers.answer(exchange, manner, draw);
      examples.add(new Example("task-" + i, exchange.instruction(), exchange.input(), output));
    }
    String cue = template.cue(examples.size() + 1);
    String text = template.render(examples);
    return text.substring(0, text.length() - cue.length());
  }

  /** A numbered list of topics of one kind. */
  String topicList(Draw draw) {
    TopicKind kind = draw.pick(List.of(TopicKind.values()));
    Set<String> list = new LinkedHashSet<>();
    for (int i = 0; i < 200 && list.size() < topics.listLength(); i++) {
      list.add(kind.topic(world, grammar, draw));
    }
    String cue = (list.size() + 1) + ".";
    String text = topics.render(grammar.write(kind.rule(), Map.of(), draw), List.copyOf(list));
    return text.substring(0, text.length() - cue.length());
  }

  /** A plan of topics with their kinds of questions, then a question for each. */
  String topicTasks(Draw draw) {
    List<Hint> hints = new ArrayList<>();
    List<String> written = new ArrayList<>();
    int count = draw.between(5, 11);
    for (int i = 0; i < count; i++) {
      TopicKind kind = draw.pick(List.of(TopicKind.values()));
      TopicKind.Asked asked = kind.ask(world, grammar, questions, draw);
      hints.add(new Hint(asked.topic(), grammar.write(kind.rule(), Map.of(), draw)));
      written.add(asked.question());
    }
    String cue = (count + 1) + ".";
    String text = topicTasks.render(hints, written, List.of());
    return text.substring(0, text.length() - cue.length());
  }

  /** A text with a capital letter at the beginning of each word. */
  static String title(String text) {
    StringBuilder title = new StringBuilder();
    for (String word : text.split(" ")) {
      title
          .append(title.isEmpty() ? "" : " ")
          .append(word.substring(0, 1).toUpperCase(Locale.ROOT))
          .append(word.substring(1));
    }
    return title.toString();
  }
}
