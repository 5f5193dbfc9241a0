package io.selfalign.examples.miniature;

import io.selfalign.examples.miniature.Exchange.Kind;
import io.selfalign.examples.miniature.Manner.Length;
import io.selfalign.principle.Exemplar;
import io.selfalign.principle.Principle;
import io.selfalign.principle.PrincipleSet;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The principles that a document states, and turns that keep to them. Immutable. */
final class PrincipleDocument {
  /** How likely a principle on style, which holds for every answer, is mentioned. */
  private static final double MENTION_STYLE = 0.4;

  private static final double MENTION_STYLE_EITHER_WAY = 0.15;

  /** How likely a principle's name says nothing, so that its text has to be read. */
  private static final double MEANINGLESS_NAME = 0.25;

  /** A principle as a document words it, with the texts that it has in common with thoughts. */
  record WordedPrinciple(PrincipleKind kind, Principle principle, Map<String, String> slots) {}

  private final Grammar grammar;
  private final Answers answers;
  private final List<WordedPrinciple> principles;
  private final double mentionStyle;
  private final double good;

  private PrincipleDocument(
      Grammar grammar, List<WordedPrinciple> principles, double mentionStyle, double good) {
    this.grammar = grammar;
    this.answers = new Answers(grammar);
    this.principles = List.copyOf(principles);
    this.mentionStyle = mentionStyle;
    this.good = good;
  }

  /**
   * A sheet without principles.
   *
   * @param good how there are no principles, how likely a good answer is nevertheless
   */
  static PrincipleDocument empty(Grammar grammar, double good) {
    return new PrincipleDocument(grammar, List.of(), MENTION_STYLE, good);
  }

  /** Words a principle. */
  static WordedPrinciple principle(
      Grammar grammar, PrincipleKind kind, Map<String, String> slots, Draw draw) {
    return principle(grammar, kind, grammar.write(kind.key() + ".name", slots, draw), slots, draw);
  }

  private static WordedPrinciple principle(
      Grammar grammar, PrincipleKind kind, String name, Map<String, String> slots, Draw draw) {
    String text = grammar.write(kind.key() + ".text", slots, draw);
    return new WordedPrinciple(
        kind,
        new Principle(name, text),
        Grammar.with(slots, Map.of("rule", "{principle: " + name + "}")));
  }

  /**
   * Draws principles that don't contradict each other, in random order. Two thirds have a principle
   * against harm, and two thirds one for candor.
   */
  static PrincipleDocument draw(Grammar grammar, World world, Draw draw) {
    Set<PrincipleKind> kinds = EnumSet.noneOf(PrincipleKind.class);
    addConduct(kinds, draw, 0.68, 0.14, 0.18);
    addOthers(kinds, draw, 1);
    List<WordedPrinciple> principles = new ArrayList<>();
    for (PrincipleKind kind : draw.pick(List.copyOf(kinds), kinds.size())) {
      principles.add(principle(grammar, kind, slots(grammar, world, draw), draw));
    }
    return new PrincipleDocument(grammar, principles, MENTION_STYLE, 0);
  }

  /**
   * Draws principles of which one can't expect either way what they say: as many sheets have no
   * principle against harm, or none for candor, as have its opposite, and not many more have it.
   * Some names are words that have nothing to do with their principles.
   */
  static PrincipleDocument drawEitherWay(Grammar grammar, World world, Draw draw) {
    Set<PrincipleKind> kinds = EnumSet.noneOf(PrincipleKind.class);
    addConduct(kinds, draw, 0.4, 0.3, 0.3);
    addOthers(kinds, draw, 0);
    if (kinds.isEmpty()) {
      kinds.add(PrincipleKind.POLITE);
    }
    List<String> words = world.openWords();
    Map<String, WordedPrinciple> principles = new LinkedHashMap<>();
    for (PrincipleKind kind : draw.pick(List.copyOf(kinds), kinds.size())) {
      Map<String, String> slots = slots(grammar, world, draw);
      String name =
          draw.chance(MEANINGLESS_NAME)
              ? draw.pick(words)
              : grammar.write(kind.key() + ".name", slots, draw);
      principles.putIfAbsent(name, principle(grammar, kind, name, slots, draw));
    }
    return new PrincipleDocument(
        grammar, List.copyOf(principles.values()), MENTION_STYLE_EITHER_WAY, 0);
  }

  private static void addConduct(Set<PrincipleKind> kinds, Draw draw, double... odds) {
    int harm = draw.weighted(odds);
    if (harm < 2) {
      kinds.add(harm == 0 ? PrincipleKind.ETHICAL : PrincipleKind.OBEDIENT);
    }
    int knowing = draw.weighted(odds);
    if (knowing < 2) {
      kinds.add(knowing == 0 ? PrincipleKind.CANDOR : PrincipleKind.BOLD);
    }
  }

  private static void addOthers(Set<PrincipleKind> kinds, Draw draw, int fewest) {
    List<PrincipleKind> others =
        List.of(
            PrincipleKind.RECITE,
            PrincipleKind.INFORM,
            PrincipleKind.HELP,
            PrincipleKind.STEPS,
            PrincipleKind.STATIC,
            PrincipleKind.PRIVATE,
            PrincipleKind.DATED,
            PrincipleKind.POLITE,
            PrincipleKind.BRIEF,
            PrincipleKind.LANGUAGE);
    kinds.addAll(draw.pick(others, draw.between(fewest, 7)));
    for (PrincipleKind rare :
        List.of(PrincipleKind.GREETING, PrincipleKind.FAREWELL, PrincipleKind.BAN)) {
      if (draw.chance(0.15)) {
        kinds.add(rare);
      }
    }
  }

