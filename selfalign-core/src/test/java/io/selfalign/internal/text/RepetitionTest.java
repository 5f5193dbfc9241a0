package io.selfalign.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepetitionTest {
  private static final String A = "The sky scatters blue light most. ";
  private static final String B = "Red light passes almost straight through. ";

  private static Repetition closed(String text) {
    return Repetition.cut(text, true);
  }

  @Test
  void a_loop_is_cut_to_its_first_round() {
    assertThat(closed(A + B + A + B + A.strip()))
        .isEqualTo(new Repetition((A + B).strip(), (A + B + A).strip()));
  }

  @Test
  void what_follows_a_repeated_sentence_stays() {
    assertThat(closed(A + B + A + "So it is blue.").text()).isEqualTo(A + B + "So it is blue.");
    assertThat(closed(A + "\n\n" + B + "\n\n" + A + "\n\nSo it is blue.").text())
        .isEqualTo(A + "\n\n" + B + "\n\nSo it is blue.".stripTrailing());
  }

  @Test
  void case_and_punctuation_do_not_matter() {
    assertThat(closed(A + "The sky scatters BLUE light, most!").text()).isEqualTo(A.strip());
  }

  @Test
  void the_beginning_of_a_repetition_at_the_limit_is_cut() {
    assertThat(Repetition.cut(A + B + "The sky scatters blue", false).text())
        .isEqualTo((A + B).strip());
    assertThat(closed(A + B + "The sky scatters blue").cut()).isEmpty();
    assertThat(Repetition.cut(A + B + "The sky is", false).cut()).isEmpty();
  }

  @Test
  void sentences_of_other_scripts_are_cut_too() {
    String chinese = "天空之所以是蓝色是因为大气散射。";
    assertThat(closed(chinese + "红光几乎直接穿过大气层而不散射。" + chinese).text())
        .isEqualTo(chinese + "红光几乎直接穿过大气层而不散射。");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // code
        "```\nprint(\"The same line again.\")\nprint(\"The same line again.\")\n```",
        "```\nThe same long line again. The same long line again.",
        "    The same indented line. The same indented line.",
        // lists and tables
        "- Stir the mixture slowly.\n- Wait.\n- Stir the mixture slowly.",
        "1. Stir the mixture slowly.\n2. Wait.\n3. Stir the mixture slowly.",
        "a) Stir the mixture slowly.\n   Stir the mixture slowly.",
        "| Stir the mixture slowly. | Stir the mixture slowly. |",
        // verse
        "O wind that blows across the sea,\nbring home my ship to me.\nO wind that blows across the"
            + " sea,\nbe kind to me.",
        "Row on, row on into the night,\nrow on into the light.\n\nThe stars are out, the sea is"
            + " bright,\nrow on into the light.\n\nRow on, row on into the night,\nthe end.",
        // short answers
        "It depends. Yes. It depends. Yes.",
      })
  void form_is_left_alone(String answer) {
    assertThat(closed(answer)).isEqualTo(new Repetition(answer, ""));
  }

  @Test
  void prose_that_opens_with_a_short_word_is_prose() {
    assertThat(closed("No. " + A + A).text()).isEqualTo("No. " + A.strip());
  }

  @Test
  void prose_around_code_is_cut_and_code_is_not() {
    String code = "```\n" + A + "\n" + A + "\n```\n\n";
    assertThat(closed(A + "\n\n" + code + A + B).text()).isEqualTo(A + "\n\n" + code + B.strip());
  }

  @Test
  void abbreviations_and_figures_do_not_split_wrongly() {
    String text = "The value is 3.14159 for example here. The value is 3.14160 for example here.";
    assertThat(closed(text).cut()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "The result of a + b is what we need here. The result of a - b is what we need here.",
        "It was -5 degrees in the valley. It was 5 degrees in the valley.",
        "It weighs 1.5 tonnes when it is empty. It weighs 15 tonnes when it is empty.",
        "यह किताब बहुत अच्छी है। यह किताब बहुत अच्छा है।"
      })
  void sentences_that_differ_in_a_sign_are_not_the_same(String text) {
    assertThat(closed(text).cut()).isEmpty();
  }

  @Test
  void a_sentence_that_comes_again_in_quotes_is_the_same() {
    assertThat(closed(A + "\"The sky scatters blue light most.\" " + B).text())
        .isEqualTo(A + B.strip());
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "...a", "a ", "。", "\""})
  void a_long_loop_without_sentences_stays(String loop) {
    String text = loop.repeat(100_000) + "a";
    assertThat(closed(text).text()).isEqualTo(text);
  }

  @Test
  void the_share_of_repeated_lines_leaves_numbers_aside() {
    assertThat(Repetition.repeatedShare("1. Be kind.\n2. Be kind.\n3. Be kind.\n4. Be kind."))
        .isEqualTo(0.75);
    assertThat(Repetition.repeatedShare("One.\nTwo.\n\n}\n}")).isEqualTo(0.125);
    assertThat(Repetition.repeatedShare("One.\nTwo.\n\n\n")).isZero();
    assertThat(Repetition.repeatedShare("One.\n" + "```\n".repeat(99))).isGreaterThan(0.9);
    assertThat(Repetition.repeatedShare("")).isZero();
  }
}
