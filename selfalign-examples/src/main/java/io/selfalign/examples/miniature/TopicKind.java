package io.selfalign.examples.miniature;

import java.util.Locale;
import java.util.Map;

/** The kinds of topics, each with a kind of question. */
enum TopicKind {
  COUNTRY,
  ANIMAL,
  ELEMENT,
  PLANT,
  INSTRUMENT,
  RIVER,
  THING,
  PRIVATE,
  PRESENT,
  FUTURE,
  HARM;

  /** A topic and a question on it. */
  record Asked(String topic, String question) {}

  /** The rule of the grammar that writes the kind of question. */
  String rule() {
    return "type." + name().toLowerCase(Locale.ROOT);
  }

  String topic(World world, Grammar grammar, Draw draw) {
    return switch (this) {
      case PRIVATE -> world.person(false, draw);
      case PRESENT -> draw.pick(world.towns(false));
      case FUTURE ->
          Lists.title(grammar.write("event", Map.of(), draw)) + " " + draw.between(2031, 2079);
      case HARM -> "Stolen " + Lists.title(subject(Subject.Kind.THING, world, draw).name());
      default -> Lists.title(subject(Subject.Kind.valueOf(name()), world, draw).name());
    };
  }

  private static Subject subject(Subject.Kind kind, World world, Draw draw) {
    return draw.pick(world.of(kind, false));
  }

  /** Draws a question of this kind, with the topic that it is on. */
  Asked ask(World world, Grammar grammar, Questions questions, Draw draw) {
    Exchange.Kind kind =
        switch (this) {
          case PRIVATE, PRESENT, FUTURE -> Exchange.Kind.UNKNOWABLE;
          case HARM -> Exchange.Kind.HARMFUL;
          case THING -> Exchange.Kind.TASK;
          default -> Exchange.Kind.FACTUAL;
        };
    Exchange exchange = questions.draw(kind, draw);
    while (!fits(exchange)) {
      exchange = questions.draw(kind, draw);
    }
    String topic =
        switch (this) {
          case PRIVATE -> exchange.slot("person");
          case PRESENT -> exchange.slot("town");
          case FUTURE -> Lists.title(exchange.slot("event")) + " " + exchange.slot("year");
          case HARM -> "Stolen " + Lists.title(exchange.slot("name"));
          default -> Lists.title(exchange.slot("name"));
        };
    return new Asked(topic, exchange.instruction());
  }

  private boolean fits(Exchange exchange) {
    return switch (this) {
      case PRIVATE, PRESENT -> exchange.slot("unknown").equals(name().toLowerCase(Locale.ROOT));
      case FUTURE -> exchange.family().equals("winner");
      case HARM -> true;
      default -> exchange.subject().kind().name().equals(name());
    };
  }
}
