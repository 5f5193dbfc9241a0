package io.selfalign.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntervalTest {
  @TempDir Path temporary;

  private static double[] normal(int n, long seed) {
    Random random = new Random(seed);
    return IntStream.range(0, n).mapToDouble(i -> 3 + random.nextGaussian()).toArray();
  }

  @Test
  void a_share_has_wilsons_interval() {
    double[] values = new double[80];
    assertThat(Interval.ofMean(values).low()).isZero();
    assertThat(Interval.ofMean(values).high()).isCloseTo(0.04582, within(1e-5));
    Arrays.fill(values, 0, 20, 1);
    assertThat(Interval.ofMean(values).low()).isCloseTo(0.16806, within(1e-5));
    assertThat(Interval.ofMean(values).high()).isCloseTo(0.35485, within(1e-5));
  }

  private static double[][] pairs(int both, int before, int after, int neither) {
    int n = both + before + after + neither;
    double[][] pairs = new double[2][n];
    Arrays.fill(pairs[0], 0, both + before, 1);
    Arrays.fill(pairs[1], 0, both, 1);
    Arrays.fill(pairs[1], both + before, both + before + after, 1);
    return pairs;
  }

  /** 36, 12, 2 and 0 pairs are the example of Newcombe's paper: 0.0569 to 0.3404. */
  @Test
  void the_difference_of_paired_shares_has_newcombes_interval() {
    double[][] example = pairs(36, 12, 2, 0);
    Interval interval = Interval.ofShareDifference(example[1], example[0]);
    assertThat(interval.value()).isCloseTo(0.2, within(1e-12));
    assertThat(interval.low()).isCloseTo(0.0569, within(5e-5));
    assertThat(interval.high()).isCloseTo(0.3404, within(5e-5));
    Interval turned = Interval.ofShareDifference(example[0], example[1]);
    assertThat(turned.low()).isCloseTo(-interval.high(), within(1e-12));
    assertThat(turned.high()).isCloseTo(-interval.low(), within(1e-12));
  }

  @Test
  void pairs_that_go_together_make_the_interval_of_their_difference_narrower() {
    double[][] together = pairs(40, 5, 5, 50);
    double[][] apart = pairs(20, 25, 25, 30);
    assertThat(width(Interval.ofShareDifference(together[0], together[1])))
        .isLessThan(0.7 * width(Interval.ofShareDifference(apart[0], apart[1])));
  }

  @Test
  void pairs_without_a_success_may_still_differ() {
    Interval none = Interval.ofShareDifference(new double[10], new double[10]);
    assertThat(none.value()).isZero();
    assertThat(none.high()).isCloseTo(0.27753, within(1e-5));
    assertThat(none.low()).isCloseTo(-0.27753, within(1e-5));
  }

  @Test
  void a_share_is_of_zeros_and_ones() {
    assertThatThrownBy(() -> Interval.ofShareDifference(new double[] {1}, new double[] {0.5}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a value is 0.5, but a share is of values that are 0 or 1");
  }

  private static double width(Interval interval) {
    return interval.high() - interval.low();
  }

  /** How many of the intervals of many samples have the true value in them. */
  private static double coverage(int samples, double truth, Function<Random, Interval> interval) {
    int covered = 0;
    for (int sample = 0; sample < samples; sample++) {
      Interval of = interval.apply(new Random(sample));
      covered += of.low() <= truth && truth <= of.high() ? 1 : 0;
    }
    return covered / (double) samples;
  }

  private static double[] values(int n, DoubleSupplier value) {
    return DoubleStream.generate(value).limit(n).toArray();
  }

  @Test
  void the_interval_of_a_mean_covers_it_19_times_in_20() {
    // right-skewed like lengths and scores are
    assertThat(
            coverage(
                400, 1, r -> Interval.ofMean(values(100, () -> -Math.log(1 - r.nextDouble())))))
        .isBetween(0.92, 0.98);
  }

  @Test
  void the_interval_of_a_share_covers_it_19_times_in_20_also_near_0() {
    for (double share : new double[] {0.05, 0.3, 0.5, 0.9}) {
      assertThat(
              coverage(
                  4000,
                  share,
                  r -> Interval.ofMean(values(80, () -> r.nextDouble() < share ? 1 : 0))))
          .as("share %s", share)
          .isBetween(0.92, 0.98);
    }
  }

  @Test
  void the_interval_of_a_difference_covers_it_19_times_in_20_where_most_items_stay_the_same() {
    // 3 items of 10 are answered anew, right 60% of the time instead of 40%
    assertThat(
            coverage(
                1000,
                0.3 * (0.6 - 0.4),
                r -> {
                  double[] before = values(60, () -> r.nextDouble() < 0.4 ? 1 : 0);
                  double[] after =
                      Arrays.stream(before)
                          .map(v -> r.nextDouble() < 0.7 ? v : r.nextDouble() < 0.6 ? 1 : 0)
                          .toArray();
                  return Interval.ofDifference(before, after);
                }))
        .isBetween(0.92, 0.98);
  }

  @Test
  void the_same_values_have_the_same_interval() {
    assertThat(Interval.ofMean(normal(50, 1))).isEqualTo(Interval.ofMean(normal(50, 1)));
  }

  @Test
  void a_paired_difference_does_not_see_what_both_have_in_common() {
    double[] before = normal(100, 1);
    double[] after = Arrays.stream(before).map(v -> v + 0.01).toArray();
    Interval difference = Interval.ofDifference(before, after);
    assertThat(difference.value()).isCloseTo(0.01, within(1e-9));
    assertThat(difference.low()).isCloseTo(0.01, within(1e-9));
    assertThat(difference.high()).isCloseTo(0.01, within(1e-9));
  }

  @Test
  void a_ratio_is_that_of_the_sums() {
    Interval ratio = Interval.ofRatio(new double[] {1, 2, 3}, new double[] {2, 2, 2});
    assertThat(ratio.value()).isEqualTo(1);
    assertThat(ratio.low()).isGreaterThanOrEqualTo(0.5).isLessThan(1);
    assertThatThrownBy(() -> Interval.ofMean(new double[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static EvaluationResult result(String model, double... mc1) {
    List<ScoredChoices> items =
        IntStream.range(0, mc1.length)
            .mapToObj(
                i ->
                    new ScoredChoices(
                        "q" + i,
                        List.of("q" + i),
                        Optional.empty(),
                        List.of(),
                        Map.of("mc1", mc1[i]),
                        Map.of("mc1", 0.25)))
            .toList();
    return EvaluationResult.of("bench", model, model, "plain", items, List.of());
  }

  @Test
  void a_result_that_was_written_is_the_same_when_it_is_read() {
    EvaluationResult result =
        result("a", 0, 1, 1)
            .with(
                List.of(
                    new Metric(
                        "relative_score",
                        Optional.of("g"),
                        3,
                        new Interval(1.5, 1, 2),
                        Optional.empty())))
            .against(new Opponent("other", Optional.empty()));
    Path file = temporary.resolve("result.jsonl");
    result.write(file);
    assertThat(EvaluationResult.read(file)).isEqualTo(result);
  }

  @Test
  void models_are_compared_on_the_items_they_share() {
    Comparison comparison = Comparison.of(result("a", 0, 0, 1, 0), result("b", 1, 1, 1));
    Comparison.Difference difference = comparison.difference("mc1");
    assertThat(difference.items()).isEqualTo(3);
    assertThat(difference.interval().value()).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(comparison.unpaired()).isEqualTo(1);
  }

  @Test
  void models_that_can_not_be_compared_are_in_one_table_without_a_change() {
    EvaluationResult base = result("base", 0, 1, 1);
    List<EvaluationResult> others =
        List.of(
            EvaluationResult.of("bench", "b", "b", "plain", List.of(), List.of()),
            new EvaluationResult(
                "bench",
                "c",
                "c",
                "plain",
                Optional.empty(),
                List.of(new EvaluationResult.Item("else", Optional.empty(), Map.of("mc1", 1.0))),
                List.of(),
                base.figures()),
            base.against(new Opponent("two", Optional.empty())));
    for (EvaluationResult other : others) {
      Map<String, List<EvaluationResult>> results = new LinkedHashMap<>();
      results.put("base", List.of(base));
      results.put("other", List.of(other));
      ModelTable table = ModelTable.of(results);
      assertThat(table.rows())
          .isNotEmpty()
          .allSatisfy(row -> assertThat(row.changes()).allSatisfy(c -> assertThat(c).isEmpty()));
    }
  }

  @Test
  void a_model_has_a_row_against_each_opponent() {
    Opponent one = new Opponent("one", Optional.empty());
    Opponent two = new Opponent("two", Optional.empty());
    EvaluationResult base = result("base", 0, 0, 0, 1);
    EvaluationResult last = result("final", 1, 1, 0, 1);
    Map<String, List<EvaluationResult>> results = new LinkedHashMap<>();
    results.put("base", List.of(base.against(two)));
    results.put("final", List.of(last.against(one), last.against(two)));
    List<ModelTable.Row> rows = ModelTable.of(results).rows();
    assertThat(rows).extracting(row -> row.opponent().orElseThrow()).containsExactly(two, one);
    assertThat(rows.get(0).changes().get(1).orElseThrow().value()).isEqualTo(0.5);
    assertThat(rows.get(1).changes().get(1)).isEmpty();
    assertThat(ModelTable.of(results).toString()).contains("bench against two mc1");
    results.put("final", List.of(last.against(one), last.against(one)));
    assertThatThrownBy(() -> ModelTable.of(results)).hasMessageContaining("two results");
  }

  @Test
  void the_verbose_tax_is_the_change_from_the_engraved_to_the_final_model() {
    Map<String, List<EvaluationResult>> results = new LinkedHashMap<>();
    results.put("base", List.of(result("base", 0, 0, 0, 1)));
    results.put("engraved", List.of(result("engraved", 1, 1, 1, 1)));
    results.put("final", List.of(result("final", 1, 1, 0, 1)));
    ModelTable table = ModelTable.of(results);
    assertThat(table.rows()).hasSize(1);
    assertThat(table.rows().get(0).changes().get(2).orElseThrow().value()).isEqualTo(-0.25);
    assertThat(table.toString())
        .contains("base", "engraved", "final", "bench mc1", "0.250", "+0.750", "-0.250");
  }
}
