package io.selfalign.examples.miniature;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.answer.FrameSpeech;
import io.selfalign.answer.Loops;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether good answers in the miniature's language pass the filters that look at any answer. */
class GoodAnswersTest {
  private static final int COUNT = 1_000;

  @Test
  void of_good_answers_one_in_a_hundred_is_taken_for_a_bad_one_at_most() {
    Grammar grammar = Corpus.grammar();
    World world = new World(grammar);
    Questions questions = new Questions(grammar, world, false);
    Answers answers = new Answers(grammar);
    FrameSpeech speech = MiniatureAlignment.frame().speech();
    List<String> found = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      Draw draw = Draw.of(1, "good answers", String.valueOf(i));
      Exchange exchange = questions.draw(draw, 2.5, 2.5, 4, 3, 0.7);
      Manner.Length length = draw.pick(List.of(Manner.Length.values()));
      String answer = answers.answer(exchange, Manner.any(1, 1, length, draw), draw);
      speech.find(exchange.query(), answer).ifPresent(what -> found.add(what + ": " + answer));
      Loops.find("", answer).ifPresent(what -> found.add(what + ": " + answer));
    }
    assertThat(found).as(String.join("\n", found)).hasSizeLessThanOrEqualTo(COUNT / 100);
  }
}
