package io.selfalign.djl.internal.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.RecordRandom;
import io.selfalign.djl.Fixtures;
import io.selfalign.error.SelfAlignException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What sampling draws, against probabilities computed here from the same logits. */
class SamplingTest {
  private static final int ROWS = 200;
  private static final int ROUNDS = 100;

  private static DecoderProgram program;
  private static DecoderProgram.Prefilled rows;
  private static DecoderProgram.Prefilled oneRow;
  private static double[] logits;

  @BeforeAll
  static void runOnePrompt() {
    program = LogitsTest.load(Fixtures.folder("smollm"));
    rows = prefill(ROWS);
    oneRow = prefill(1);
    float[] values = program.logits(oneRow.hidden());
    logits = IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  /** The same prompt of one token in every row. */
  private static DecoderProgram.Prefilled prefill(int count) {
    int[] tokens = new int[count];
    Arrays.fill(tokens, 42);
    int[] lengths = new int[count];
    Arrays.fill(lengths, 1);
    try (SegmentView none = program.segmentView(List.of())) {
      return program.prefill(
          tokens, new int[count], lengths, new int[0], none, IntStream.range(0, count).toArray());
    }
  }

  @AfterAll
  static void close() {
    rows.close();
    oneRow.close();
    program.close();
  }

  @ParameterizedTest
  @CsvSource({
    "1.0, 0, 1.0, 0.0",
    "0.5, 0, 1.0, 0.0",
    "2.0, 0, 1.0, 0.0",
    "1.0, 5, 1.0, 0.0",
    "1.0, 1, 1.0, 0.0",
    "1.0, 0, 0.9, 0.0",
    "1.0, 0, 0.3, 0.0",
    "5.0, 0, 0.05, 0.0",
    "1.0, 0, 1.0, 0.1",
    "1.5, 20, 0.8, 0.05",
    "0.7, 50, 0.95, 0.02",
  })
  void draws_follow_the_exact_distribution(double temperature, int topK, double topP, double minP) {
    double[] expected = distribution(temperature, topK, topP, minP);
    long[] counts = new long[expected.length];
    for (int round = 0; round < ROUNDS; round++) {
      for (int token : sample(new Sampling(temperature, topK, topP, minP), round)) {
        counts[token]++;
      }
    }
    double chiSquare = 0;
    int cells = 0;
    double n = (double) ROWS * ROUNDS;
    double restExpected = 0;
    double restCount = 0;
    for (int token = 0; token < expected.length; token++) {
      if (expected[token] == 0) {
        assertThat(counts[token]).as("draws of token %d, which is cut off", token).isZero();
      } else if (expected[token] * n >= 5) {
        chiSquare += Math.pow(counts[token] - expected[token] * n, 2) / (expected[token] * n);
        cells++;
      } else {
        restExpected += expected[token] * n;
        restCount += counts[token];
      }
    }
    if (restExpected > 0) {
      chiSquare += Math.pow(restCount - restExpected, 2) / restExpected;
      cells++;
    }
    // Five standard deviations above the mean of the chi-square distribution.
    assertThat(chiSquare).isLessThan(cells + 5 * Math.sqrt(2.0 * cells) + 10);
  }

  @ParameterizedTest
  @CsvSource({"0.9", "0.5", "0.05"})
  void a_row_draws_the_same_alone_and_among_others(double topP) {
    Sampling sampling = new Sampling(1.3, 0, topP, 0);
    int[] together = sample(sampling, 7);
    double[] draws = draws(7);
    for (int row : new int[] {0, 11, ROWS - 1}) {
      int[] alone =
          program.sample(
              oneRow.hidden(),
              new LogitEdits(),
              sampling,
              Arrays.copyOfRange(draws, row * Sampling.DRAWS, (row + 1) * Sampling.DRAWS));
      assertThat(alone).containsExactly(together[row]);
    }
  }

  @ParameterizedTest
  @CsvSource({"0.0", "1e-30", "1.0"})
  void edits_change_single_logits(double temperature) {
    int likeliest = likeliest();
    LogitEdits edits = new LogitEdits();
    edits.add(0, likeliest, Double.NEGATIVE_INFINITY);
    edits.add(1, 3, 1000);
    int[] tokens =
        program.sample(rows.hidden(), edits, new Sampling(temperature, 0, 1, 0), draws(1));
    assertThat(tokens[0]).isNotEqualTo(likeliest);
    assertThat(tokens[1]).isEqualTo(3);
    if (temperature < 1) {
      assertThat(tokens[2]).isEqualTo(likeliest);
    }
  }

  @ParameterizedTest
  @CsvSource({"0.0", "1.0"})
  void a_row_without_a_token_to_choose_is_an_error(double temperature) {
    LogitEdits edits = new LogitEdits();
    for (int id = 0; id < logits.length; id++) {
      edits.add(3, id, Double.NEGATIVE_INFINITY);
    }
    assertThatThrownBy(
            () ->
                program.sample(
                    rows.hidden(), edits, new Sampling(temperature, 0, 0.9, 0), draws(1)))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("no token can follow");
  }

  private static int likeliest() {
    return IntStream.range(0, logits.length)
        .boxed()
        .max(Comparator.comparingDouble(i -> logits[i]))
        .orElseThrow();
  }

  private static int[] sample(Sampling sampling, int round) {
    return program.sample(rows.hidden(), new LogitEdits(), sampling, draws(round));
  }

  private static double[] draws(int round) {
    double[] draws = new double[ROWS * Sampling.DRAWS];
    for (int row = 0; row < ROWS; row++) {
      RecordRandom random = RecordRandom.of(5, "test", "row-" + row);
      for (int draw = 0; draw < Sampling.DRAWS; draw++) {
        draws[row * Sampling.DRAWS + draw] = random.uniform(round, draw);
      }
    }
    return draws;
  }

  /** Temperature, then top-k, top-p and min-p, one after the other, by sorting. */
  private static double[] distribution(double temperature, int topK, double topP, double minP) {
    double max = Arrays.stream(logits).max().orElseThrow();
    double[] p = Arrays.stream(logits).map(l -> Math.exp((l - max) / temperature)).toArray();
    int[] order =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -p[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    int kept = topK == 0 ? p.length : Math.min(topK, p.length);
    double total = IntStream.range(0, kept).mapToDouble(i -> p[order[i]]).sum();
    double above = 0;
    int nucleus = 0;
    while (nucleus < kept && above < topP * total) {
      above += p[order[nucleus++]];
    }
    double[] result = new double[p.length];
    for (int i = 0; i < nucleus; i++) {
      if (p[order[i]] >= minP * p[order[0]]) {
        result[order[i]] = p[order[i]];
      }
    }
    double sum = Arrays.stream(result).sum();
    return Arrays.stream(result).map(value -> value / sum).toArray();
  }
}
