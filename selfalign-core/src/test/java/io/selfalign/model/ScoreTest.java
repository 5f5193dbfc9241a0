package io.selfalign.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreTest {
  @Test
  void a_continuation_is_as_likely_as_its_tokens_together() {
    Score score = new Score("a", List.of(5, 6), List.of(-1.0, -3.0), false);
    assertThat(score.logProbability()).isEqualTo(-4);
    assertThat(score.perplexity()).isEqualTo(Math.exp(2), within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, -Double.NaN})
  void what_is_no_number_is_no_score(double logProbability) {
    assertThatThrownBy(() -> new Score("a", List.of(5, 6), List.of(-1.0, logProbability), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a token's log-probability is " + logProbability + ", but must be a finite number");
  }

  @Test
  void every_token_has_a_log_probability() {
    assertThatThrownBy(() -> new Score("a", List.of(5, 6), List.of(-1.0), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 tokens with 1 log-probabilities");
    assertThatThrownBy(() -> new Score("a", List.of(), List.of(), false))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
