package io.selfalign.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every bound of the index is one of these; one that is off by one would lose a match. */
class MinimalLcsTest {
  private static final int LONGEST = 70;

  @ParameterizedTest
  @ValueSource(
      doubles = {0, Double.MIN_VALUE, 0.1, 1.0 / 3, 0.5, 0.6, 2.0 / 3, 0.7, 0.75, 0.8, 0.99, 1})
  void each_bound_is_what_trying_all_gives(double threshold) {
    MinimalLcs minimal = new MinimalLcs(threshold);
    for (int m = 1; m <= LONGEST; m++) {
      int shortest = m + 1;
      for (int n = LONGEST; n >= 1; n--) {
        int needed = Math.min(m, n) + 1;
        while (needed > 1 && RougeL.f(needed - 1, m, n) > threshold) {
          needed--;
        }
        assertThat(minimal.of(m, n)).as("of(%d, %d)", m, n).isEqualTo(needed);
        assertThat(minimal.row(m)[n]).as("row(%d)[%d]", m, n).isEqualTo((short) needed);
        shortest = needed <= Math.min(m, n) && n <= m ? n : shortest;
      }
      assertThat(minimal.shortest(m)).as("shortest(%d)", m).isEqualTo(shortest);
      for (int common = 1; common <= m; common++) {
        int longest = LONGEST;
        while (longest > 0 && !(RougeL.f(common, m, longest) > threshold)) {
          longest--;
        }
        assertThat(minimal.longest(common, m, LONGEST))
            .as("longest(%d, %d)", common, m)
            .isEqualTo(longest);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3, 0.7, 0.95})
  void great_lengths_have_bounds_too(double threshold) {
    MinimalLcs minimal = new MinimalLcs(threshold);
    for (int m : new int[] {257, 1_000, 100_000, 1_000_000_007, Integer.MAX_VALUE - 1}) {
      for (int n : new int[] {m / 2, m - 1, m}) {
        int needed = minimal.of(m, n);
        assertThat(needed <= Math.min(m, n)).isEqualTo(minimal.suffices(Math.min(m, n), m, n));
        if (needed <= Math.min(m, n)) {
          assertThat(minimal.suffices(needed, m, n)).isTrue();
          assertThat(needed == 1 || !minimal.suffices(needed - 1, m, n)).isTrue();
        }
      }
      int shortest = minimal.shortest(m);
      assertThat(minimal.suffices(shortest, m, shortest)).isTrue();
      assertThat(shortest == 1 || !minimal.suffices(shortest - 1, m, shortest - 1)).isTrue();
      int longest = minimal.longest(m, m, Integer.MAX_VALUE);
      assertThat(minimal.suffices(m, m, longest)).isTrue();
      assertThat(longest == Integer.MAX_VALUE || !minimal.suffices(m, m, longest + 1)).isTrue();
      assertThat(minimal.row(m)).isEmpty();
    }
  }
}
