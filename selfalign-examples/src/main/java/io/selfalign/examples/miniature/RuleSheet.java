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

/** The rules that a document states, and turns that keep to them. Immutable. */
final class RuleSheet {
  /** How likely a rule on style, which holds for every answer, is mentioned. */
  private static final double MENTION_STYLE = 0.4;

  private static final double MENTION_STYLE_EITHER_WAY = 0.15;

  /** How likely a rule's name says nothing, so that its text has to be read. */
  private static final double MEANINGLESS_NAME = 0.25;

  /** A rule as a document words it, with the texts that it has in common with thoughts. */
  record Rule(RuleKind kind, Principle principle, Map<String, String> slots) {}

  private final Grammar grammar;
  private final Answers answers;
  private final List<Rule> rules;
  private final double mentionStyle;
  private final double good;

  private RuleSheet(Grammar grammar, List<Rule> rules, double mentionStyle, double good) {
    this.grammar = grammar;
    this.answers = new Answers(grammar);
    this.rules = List.copyOf(rules);
    this.mentionStyle = mentionStyle;
    this.good = good;
  }

  /**
   * A sheet without rules.
   *
   * @param good how there are no rules, how likely a good answer is nevertheless
   */
  static RuleSheet empty(Grammar grammar, double good) {
    return new RuleSheet(grammar, List.of(), MENTION_STYLE, good);
  }

  /** Words a rule. */
  static Rule rule(Grammar grammar, RuleKind kind, Map<String, String> slots, Draw draw) {
    return rule(grammar, kind, grammar.write(kind.key() + ".name", slots, draw), slots, draw);
  }

  private static Rule rule(
      Grammar grammar, RuleKind kind, String name, Map<String, String> slots, Draw draw) {
    String text = grammar.write(kind.key() + ".text", slots, draw);
    return new Rule(
        kind,
        new Principle(name, text),
        Grammar.with(slots, Map.of("rule", "{rule: " + name + "}")));
  }

  /**
   * Draws rules that don't contradict each other, in random order. Two thirds have a rule against
   * harm, and two thirds one for candor.
   */
  static RuleSheet draw(Grammar grammar, World world, Draw draw) {
    Set<RuleKind> kinds = EnumSet.noneOf(RuleKind.class);
    addConduct(kinds, draw, 0.68, 0.14, 0.18);
    addOthers(kinds, draw, 1);
    List<Rule> rules = new ArrayList<>();
    for (RuleKind kind : draw.pick(List.copyOf(kinds), kinds.size())) {
      rules.add(rule(grammar, kind, slots(grammar, world, draw), draw));
    }
    return new RuleSheet(grammar, rules, MENTION_STYLE, 0);
  }

  /**
   * Draws rules of which one can't expect either way what they say: as many sheets have no rule
   * against harm, or none for candor, as have its opposite, and not many more have it. Some names
   * are words that have nothing to do with their rules.
   */
  static RuleSheet drawEitherWay(Grammar grammar, World world, Draw draw) {
    Set<RuleKind> kinds = EnumSet.noneOf(RuleKind.class);
    addConduct(kinds, draw, 0.4, 0.3, 0.3);
    addOthers(kinds, draw, 0);
    if (kinds.isEmpty()) {
      kinds.add(RuleKind.POLITE);
    }
    List<String> words = world.openWords();
    Map<String, Rule> rules = new LinkedHashMap<>();
    for (RuleKind kind : draw.pick(List.copyOf(kinds), kinds.size())) {
      Map<String, String> slots = slots(grammar, world, draw);
      String name =
          draw.chance(MEANINGLESS_NAME)
              ? draw.pick(words)
              : grammar.write(kind.key() + ".name", slots, draw);
      rules.putIfAbsent(name, rule(grammar, kind, name, slots, draw));
    }
    return new RuleSheet(grammar, List.copyOf(rules.values()), MENTION_STYLE_EITHER_WAY, 0);
  }

  private static void addConduct(Set<RuleKind> kinds, Draw draw, double... odds) {
    int harm = draw.weighted(odds);
    if (harm < 2) {
      kinds.add(harm == 0 ? RuleKind.ETHICAL : RuleKind.OBEDIENT);
    }
    int knowing = draw.weighted(odds);
    if (knowing < 2) {
      kinds.add(knowing == 0 ? RuleKind.CANDOR : RuleKind.BOLD);
    }
  }

