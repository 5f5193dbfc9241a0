package io.selfalign.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RougeLTest {
  @Test
  void a_worked_example() {
    // In common, in order: write a about cats.
    RougeL rouge = RougeL.between("Write a poem about cats.", "write a short story about my cats");
    assertThat(rouge.precision()).isEqualTo(4.0 / 5);
    assertThat(rouge.recall()).isEqualTo(4.0 / 7);
    assertThat(rouge.f()).isEqualTo(2 * (4.0 / 5) * (4.0 / 7) / (4.0 / 5 + 4.0 / 7));
  }

  @Test
  void equal_texts_have_1_and_texts_without_tokens_0() {
    assertThat(RougeL.between("Same!", "same")).isEqualTo(new RougeL(1, 1, 1));
    assertThat(RougeL.between("!!!", "!!!")).isEqualTo(new RougeL(0, 0, 0));
    assertThat(RougeL.between("", "a")).isEqualTo(new RougeL(0, 0, 0));
    assertThat(RougeL.between("a", "")).isEqualTo(new RougeL(0, 0, 0));
    assertThat(RougeL.between("a", "b")).isEqualTo(new RougeL(0, 0, 0));
    assertThat(RougeL.between("你好", "你好")).isEqualTo(new RougeL(1, 1, 1));
  }

  /** Python's 2*p*r/(p+r) > 0.7 holds for 272 of the 531 (l, m, n) with 2 l / (m + n) = 0.7. */
  @Test
  void exact_ties_fall_on_the_side_of_the_published_arithmetic() {
    int ties = 0;
    int over = 0;
    for (int m = 1; m <= 150; m++) {
      for (int n = 1; n <= 150; n++) {
        int common = 7 * (m + n) / 20;
        if (20 * common == 7 * (m + n) && common <= Math.min(m, n)) {
          ties++;
          over += RougeL.f(common, m, n) > 0.7 ? 1 : 0;
        }
      }
    }
    assertThat(ties).isEqualTo(531);
    assertThat(over).isEqualTo(272);
  }

  /** Written by Python: 2*p*r/(p+r) with p = l/m, r = l/n. */
  @ParameterizedTest
  @CsvSource({
    "7, 10, 10, 0.7",
    "14, 20, 20, 0.7",
    "7, 8, 12, 0.7000000000000001",
    "7, 9, 11, 0.7000000000000001",
    "14, 17, 23, 0.7",
    "21, 29, 31, 0.7",
    "28, 39, 41, 0.7000000000000001",
    "21, 23, 37, 0.6999999999999998",
    "1, 3, 7, 0.2",
  })
  void f_is_pythons_to_the_last_bit(int common, int m, int n, double f) {
    assertThat(RougeL.f(common, m, n)).isEqualTo(f).isEqualTo(RougeL.f(common, n, m));
  }

  @Property
  void it_is_the_textbooks(@ForAll("sequences") int[] first, @ForAll("sequences") int[] second) {
    RougeL rouge = RougeL.between(words(first), words(second));
    int common = BruteForce.lcs(first, second);
    assertThat(rouge.precision()).isEqualTo(common == 0 ? 0 : (double) common / first.length);
    assertThat(rouge.recall()).isEqualTo(common == 0 ? 0 : (double) common / second.length);
    assertThat(rouge.f()).isEqualTo(BruteForce.f(first, second));
  }

  @Property
  void swapping_swaps_precision_and_recall_alone(
      @ForAll("sequences") int[] first, @ForAll("sequences") int[] second) {
    RougeL rouge = RougeL.between(words(first), words(second));
    RougeL swapped = RougeL.between(words(second), words(first));
    assertThat(swapped.precision()).isEqualTo(rouge.recall());
    assertThat(swapped.recall()).isEqualTo(rouge.precision());
    assertThat(swapped.f()).isEqualTo(rouge.f());
  }

  @ParameterizedTest
  @ValueSource(ints = {63, 64, 65, 127, 128, 129, 1000})
  void lengths_around_a_machine_word_are_no_different(int length) {
    List<String> all = IntStream.range(0, length).mapToObj(i -> "t" + i).toList();
    assertThat(RougeL.between(all, all).f()).isEqualTo(1);
    List<String> one = all.stream().map(token -> "same").toList();
    assertThat(RougeL.between(one, one.subList(1, length)).recall()).isEqualTo(1);
    List<String> reversed =
        IntStream.range(0, length).mapToObj(i -> all.get(length - 1 - i)).toList();
    assertThat(RougeL.between(all, reversed).precision()).isEqualTo(1.0 / length);
    assertThat(RougeL.between(all.subList(length - 1, length), all).precision()).isEqualTo(1);
  }

  @Test
  void a_measure_outside_of_0_to_1_is_refused() {
    assertThatThrownBy(() -> new RougeL(1, 1, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("f is NaN, but must be between 0 and 1");
    assertThatThrownBy(() -> new RougeL(1.5, 1, 1)).hasMessageStartingWith("precision is 1.5");
    assertThatThrownBy(() -> new RougeL(1, -1, 1)).hasMessageStartingWith("recall is -1.0");
  }

  /** Of up to five machine words, with few and with many different tokens. */
  @Provide
  Arbitrary<int[]> sequences() {
    return Arbitraries.of(2, 6, 100)
        .flatMap(size -> Arbitraries.integers().between(1, size).array(int[].class).ofMaxSize(300));
  }

  private static List<String> words(int[] tokens) {
    return IntStream.of(tokens).mapToObj(token -> "t" + token).toList();
  }
}
