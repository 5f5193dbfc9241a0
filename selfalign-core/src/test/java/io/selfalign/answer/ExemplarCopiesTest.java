package io.selfalign.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.answer.ExemplarCopies.Shown;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExemplarCopiesTest {
  private static final ExemplarCopies COPIES = new ExemplarCopies(0.7, 20, 8);

  private static final List<Shown> SHOWN =
      List.of(
          new Shown(
              "fish",
              "You can get rid of the smell in a few steps. Open two windows opposite each other for"
                  + " ten minutes. Wash the pan. Leave a bowl of baking soda in the kitchen"
                  + " overnight, and use a lid the next time."));

  @Test
  void a_whole_sentence_of_an_exemplar_is_a_copy() {
    String answer =
        "Smoke is harder to remove. First, open two windows opposite each other, for ten minutes."
            + " Then wash curtains and wait for a dry day with wind.";
    assertThat(COPIES.find("How do I get rid of smoke?", answer, SHOWN))
        .contains(
            "exemplar 'fish', sentence 'Open two windows opposite each other for ten"
                + " minutes.'");
  }

  @Test
  void short_sentences_and_parts_of_them_are_anybodys() {
    String answer = "Wash the pan. Open two windows opposite each other, and wait.";
    assertThat(COPIES.find("How?", answer, SHOWN)).isEmpty();
  }

  @Test
  void what_the_query_says_is_no_copy() {
    String sentence = "Open two windows opposite each other for ten minutes.";
    String query = "Translate: " + sentence;
    assertThat(COPIES.find(query, sentence + " Ouvrez deux fenêtres.", SHOWN)).isEmpty();
  }

  @Test
  void what_the_query_quotes_in_part_or_in_whole_is_no_copy() {
    String quoted =
        "Leave a bowl of baking soda in the kitchen overnight, and use a lid the next time";
    List<Shown> one = List.of(new Shown("lid", quoted + ", whatever you fry in it."));
    String query = "Is this right: " + quoted + "?";
    ExemplarCopies brief = new ExemplarCopies(0.7, 10, 30);
    assertThat(brief.find(query, "Yes: " + quoted + ".", one)).isEmpty();
    assertThat(brief.find("How?", "Yes: " + quoted + ".", one)).isPresent();
  }

  @Test
  void sentences_of_scripts_without_spaces_are_found_too() {
    List<Shown> shown = List.of(new Shown("a", "面包因为酵母产生气体而膨胀得很大。其他。"));
    assertThat(
            COPIES.find(
                "q",
                "答案：面包因为酵母产生气体而膨胀得很大。" + "还有别的原因。".repeat(1) + "比如温度、湿度和时间都很重要，面粉的种类也是。",
                shown))
        .isPresent();
  }

  @Test
  void wrong_figures_are_refused() {
    assertThatThrownBy(() -> new ExemplarCopies(1.5, 3, 8))
        .hasMessageContaining("threshold is 1.5");
    assertThatThrownBy(() -> new ExemplarCopies(0.5, 0, 8)).hasMessageContaining("run is 0");
  }
}
