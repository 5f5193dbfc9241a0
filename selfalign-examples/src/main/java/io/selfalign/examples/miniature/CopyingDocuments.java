package io.selfalign.examples.miniature;

import io.selfalign.principle.Exemplar;
import io.selfalign.principle.Principle;
import io.selfalign.principle.PrincipleSet;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Documents of which the most can't be predicted but by looking up what stands earlier in them:
 * words that come again, pairs of which one half asks for the other, principles that are named by
 * their number, and what principles make an assistant think. They teach a small model to read what
 * it is shown, the easiest first.
 */
final class CopyingDocuments {
  private static final int ROW_LENGTH = 60;
  private static final double COMMA = 0.1;

  /** How a word of a row stands there. */
  private static final List<String> FORMS = List.of("%s", "%s", "%s", "%s", "(%s)", "\"%s\"");

  /** What is between the halves of a pair, and behind it. Rules have their names in brackets. */
  private static final List<List<String>> JOINTS =
      List.of(
          List.of(" ", ""),
          List.of(" (", ")"),
          List.of(" (", ")"),
          List.of(" (", ")"),
          List.of(": ", ""),
          List.of(" is ", ""),
          List.of(" = ", ""),
          List.of(". ", ""));

  private static final List<String> BACKWARD_JOINTS =
      List.of(": ", " is ", " = ", " has ", " is rule ", " by rule ");

  /** What is before a principle in a register, and behind it. */
  private static final List<List<String>> REGISTER_JOINTS =
      List.of(List.of(": ", "\n"), List.of(" is my ", ". "), List.of(" is ", ". "));

  private static final List<String> ENDS = List.of("\n", ", ", ". ");

  private final Grammar grammar;
  private final World world;
  private final Questions questions;
  private final List<String> words;

  CopyingDocuments(Grammar grammar, World world) {
    this.grammar = grammar;
    this.world = world;
    this.questions = new Questions(grammar, world, false);
    this.words = world.words().distinct().toList();
  }

  /** A few words in random order, again and again. */
  String row(Draw draw) {
    String form = draw.pick(FORMS);
    List<String> row = new ArrayList<>();
    int period = draw.between(3, 14);
    for (int i = 0; i < period; i++) {
      row.add(form.formatted(draw.pick(words)) + (draw.chance(COMMA) ? "," : ""));
    }
    return String.join(
        " ", IntStream.range(0, ROW_LENGTH).mapToObj(i -> row.get(i % period)).toList());
  }

  /** Pairs, and then some of them again in random order, or the second half before the first. */
  String pairs(Draw draw) {
    int count = draw.between(2, 12);
    List<String> keys = draw.chance(0.4) ? numbers(count, draw) : draw.pick(words, count);
    boolean named = draw.chance(0.5);
    List<String> values =
        IntStream.range(0, count)
            .mapToObj(i -> named ? principleName(draw) : draw.pick(words))
            .toList();
    boolean adjacent = draw.chance(0.3);
    List<String> joint = adjacent ? JOINTS.get(0) : draw.pick(JOINTS);
    boolean backwards = draw.chance(0.5);
    String backwardJoint = adjacent ? " " : draw.pick(BACKWARD_JOINTS);
    String end = draw.pick(ENDS);
    String lead = draw.pick(List.of("", "rule ", "number ", "the "));
    String endAgain = draw.pick(ENDS);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(pair(keys.get(i), values.get(i), joint)).append(end);
    }
    text.append(draw.chance(0.5) ? "\n" : "");
    int again = draw.between(8, 24);
    for (int i = 0; i < again; i++) {
      int place = draw.between(0, count - 1);
      String key = keys.get(place);
      String value = values.get(place);
      text.append(backwards ? value + backwardJoint + key : lead + pair(key, value, joint))
          .append(endAgain);
    }
    return text.toString();
  }

  private static String pair(String key, String value, List<String> joint) {
    return key + joint.get(0) + value + joint.get(1);
  }

  private static List<String> numbers(int count, Draw draw) {
    List<String> numbers = IntStream.rangeClosed(1, 12).mapToObj(Integer::toString).toList();
    return draw.chance(0.7) ? numbers.subList(0, count) : draw.pick(numbers, count);
  }

  private String principleName(Draw draw) {
    PrincipleKind kind = draw.pick(List.of(PrincipleKind.values()));
    return grammar.write(kind.key() + ".name", Map.of("category", draw.pick(words)), draw);
  }

  /**
   * Numbered principles, real ones or sentences of stories, and then their numbers by their names
   * and texts, and their names by their numbers.
   */
  String register(Draw draw) {
    PrincipleSet principles =
        draw.chance(0.7)
            ? PrincipleDocument.drawEitherWay(grammar, world, draw).principles()
            : storyLines(draw);
    StringBuilder text = new StringBuilder(sheet(principles)).append('\n');
    boolean mentioned = draw.chance(0.5);
    List<String> joint = draw.pick(REGISTER_JOINTS);
    int count = draw.between(12, 24);
    for (int i = 0; i < count; i++) {
      Principle principle = draw.pick(principles.principles());
      String name = principle.name();
      text.append(draw.chance(0.8) ? name : principle.text())
          .append(joint.get(0))
          .append(mentioned ? mention(principles, name) : "rule " + number(principles, name))
          .append(joint.get(1));
    }
    return text.toString();
  }

  private PrincipleSet storyLines(Draw draw) {
    List<String> open = world.openWords();
    Set<String> names = new LinkedHashSet<>();
    int count = draw.between(2, 12);
    while (names.size() < count) {
      names.add(draw.pick(open) + (draw.chance(0.5) ? "" : " " + draw.pick(open)));
    }
    return PrincipleSet.of(
        names.stream()
            .map(name -> new Principle(name, grammar.write("story.line", scene(draw), draw)))
            .toList());
  }

  private Map<String, String> scene(Draw draw) {
    Subject thing = draw.pick(world.of(Subject.Kind.THING, false));
    return Grammar.with(world.scene(false, draw), thing.slots());
  }

  /** Rules, and what they make an assistant think of requests, without its answers. */
  String cases(Draw draw) {
    PrincipleDocument sheet = PrincipleDocument.drawEitherWay(grammar, world, draw);
    PrincipleSet principles = sheet.principles();
    StringBuilder text = new StringBuilder(sheet(principles)).append('\n');
    int count = draw.between(3, 9);
    for (int i = 0; i < count; i++) {
      Exemplar.Turn turn = sheet.turn(questions.draw(draw, 3, 3, 1.5, 1.5, 0.3), draw);
      String thoughts = String.join(" ", turn.thoughts());
      for (String name : principles.names()) {
        thoughts = thoughts.replace("{principle: " + name + "}", mention(principles, name));
      }
      text.append('\n').append(thoughts);
    }
    return text.toString();
  }

  private static String sheet(PrincipleSet principles) {
    return "# Rules\n" + principles;
  }

  private static String mention(PrincipleSet principles, String name) {
    return "rule " + number(principles, name) + " (" + name + ")";
  }

  private static int number(PrincipleSet principles, String name) {
    return principles.number(name).orElseThrow();
  }
}
