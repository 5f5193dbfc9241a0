package io.selfalign.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RecordRandomTest {
  private static final int DRAWS = 1 << 16;
  private static final int CELLS = 64;

  /** Each way along which numbers are drawn, with everything else fixed. */
  private static final Map<String, IntToDoubleFunction> WAYS =
      Map.of(
          "position", i -> RecordRandom.of(7, "generate", "r1").uniform(i),
          "draw", i -> RecordRandom.of(7, "generate", "r1").uniform(3, i),
          "seed", i -> RecordRandom.of(i, "generate", "r1").uniform(0),
          "stage", i -> RecordRandom.of(7, "stage" + i, "r1").uniform(0),
          "record id", i -> RecordRandom.of(7, "generate", "r" + i).uniform(0));

  static Stream<Arguments> ways() {
    return WAYS.entrySet().stream().map(way -> Arguments.of(way.getKey(), way.getValue()));
  }

  /** Written by src/test/python/record_random_golden.py. */
  static Stream<Arguments> golden() {
    return Stream.of(
        Arguments.of(0L, "", "", 0L, 0L, 0x749F4601E5C73713L, 0.45555532022788436),
        Arguments.of(0L, "generate", "r0", 0L, 0L, 0x4434D3F737FC46B3L, 0.26643109117138497),
        Arguments.of(0L, "generate", "r0", 1L, 0L, 0x3BB6C3F2C8D0FAF2L, 0.2332575290427633),
        Arguments.of(0L, "generate", "r0", 0L, 1L, 0xA4C8DEBC66E1A18BL, 0.6436900339093712),
        Arguments.of(42L, "generate", "r0", 0L, 0L, 0x06621E8764FE0BF1L, 0.024934680991457125),
        Arguments.of(
            -1L,
            "instruct",
            "topic/日本語 😀",
            Long.MAX_VALUE,
            -1L,
            0x32AFE08AD31A3C04L,
            0.19799617184899254),
        Arguments.of(
            Long.MIN_VALUE,
            "respond",
            "x".repeat(200),
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            0xC3BE143DA88BD19FL,
            0.7646191263707316));
  }

  @ParameterizedTest
  @MethodSource("golden")
  void numbers_are_those_of_the_documented_algorithm(
      long seed, String stage, String id, long position, long draw, long bits, double uniform) {
    RecordRandom random = RecordRandom.of(seed, stage, id);
    assertThat(random.bits(position, draw)).isEqualTo(bits);
    assertThat(random.uniform(position, draw)).isEqualTo(uniform);
  }

  @Test
  void the_first_draw_is_draw_0() {
    RecordRandom random = RecordRandom.of(1, "generate", "r1");
    assertThat(random.uniform(9)).isEqualTo(random.uniform(9, 0));
  }

  @Test
  void the_border_between_stage_and_id_counts() {
    assertThat(RecordRandom.of(1, "ab", "c").bits(0, 0))
        .isNotEqualTo(RecordRandom.of(1, "a", "bc").bits(0, 0))
        .isNotEqualTo(RecordRandom.of(1, "abc", "").bits(0, 0))
        .isNotEqualTo(RecordRandom.of(1, "c", "ab").bits(0, 0));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void numbers_are_uniform_in_0_to_1(String way, IntToDoubleFunction uniform) {
    int[] counts = new int[CELLS];
    for (int i = 0; i < DRAWS; i++) {
      double u = uniform.applyAsDouble(i);
      assertThat(u).isGreaterThanOrEqualTo(0).isLessThan(1);
      counts[(int) (u * CELLS)]++;
    }
    assertPlausible(counts);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void neighbours_are_independent(String way, IntToDoubleFunction uniform) {
    int[] counts = new int[CELLS];
    double products = 0;
    for (int i = 0; i < DRAWS; i++) {
      double first = uniform.applyAsDouble(2 * i);
      double second = uniform.applyAsDouble(2 * i + 1);
      counts[cell(first, second)]++;
      products += (first - 0.5) * (second - 0.5);
    }
    assertPlausible(counts);
    // The correlation of independent numbers has a standard deviation of 1 / sqrt(n).
    assertThat(products * 12 / DRAWS).isCloseTo(0, within(4.5 / Math.sqrt(DRAWS)));
  }

  @Test
  void positions_and_draws_are_not_interchangeable() {
    RecordRandom random = RecordRandom.of(7, "generate", "r1");
    int[] counts = new int[CELLS];
    for (int i = 0; i < DRAWS; i++) {
      counts[cell(random.uniform(i, 1), random.uniform(1, i))]++;
      assertThat(random.bits(i, i + 1)).isNotEqualTo(random.bits(i + 1, i));
    }
    assertPlausible(counts);
  }

  @Test
  void each_of_the_64_bits_is_set_half_of_the_time() {
    RecordRandom random = RecordRandom.of(7, "generate", "r1");
    int[] set = new int[Long.SIZE];
    for (int i = 0; i < DRAWS; i++) {
      long bits = random.bits(i, i % 3);
      for (int bit = 0; bit < Long.SIZE; bit++) {
        set[bit] += (int) (bits >>> bit & 1);
      }
    }
    for (int count : set) {
      assertThat((double) count).isCloseTo(DRAWS / 2.0, within(4.5 * Math.sqrt(DRAWS) / 2));
    }
  }

  /** Which of 8 x 8 squares two numbers fall into. */
  private static int cell(double first, double second) {
    int row = (int) (first * 8);
    int column = (int) (second * 8);
    return row * 8 + column;
  }

  /** Pearson's statistic with 63 degrees of freedom lies outside in fewer than one case in 10^5. */
  private static void assertPlausible(int[] counts) {
    double expected = (double) DRAWS / counts.length;
    double statistic = 0;
    for (int count : counts) {
      statistic += (count - expected) * (count - expected) / expected;
    }
    assertThat(statistic).isBetween(24.0, 124.0);
  }
}