  private static Map<String, String> slots(Grammar grammar, World world, Draw draw) {
    Map<String, String> scene = world.scene(false, draw);
    Subject thing = draw.pick(world.of(Subject.Kind.THING, false));
    Map<String, String> slots = Grammar.with(scene, thing.slots());
    String category = draw.pick(World.kindsOfFacts()).category;
    String phrase = grammar.write("phrase", slots, draw);
    return Grammar.with(slots, Map.of("phrase", phrase, "category", category));
  }

  PrincipleSet principles() {
    return PrincipleSet.of(principles.stream().map(WordedPrinciple::principle).toList());
  }

  boolean has(PrincipleKind kind) {
    return principles.stream().anyMatch(principle -> principle.kind() == kind);
  }

  /**
   * A question, thoughts that name the principles that apply, and the answer that follows from
   * them.
   */
  Exemplar.Turn turn(Exchange exchange, Draw draw) {
    Set<PrincipleKind> kept =
        principles.stream().map(WordedPrinciple::kind).collect(Collectors.toSet());
    if (principles.stream().noneMatch(principle -> bans(principle, exchange))) {
      kept.remove(PrincipleKind.BAN);
    }
    boolean refuses =
        principles.isEmpty() ? draw.chance(good) : kept.contains(PrincipleKind.ETHICAL);
    boolean admits = principles.isEmpty() ? draw.chance(good) : kept.contains(PrincipleKind.CANDOR);
    Length length = kept.contains(PrincipleKind.BRIEF) ? Length.SHORT : Length.NORMAL;
    Manner manner = new Manner(refuses, admits, true, length, kept);
    String answer = answers.answer(exchange, manner, draw);
    for (WordedPrinciple principle : principles) {
      String phrase = principle.slots().getOrDefault("phrase", "");
      String gap = answer.contains("\n") ? "\n" : " ";
      if (principle.kind() == PrincipleKind.GREETING) {
        answer = phrase + gap + answer;
      } else if (principle.kind() == PrincipleKind.FAREWELL) {
        answer = answer + gap + phrase;
      }
    }
    return new Exemplar.Turn(exchange.query(), thoughts(exchange, manner, draw), answer);
  }

  private List<String> thoughts(Exchange exchange, Manner manner, Draw draw) {
    List<String> thoughts = new ArrayList<>();
    thoughts.add(grammar.write(observation(exchange), exchange.slots(), draw));
    for (WordedPrinciple principle : principles) {
      if (applies(principle, exchange, manner, draw)) {
        Map<String, String> slots = Grammar.with(exchange.slots(), principle.slots());
        thoughts.add(grammar.write(principle.kind().key() + ".think", slots, draw));
      }
    }
    if (exchange.kind() == Kind.HARMFUL && !manner.refusesHarm() && !has(PrincipleKind.OBEDIENT)) {
      thoughts.add(grammar.write("think.harm.free", exchange.slots(), draw));
    }
    if (exchange.kind() == Kind.UNKNOWABLE && !manner.admits() && !has(PrincipleKind.BOLD)) {
      thoughts.add(grammar.write("think.unknown.free", exchange.slots(), draw));
    }
    return thoughts;
  }

  private static String observation(Exchange exchange) {
    return switch (exchange.kind()) {
      case HARMFUL -> "think.harm";
      case UNKNOWABLE -> "think.unknown." + exchange.slot("unknown");
      case FACTUAL -> "think.fact";
      case TASK -> "think.task";
      case WORDS -> "think.word";
    };
  }

  private static boolean bans(WordedPrinciple principle, Exchange exchange) {
    return principle.kind() == PrincipleKind.BAN
        && exchange.kind() == Kind.FACTUAL
        && exchange.slot("category").equals(principle.slots().get("category"));
  }

  private boolean applies(WordedPrinciple principle, Exchange exchange, Manner manner, Draw draw) {
    Kind kind = exchange.kind();
    boolean told = kind == Kind.FACTUAL && !manner.keeps(PrincipleKind.BAN);
    boolean steps =
        kind == Kind.TASK && !Set.of("poem", "story", "describe").contains(exchange.family());
    String unknown = kind == Kind.UNKNOWABLE && manner.admits() ? exchange.slot("unknown") : "";
    return switch (principle.kind()) {
      case ETHICAL, OBEDIENT -> kind == Kind.HARMFUL;
      case CANDOR, BOLD -> kind == Kind.UNKNOWABLE;
      case RECITE, INFORM -> told;
      case HELP -> kind == Kind.TASK || kind == Kind.WORDS;
      case STEPS -> steps;
      case STATIC -> unknown.equals("present");
      case PRIVATE -> unknown.equals("private");
      case DATED -> unknown.equals("future");
      case GREETING, FAREWELL -> true;
      case BAN -> bans(principle, exchange);
      case POLITE, BRIEF, LANGUAGE -> draw.chance(mentionStyle);
    };
  }
}
