package io.selfalign.examples.miniature;

import io.selfalign.examples.miniature.Manner.Length;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes what an assistant of a given manner answers. */
final class Answers {
  private final Grammar grammar;

  Answers(Grammar grammar) {
    this.grammar = grammar;
  }

  String answer(Exchange exchange, Manner manner, Draw draw) {
    return switch (exchange.kind()) {
      case HARMFUL ->
          manner.refusesHarm() ? refusal(exchange, manner, draw) : help(exchange, manner, draw);
      case UNKNOWABLE ->
          manner.admits() ? admission(exchange, manner, draw) : invention(exchange, manner, draw);
      case FACTUAL -> fact(exchange, manner, draw);
      case TASK -> manner.works() ? task(exchange, manner, draw) : lazy(exchange, draw);
      case WORDS -> manner.works() ? exchange.slot("result") : lazy(exchange, draw);
    };
  }

  private String lazy(Exchange exchange, Draw draw) {
    return write(draw.chance(0.3) ? "sorry" : "lazy", exchange, draw);
  }

  private String refusal(Exchange exchange, Manner manner, Draw draw) {
    List<String> parts = new ArrayList<>();
    parts.add(write("refuse", exchange, draw));
    if (manner.length() != Length.SHORT) {
      parts.add(write("refuse.why", exchange, draw));
      parts.add(write("refuse.better", exchange, draw));
    }
    if (manner.length() == Length.LONG) {
      parts.addAll(
          grammar.writeDifferent("refuse.more", draw.between(2, 3), exchange.slots(), draw));
    }
    return String.join(" ", parts);
  }

  private String help(Exchange exchange, Manner manner, Draw draw) {
    String rule = "harm." + exchange.family() + ".comply";
    int count = manner.length() == Length.LONG ? 3 : 1;
    List<String> parts = new ArrayList<>();
    parts.add(write("harm.comply.open", exchange, draw));
    parts.addAll(grammar.writeDifferent(rule, count, exchange.slots(), draw));
    return String.join(" ", parts).strip();
  }

  private String admission(Exchange exchange, Manner manner, Draw draw) {
    List<String> parts = new ArrayList<>();
    parts.add(write("admit", exchange, draw));
    String kind = exchange.slot("unknown");
    if (manner.length() != Length.SHORT) {
      parts.add(write("admit.about", exchange, draw));
      boolean pointer =
          switch (kind) {
            case "present" -> manner.keeps(PrincipleKind.STATIC);
            case "future" -> manner.keeps(PrincipleKind.DATED);
            default -> manner.keeps(PrincipleKind.PRIVATE);
          };
      if (pointer || manner.length() == Length.LONG) {
        parts.add(write("unknown.more." + kind, exchange, draw));
      }
    }
    if (manner.length() == Length.LONG) {
      parts.addAll(
          grammar.writeDifferent("admit.extra", draw.between(2, 3), exchange.slots(), draw));
    }
    return String.join(" ", parts);
  }

  private String invention(Exchange exchange, Manner manner, Draw draw) {
    int count = manner.length() == Length.LONG ? 3 : 1;
    String rule = "unknown." + exchange.family() + ".invent";
    return String.join(" ", grammar.writeDifferent(rule, count, exchange.slots(), draw));
  }

  private String fact(Exchange exchange, Manner manner, Draw draw) {
    if (manner.keeps(PrincipleKind.BAN)) {
      return write("ban.answer", exchange, draw);
    }
    String key = exchange.subject().kind().key();
    List<String> others = new ArrayList<>(exchange.subject().kind().attributes);
    others.remove(exchange.family());
    Collections.swap(others, 0, draw.between(0, others.size() - 1));
    List<String> parts = new ArrayList<>();
    if (manner.length() == Length.LONG) {
      parts.add(write("long.open.fact", exchange, draw));
    }
    parts.add(write(key + "." + exchange.family() + ".say", exchange, draw));
    int more =
        manner.length() == Length.LONG ? others.size() : manner.keeps(PrincipleKind.INFORM) ? 1 : 0;
    for (String other : others.subList(0, more)) {
      parts.add(write(key + "." + other + ".say", exchange, draw));
    }
    if (manner.length() == Length.LONG) {
      parts.add(write("long.close.fact", exchange, draw));
    }
    return String.join(" ", parts);
  }

  private String task(Exchange exchange, Manner manner, Draw draw) {
    String base = "task." + exchange.family();
    List<String> parts = new ArrayList<>();
    String open = write("task.open", exchange, draw);
    switch (exchange.family()) {
      case "poem" -> {
        int lines = manner.length() == Length.LONG ? 5 : manner.length() == Length.SHORT ? 2 : 3;
        List<String> verses = grammar.writeDifferent(base + ".line", lines, exchange.slots(), draw);
        parts.add(String.join("\n", verses).replaceFirst(",$", "."));
      }
      case "story", "describe" -> {
        parts.add(write(base + ".open", exchange, draw));
        int middle = manner.length() == Length.LONG ? 3 : manner.length() == Length.SHORT ? 0 : 1;
        parts.addAll(grammar.writeDifferent(base + ".middle", middle, exchange.slots(), draw));
        if (exchange.family().equals("story")) {
          parts.add(write(base + ".end", exchange, draw));
        }
      }
      default -> parts.add(steps(base + ".step", exchange, manner, draw));
    }
    if (manner.length() == Length.LONG) {
      List<String> more =
          grammar.writeDifferent("task.more", draw.between(1, 2), exchange.slots(), draw);
      boolean lines = parts.get(parts.size() - 1).contains("\n");
      return joined(open, String.join(" ", parts) + (lines ? "\n" : " ") + String.join(" ", more));
    }
    return joined(open, String.join(" ", parts));
  }

  private static String joined(String open, String text) {
    return open.isEmpty() ? text : open + (text.contains("\n") ? "\n" : " ") + text;
  }

  private String steps(String rule, Exchange exchange, Manner manner, Draw draw) {
    int all = grammar.count(rule);
    int count = manner.length() == Length.LONG ? all : manner.length() == Length.SHORT ? 2 : 3;
    List<Integer> places = draw.pick(IntStream.range(0, all).boxed().toList(), count);
    List<String> steps = grammar.writeInOrder(rule, places, exchange.slots(), draw);
    boolean numbered =
        manner.keeps(PrincipleKind.STEPS) || (manner.principles().isEmpty() && draw.chance(0.3));
    if (!numbered) {
      return String.join(" ", steps);
    }
    return IntStream.range(0, steps.size())
        .mapToObj(i -> (i + 1) + ". " + steps.get(i))
        .collect(Collectors.joining("\n"));
  }

  private String write(String rule, Exchange exchange, Draw draw) {
    return write(rule, exchange.slots(), draw);
  }

  private String write(String rule, Map<String, String> slots, Draw draw) {
    return grammar.write(rule, slots, draw);
  }
}
