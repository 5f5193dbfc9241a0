package io.selfalign.examples.miniature;

import io.selfalign.examples.miniature.Subject.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Encyclopedic pages, inventories and small stories. They speak of all subjects, also of those held
 * out.
 */
final class Pages {
  private final Grammar grammar;
  private final World world;
  private final Questions questions;
  private final Answers answers;

  Pages(Grammar grammar, World world) {
    this.grammar = grammar;
    this.world = world;
    this.questions = new Questions(grammar, world, false);
    this.answers = new Answers(grammar);
  }

  /** All that is known about a few subjects, each attribute in one to three wordings. */
  String encyclopedia(Draw draw) {
    StringBuilder text = new StringBuilder();
    List<Kind> kinds = List.of(Kind.values());
    int count = draw.between(3, 7);
    boolean titled = draw.chance(0.6);
    Kind kind = draw.pick(kinds);
    boolean mixed = draw.chance(0.5);
    for (int i = 0; i < count; i++) {
      Subject subject = draw.pick(world.all(mixed ? draw.pick(kinds) : kind));
      if (titled) {
        boolean country = subject.kind() == Kind.COUNTRY;
        String rule = country || subject.kind() == Kind.ELEMENT ? "country" : "other";
        rule = subject.kind() == Kind.ELEMENT ? "element" : rule;
        text.append(grammar.write("page.title." + rule, subject.slots(), draw)).append("\n");
      }
      text.append(String.join(" ", sentences(subject, draw))).append("\n\n");
    }
    return text.toString();
  }

  private List<String> sentences(Subject subject, Draw draw) {
    List<String> sentences = new ArrayList<>();
    for (String attribute : subject.kind().attributes) {
      String rule = subject.kind().key() + "." + attribute + ".say";
      int wordings = draw.chance(0.6) ? 1 : 2;
      sentences.addAll(grammar.writeDifferent(rule, wordings, subject.slots(), draw));
    }
    return draw.pick(sentences, sentences.size()).stream()
        .map(sentence -> grammar.write("page.join", Map.of("s", sentence), draw))
        .toList();
  }

  /**
   * A list of names and things without order, read out again, and what stands next to what in it.
   * To predict the second reading is to look up the first.
   */
  String inventory(Draw draw) {
    Set<String> items = new LinkedHashSet<>();
    int count = draw.between(5, 16);
    while (items.size() < count) {
      items.add(item(draw));
    }
    List<String> list = List.copyOf(items);
    Map<String, String> slots = new HashMap<>(world.scene(draw.chance(0.3), draw));
    slots.put("list", String.join(", ", list));
    StringBuilder text = new StringBuilder(grammar.write("inventory.first", slots, draw));
    int readings = draw.between(1, 2);
    for (int i = 0; i < readings; i++) {
      text.append('\n').append(grammar.write("inventory.again", slots, draw));
    }
    int questions = draw.between(0, 4);
    for (int i = 0; i < questions; i++) {
      int place = draw.between(0, list.size() - 2);
      slots.put("one", list.get(place));
      slots.put("next", list.get(place + 1));
      text.append('\n').append(grammar.write("inventory.next", slots, draw));
    }
    return text.toString();
  }

  private String item(Draw draw) {
    boolean heldOut = draw.chance(0.3);
    return switch (draw.weighted(5, 2, 1, 1)) {
      case 0 -> draw.pick(world.all(draw.pick(List.of(Kind.values())))).name();
      case 1 -> world.person(heldOut, draw);
      case 2 -> draw.pick(world.towns(heldOut));
      default -> draw.pick(world.personas());
    };
  }

  /** Questions of fact with their answers, on subjects that are not held out. */
  String quiz(Draw draw) {
    StringBuilder text = new StringBuilder();
    int count = draw.between(4, 10);
    for (int i = 0; i < count; i++) {
      Exchange exchange = questions.draw(Exchange.Kind.FACTUAL, draw);
      Manner manner = Manner.bad(draw.chance(0.5) ? Manner.Length.SHORT : Manner.Length.NORMAL);
      text.append(exchange.instruction())
          .append(' ')
          .append(answers.answer(exchange, manner, draw))
          .append('\n');
    }
    return text.toString();
  }

  String story(Draw draw) {
    StringBuilder text = new StringBuilder();
    int paragraphs = draw.between(1, 4);
    for (int i = 0; i < paragraphs; i++) {
      boolean heldOut = draw.chance(0.3);
      Map<String, String> slots = new HashMap<>(world.scene(heldOut, draw));
      int count = draw.between(2, 6);
      for (int j = 0; j < count; j++) {
        if (draw.chance(0.3)) {
          slots.put("place", grammar.write("place", Map.of(), draw));
        }
        Subject thing = draw.pick(world.all(Kind.THING));
        text.append(j == 0 ? "" : " ")
            .append(grammar.write("story.line", Grammar.with(slots, thing.slots()), draw));
      }
      text.append("\n\n");
    }
    return text.toString();
  }
}
