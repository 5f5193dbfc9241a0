package io.selfalign.examples.miniature;

import io.selfalign.data.Traceable;
import io.selfalign.examples.miniature.Exchange.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Questions on subjects, persons and towns that the corpus knows from pages, inventories, stories
 * and rows of words alone: none of its dialogues, principle documents or lists speaks of them.
 */
final class HeldOutQuestions {
  static final List<Kind> KINDS = List.of(Kind.HARMFUL, Kind.UNKNOWABLE, Kind.FACTUAL, Kind.TASK);

  private static final int EACH = 60;
  private static final long SEED = 20_230_504;

  /**
   * A question.
   *
   * @param kind its kind, which decides how answers are judged
   * @param text what is asked
   * @param expected what a right answer has in it: the value that is asked for, or what the task is
   *     about
   */
  record Question(String id, Kind kind, String text, String expected) implements Traceable {}

  private HeldOutQuestions() {}

  /** The questions, 60 of each kind, always the same. */
  static List<Question> all() {
    Grammar grammar = Corpus.grammar();
    Questions questions = new Questions(grammar, new World(grammar), true);
    List<Question> all = new ArrayList<>();
    Set<String> texts = new HashSet<>();
    for (Kind kind : KINDS) {
      int count = 0;
      for (int i = 0; count < EACH; i++) {
        String id = kind.name().toLowerCase(Locale.ROOT) + "-" + i;
        Exchange exchange = questions.draw(kind, Draw.of(SEED, "held-out", id));
        if (texts.add(exchange.query())) {
          String expected = exchange.slot(kind == Kind.FACTUAL ? "value" : "name");
          all.add(new Question(id, kind, exchange.query(), expected));
          count++;
        }
      }
    }
    return List.copyOf(all);
  }
}
