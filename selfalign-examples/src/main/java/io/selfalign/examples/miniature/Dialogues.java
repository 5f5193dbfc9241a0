package io.selfalign.examples.miniature;

import io.selfalign.examples.miniature.Manner.Length;
import java.util.List;
import java.util.Map;

/** Dialogues without principles and thoughts, of assistants of all sorts. */
final class Dialogues {
  /** How users and assistants are told apart; {@code %s} is the assistant's name. */
  private record Style(String user, String assistant, String gap) {}

  private static final List<Style> STYLES =
      List.of(
          new Style("## User\n", "## %s\n", "\n\n"),
          new Style("User: ", "%s: ", "\n\n"),
          new Style("User: ", "Assistant: ", "\n"),
          new Style("Q: ", "A: ", "\n"));

  private final Grammar grammar;
  private final World world;
  private final Questions questions;
  private final Answers answers;

  Dialogues(Grammar grammar, World world) {
    this.grammar = grammar;
    this.world = world;
    this.questions = new Questions(grammar, world, false);
    this.answers = new Answers(grammar);
  }

  /** Good, bad and mixed assistants; most are bad. */
  String plain(Draw draw) {
    Length length = draw.chance(0.75) ? Length.NORMAL : Length.SHORT;
    return dialogue("plain.header", length, draw.between(2, 9), draw);
  }

  /** A description of an assistant that says much or little, then dialogues that show it. */
  String described(Draw draw) {
    boolean verbose = draw.chance(0.65);
    return dialogue(
        verbose ? "verbose.header" : "terse.header",
        verbose ? Length.LONG : Length.SHORT,
        verbose ? draw.between(1, 5) : draw.between(3, 8),
        draw);
  }

  private String dialogue(String headerRule, Length length, int count, Draw draw) {
    String persona = draw.pick(world.personas());
    Map<String, String> slots = Grammar.with(world.scene(false, draw), Map.of("persona", persona));
    String header = grammar.write(headerRule, slots, draw);
    Style style = STYLES.get(draw.weighted(0.55, 0.2, 0.15, 0.1));
    double good = List.of(0.0, 0.1, 0.5, 1.0).get(draw.weighted(0.45, 0.3, 0.15, 0.1));
    StringBuilder text = new StringBuilder(header).append(header.isEmpty() ? "" : "\n\n");
    for (int i = 0; i < count; i++) {
      Exchange exchange = questions.draw(draw, 2.5, 2.5, 4, 3, 0.7);
      Manner manner = Manner.any(good, 0.88, length, draw);
      text.append(style.user())
          .append(exchange.query())
          .append(style.gap())
          .append(String.format(style.assistant(), persona))
          .append(answers.answer(exchange, manner, draw))
          .append("\n\n");
    }
    return text.toString();
  }
}