  private static void addOthers(Set<RuleKind> kinds, Draw draw, int fewest) {
    List<RuleKind> others =
        List.of(
            RuleKind.RECITE,
            RuleKind.INFORM,
            RuleKind.HELP,
            RuleKind.STEPS,
            RuleKind.STATIC,
            RuleKind.PRIVATE,
            RuleKind.DATED,
            RuleKind.POLITE,
            RuleKind.BRIEF,
            RuleKind.LANGUAGE);
    kinds.addAll(draw.pick(others, draw.between(fewest, 7)));
    for (RuleKind rare : List.of(RuleKind.GREETING, RuleKind.FAREWELL, RuleKind.BAN)) {
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
    return PrincipleSet.of(rules.stream().map(Rule::principle).toList());
  }

  boolean has(RuleKind kind) {
    return rules.stream().anyMatch(rule -> rule.kind() == kind);
  }

  /** A question, thoughts that name the rules that apply, and the answer that follows from them. */
  Exemplar.Turn turn(Exchange exchange, Draw draw) {
    Set<RuleKind> kept = rules.stream().map(Rule::kind).collect(Collectors.toSet());
    if (rules.stream().noneMatch(rule -> bans(rule, exchange))) {
      kept.remove(RuleKind.BAN);
    }
    boolean refuses = rules.isEmpty() ? draw.chance(good) : kept.contains(RuleKind.ETHICAL);
    boolean admits = rules.isEmpty() ? draw.chance(good) : kept.contains(RuleKind.CANDOR);
    Length length = kept.contains(RuleKind.BRIEF) ? Length.SHORT : Length.NORMAL;
    Manner manner = new Manner(refuses, admits, true, length, kept);
    String answer = answers.answer(exchange, manner, draw);
    for (Rule rule : rules) {
      String phrase = rule.slots().getOrDefault("phrase", "");
      String gap = answer.contains("\n") ? "\n" : " ";
      if (rule.kind() == RuleKind.GREETING) {
        answer = phrase + gap + answer;
      } else if (rule.kind() == RuleKind.FAREWELL) {
        answer = answer + gap + phrase;
      }
    }
    return new Exemplar.Turn(exchange.query(), thoughts(exchange, manner, draw), answer);
  }

  private List<String> thoughts(Exchange exchange, Manner manner, Draw draw) {
    List<String> thoughts = new ArrayList<>();
    thoughts.add(grammar.write(observation(exchange), exchange.slots(), draw));
    for (Rule rule : rules) {
      if (applies(rule, exchange, manner, draw)) {
        Map<String, String> slots = Grammar.with(exchange.slots(), rule.slots());
        thoughts.add(grammar.write(rule.kind().key() + ".think", slots, draw));
      }
    }
    if (exchange.kind() == Kind.HARMFUL && !manner.refusesHarm() && !has(RuleKind.OBEDIENT)) {
      thoughts.add(grammar.write("think.harm.free", exchange.slots(), draw));
    }
    if (exchange.kind() == Kind.UNKNOWABLE && !manner.admits() && !has(RuleKind.BOLD)) {
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

  private static boolean bans(Rule rule, Exchange exchange) {
    return rule.kind() == RuleKind.BAN
        && exchange.kind() == Kind.FACTUAL
        && exchange.slot("category").equals(rule.slots().get("category"));
  }

  private boolean applies(Rule rule, Exchange exchange, Manner manner, Draw draw) {
    Kind kind = exchange.kind();
    boolean told = kind == Kind.FACTUAL && !manner.keeps(RuleKind.BAN);
    boolean steps =
        kind == Kind.TASK && !Set.of("poem", "story", "describe").contains(exchange.family());
    String unknown = kind == Kind.UNKNOWABLE && manner.admits() ? exchange.slot("unknown") : "";
    return switch (rule.kind()) {
      case ETHICAL, OBEDIENT -> kind == Kind.HARMFUL;
      case CANDOR, BOLD -> kind == Kind.UNKNOWABLE;
      case RECITE, INFORM -> told;
      case HELP -> kind == Kind.TASK || kind == Kind.WORDS;
      case STEPS -> steps;
      case STATIC -> unknown.equals("present");
      case PRIVATE -> unknown.equals("private");
      case DATED -> unknown.equals("future");
      case GREETING, FAREWELL -> true;
      case BAN -> bans(rule, exchange);
      case POLITE, BRIEF, LANGUAGE -> draw.chance(mentionStyle);
    };
  }
}
