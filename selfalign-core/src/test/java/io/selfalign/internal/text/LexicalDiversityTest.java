package io.selfalign.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** MTLD by hand: stretches end where fewer than 72 of 100 words are different. */
class LexicalDiversityTest {
  private static double mtld(String words) {
    return LexicalDiversity.mtld(List.of(words.split(" "))).orElseThrow();
  }

  @Test
  void words_that_are_all_different_are_one_stretch() {
    assertThat(mtld("a b c d e f")).isEqualTo(6);
  }

  @Test
  void one_word_again_and_again_has_stretches_of_two() {
    // "a a" has half as many different words as words; the fifth is the beginning of another.
    assertThat(mtld("a a a a")).isEqualTo(2);
  }

  @Test
  void what_is_left_counts_as_far_as_it_has_come() {
    // Forwards "a b a" is a stretch (2 of 3), and "c" none: 4 words in 1. Backwards "c a b a" stays
    // at 3 of 4: it has come (1 - 0.75) / (1 - 0.72) of the way: 4 words in 0.893, which are 4.48.
    assertThat(mtld("a b a c")).isCloseTo((4 + 4.48) / 2, within(1e-9));
  }

  @Test
  void no_words_have_no_diversity() {
    assertThat(LexicalDiversity.mtld(List.of())).isEmpty();
  }
}
