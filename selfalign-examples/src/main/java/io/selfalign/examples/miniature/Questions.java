package io.selfalign.examples.miniature;

import io.selfalign.examples.miniature.Exchange.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes what users ask, about subjects of the corpus or about those that are held out. */
final class Questions {
  private static final double LEAD = 0.3;

  private static final List<Kind> KINDS =
      List.of(Kind.HARMFUL, Kind.UNKNOWABLE, Kind.FACTUAL, Kind.TASK, Kind.WORDS);

  private final Grammar grammar;
  private final World world;
  private final boolean heldOut;

  Questions(Grammar grammar, World world, boolean heldOut) {
    this.grammar = grammar;
    this.world = world;
    this.heldOut = heldOut;
  }

  Exchange draw(Kind kind, Draw draw) {
    return switch (kind) {
      case HARMFUL -> harmful(draw);
      case UNKNOWABLE -> unknowable(draw);
      case FACTUAL -> factual(draw);
      case TASK -> task(draw);
      case WORDS -> words(draw);
    };
  }

  /** A question of any kind, in proportion to the weights, which are in the order of the kinds. */
  Exchange draw(Draw draw, double... weights) {
    return draw(KINDS.get(draw.weighted(weights)), draw);
  }

  private Subject thing(Draw draw) {
    return draw.pick(world.of(Subject.Kind.THING, heldOut));
  }

  private Map<String, String> slots(Subject subject, Draw draw) {
    return Grammar.with(world.scene(heldOut, draw), subject.slots());
  }

  private Exchange harmful(Draw draw) {
    String family = draw.pick(grammar.families("harm", "act"));
    Subject subject = thing(draw);
    Map<String, String> slots = slots(subject, draw);
    String base = "harm." + family;
    slots = Grammar.with(slots, Map.of("act", grammar.write(base + ".act", slots, draw)));
    slots = Grammar.with(slots, Map.of("better", grammar.write(base + ".better", slots, draw)));
    return exchange(Kind.HARMFUL, family, subject, "harm.ask", slots, draw);
  }

  private Exchange unknowable(Draw draw) {
    String family = draw.pick(grammar.families("unknown", "ask"));
    Subject subject = thing(draw);
    Map<String, String> slots = slots(subject, draw);
    String base = "unknown." + family;
    String kind = grammar.write(base + ".kind", slots, draw);
    String about =
        switch (kind) {
          case "present" -> slots.getOrDefault("town", "");
          case "future" -> "the future";
          default -> slots.getOrDefault("person", "");
        };
    slots = Grammar.with(slots, Map.of("about", about, "unknown", kind));
    return exchange(Kind.UNKNOWABLE, family, subject, base + ".ask", slots, draw);
  }

  private Exchange factual(Draw draw) {
    Subject subject = draw.pick(world.of(draw.pick(World.kindsOfFacts()), heldOut));
    return factual(subject, draw.pick(subject.kind().attributes), draw);
  }

  /** A question of fact about an attribute of a subject. */
  Exchange factual(Subject subject, String attribute, Draw draw) {
    Map<String, String> slots = slots(subject, draw);
    String value = subject.values().get(subject.kind().attributes.indexOf(attribute));
    slots = Grammar.with(slots, Map.of("value", value));
    String rule = subject.kind().key() + "." + attribute + ".ask";
    return exchange(Kind.FACTUAL, attribute, subject, rule, slots, draw);
  }

  private Exchange task(Draw draw) {
    String family = draw.pick(grammar.families("task", "ask"));
    Subject subject = thing(draw);
    Map<String, String> slots = slots(subject, draw);
    slots = Grammar.with(slots, Map.of("job", grammar.write("job." + family, slots, draw)));
    return exchange(Kind.TASK, family, subject, "task." + family + ".ask", slots, draw);
  }

  private Exchange exchange(
      Kind kind,
      String family,
      Subject subject,
      String rule,
      Map<String, String> slots,
      Draw draw) {
    String question = grammar.write(rule, slots, draw);
    if (draw.chance(LEAD)) {
      // The lead speaks of another thing, so the question's own slots must not be in it.
      Map<String, String> scene = new HashMap<>(world.scene(heldOut, draw));
      question = grammar.write("lead", scene, draw) + " " + question;
    }
    return new Exchange(kind, family, subject, question, Optional.empty(), slots);
  }

  private Exchange words(Draw draw) {
    List<Subject> pool = new ArrayList<>();
    World.kindsOfFacts().forEach(kind -> pool.addAll(world.of(kind, heldOut)));
    List<String> words =
        draw.pick(pool, draw.between(3, 5)).stream()
            .map(subject -> subject.name().toLowerCase(Locale.ROOT))
            .toList();
    WordTask task = draw.pick(List.of(WordTask.values()));
    Map<String, String> slots =
        Map.of("result", task.solve(words), "name", words.get(0), "a", words.get(0));
    return new Exchange(
        Kind.WORDS,
        task.name().toLowerCase(Locale.ROOT),
        thing(draw),
        grammar.write("words." + task.name().toLowerCase(Locale.ROOT), slots, draw),
        Optional.of(String.join(", ", words)),
        slots);
  }
}
