package io.selfalign.examples.miniature;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A context-free grammar that writes sentences. {@code == name} begins a rule, each line after it
 * is one way to write it; {@code [a|b]} chooses, {@code {x}} is a slot or a rule, <code>{x^}</code>
 * the same with a capital letter. The text of a slot is taken as it is. Immutable.
 */
final class Grammar {
  private final Map<String, List<Node>> rules;

  private sealed interface Node {
    record Text(String text) implements Node {}

    record Name(String name, boolean capital) implements Node {}

    record Choice(List<Node> ways) implements Node {}

    record Sequence(List<Node> parts) implements Node {}
  }

  private Grammar(Map<String, List<Node>> rules) {
    this.rules = rules;
  }

  /** Reads rules from resources. */
  static Grammar of(String... resources) {
    List<String> lines = new ArrayList<>();
    for (String resource : resources) {
      lines.addAll(Resource.lines(resource));
    }
    return parse(lines);
  }

  static Grammar parse(List<String> lines) {
    Map<String, List<Node>> rules = new LinkedHashMap<>();
    List<Node> ways = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("== ")) {
        ways = new ArrayList<>();
        if (rules.put(line.substring(3).strip(), ways) != null) {
          throw new IllegalArgumentException("the rule '" + line + "' occurs twice");
        }
      } else {
        ways.add(new Parser(line).whole());
      }
    }
    return new Grammar(rules);
  }

  /** The names of all rules, in their order. */
  Set<String> names() {
    return rules.keySet();
  }

  /** The second parts of the names {@code first.SECOND.last}, in their order. */
  List<String> families(String first, String last) {
    return rules.keySet().stream()
        .filter(name -> name.startsWith(first + ".") && name.endsWith("." + last))
        .map(name -> name.substring(first.length() + 1, name.length() - last.length() - 1))
        .filter(family -> family.indexOf('.') < 0)
        .toList();
  }

  /** Writes a rule in one way. */
  String write(String rule, Map<String, String> slots, Draw draw) {
    StringBuilder text = new StringBuilder();
    write(rule, slots, draw, text);
    return text.toString().strip();
  }

  /** Writes a rule in several ways, each a line of its own in the grammar. */
  List<String> writeDifferent(String rule, int count, Map<String, String> slots, Draw draw) {
    return draw.pick(ways(rule), count).stream().map(way -> text(way, slots, draw)).toList();
  }

  /** Writes the ways of a rule that are at these places, in their order. */
  List<String> writeInOrder(String rule, List<Integer> places, Map<String, String> slots, Draw d) {
    List<Node> ways = ways(rule);
    return places.stream().sorted().map(place -> text(ways.get(place), slots, d)).toList();
  }

  /** How many ways a rule has. */
  int count(String rule) {
    return ways(rule).size();
  }

  private String text(Node way, Map<String, String> slots, Draw draw) {
    StringBuilder text = new StringBuilder();
    write(way, slots, draw, text);
    return text.toString().strip();
  }

  private List<Node> ways(String rule) {
    List<Node> ways = rules.get(rule);
    if (ways == null) {
      throw new IllegalArgumentException("there is no slot or rule '" + rule + "'");
    }
    return ways;
  }

  private void write(String rule, Map<String, String> slots, Draw draw, StringBuilder out) {
    String value = slots.get(rule);
    if (value != null) {
      out.append(value);
      return;
    }
    List<Node> ways = ways(rule);
    if (!ways.isEmpty()) {
      write(draw.pick(ways), slots, draw, out);
    }
  }

  private void write(Node node, Map<String, String> slots, Draw draw, StringBuilder out) {
    if (node instanceof Node.Text text) {
      out.append(text.text());
    } else if (node instanceof Node.Choice choice) {
      write(draw.pick(choice.ways()), slots, draw, out);
    } else if (node instanceof Node.Sequence sequence) {
      sequence.parts().forEach(part -> write(part, slots, draw, out));
    } else if (node instanceof Node.Name name) {
      int start = out.length();
      write(name.name(), slots, draw, out);
      if (name.capital() && out.length() > start) {
        out.setCharAt(start, Character.toUpperCase(out.charAt(start)));
      }
    }
  }

  /** Two maps as one, the second first. */
  static Map<String, String> with(Map<String, String> slots, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(slots);
    all.putAll(more);
    return all;
  }

  /** A word with its indefinite article. */
  static String withArticle(String noun) {
    boolean vowel = "aeiou".indexOf(noun.toLowerCase(Locale.ROOT).charAt(0)) >= 0;
    return (vowel ? "an " : "a ") + noun;
  }

  private static final class Parser {
    private final String line;
    private int at;

    Parser(String line) {
      this.line = line;
    }

    Node whole() {
      Node node = sequence();
      if (at < line.length()) {
        throw error("has a '" + line.charAt(at) + "' too many");
      }
      return node;
    }

    private Node sequence() {
      List<Node> parts = new ArrayList<>();
      while (at < line.length() && line.charAt(at) != '|' && line.charAt(at) != ']') {
        char c = line.charAt(at);
        parts.add(c == '[' ? choice() : c == '{' ? name() : text());
      }
      return parts.size() == 1 ? parts.get(0) : new Node.Sequence(parts);
    }

    private Node choice() {
      List<Node> ways = new ArrayList<>();
      do {
        at++;
        ways.add(sequence());
      } while (at < line.length() && line.charAt(at) == '|');
      if (at++ >= line.length()) {
        throw error("lacks a ']'");
      }
      return new Node.Choice(ways);
    }

    private Node name() {
      int end = line.indexOf('}', at);
      if (end < 0) {
        throw error("lacks a '}'");
      }
      String name = line.substring(at + 1, end);
      at = end + 1;
      boolean capital = name.endsWith("^");
      return new Node.Name(capital ? name.substring(0, name.length() - 1) : name, capital);
    }

    private Node text() {
      int start = at;
      while (at < line.length() && "[]{|".indexOf(line.charAt(at)) < 0) {
        at++;
      }
      return new Node.Text(line.substring(start, at));
    }

    private IllegalArgumentException error(String what) {
      return new IllegalArgumentException("the line '" + line + "' " + what);
    }
  }
}
