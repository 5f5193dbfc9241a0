package io.selfalign.djl;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.model.FinishReason;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stop strings, logit biases and n-gram penalties on real tokenizers. */
class StopTest {
  private static final GenerationOptions GREEDY =
      GenerationOptions.builder().temperature(0).maxNewTokens(40).build();

  private static Generation generate(DjlModel model, String prompt, GenerationOptions options) {
    return model.generate(List.of(new GenerationRequest("a", prompt)), options).get(0);
  }

  private static GenerationOptions forced(String text, double bias) {
    return GREEDY.toBuilder().logitBias(text, bias).build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama1-mha", "llama2-gqa-tied", "llama3-rope", "smollm", "qwen2"})
  void every_piece_of_a_text_stops_it_where_it_first_occurs(String fixture) {
    try (DjlModel model = DjlModel.open(Fixtures.folder(fixture))) {
      for (String prompt : List.of("x", "Hello there", "x\u4f60\u597d\ud83d\ude00\u4f60\u597d")) {
        String text = generate(model, prompt, GREEDY).text();
        for (int length : new int[] {1, 2, 5}) {
          for (int start = 0; start + length <= text.length(); start += 3) {
            String stop = text.substring(start, start + length);
            if (stop.indexOf('\uFFFD') >= 0 || endsInsideAPair(stop)) {
              continue;
            }
            Generation stopped = generate(model, prompt, GREEDY.toBuilder().stop(stop).build());
            assertThat(stopped.text())
                .as("%s after '%s', stop '%s'", fixture, prompt, stop)
                .isEqualTo(text.substring(0, text.indexOf(stop)));
            assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(stopped.stop()).contains(stop);
          }
        }
      }
    }
  }

  private static boolean endsInsideAPair(String text) {
    return Character.isLowSurrogate(text.charAt(0))
        || Character.isHighSurrogate(text.charAt(text.length() - 1));
  }

  @Test
  void newline_stops_after_a_prompt_whose_characters_are_bytes() {
    // These tokenizers have no token for these characters or the newline, only for their bytes.
    for (String fixture : List.of("llama1-mha", "llama2-gqa-tied")) {
      try (DjlModel model = DjlModel.open(Fixtures.folder(fixture))) {
        GenerationOptions options = forced("<0x0A>", 1e6).toBuilder().stop("\n").build();
        Generation generation = generate(model, "x\u4f60\u597d\ud83d\ude00\u4f60\u597d", options);
        assertThat(generation.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(generation.text()).isEmpty();
        assertThat(generation.tokenIds()).hasSize(1);
      }
    }
  }

  @Test
  void bias_forces_and_forbids_a_token_by_its_text() {
    try (DjlModel model = DjlModel.open(Fixtures.folder("smollm"))) {
      GenerationOptions forced = forced("ill", 1e30).toBuilder().maxNewTokens(3).build();
      assertThat(generate(model, "x", forced).text()).isEqualTo("illillill");
      GenerationOptions withSpace = forced(" the", 1e39).toBuilder().maxNewTokens(3).build();
      assertThat(generate(model, "x", withSpace).text()).isEqualTo(" the the the");
      String first = generate(model, "x", GREEDY.toBuilder().maxNewTokens(1).build()).text();
      assertThat(
              generate(model, "x", forced(first, Double.NEGATIVE_INFINITY)).text().substring(0, 1))
          .isNotEqualTo(first);
    }
  }

  @Test
  void unigram_penalty_spreads_what_a_bias_forces() {
    try (DjlModel model = DjlModel.open(Fixtures.folder("smollm"))) {
      GenerationOptions two =
          GREEDY.toBuilder().maxNewTokens(8).logitBias(" the", 1000).logitBias(" and", 990).build();
      assertThat(generate(model, "x", two).text()).isEqualTo(" the".repeat(8));
      // Each " the" or " and" costs itself 100, so that the two take turns.
      String text = generate(model, "x", two.toBuilder().ngramPenalty(1, 100).build()).text();
      assertThat(text).contains(" the", " and");
      assertThat(text.split(" the", -1)).hasSize(5);
      assertThat(text.split(" and", -1)).hasSize(5);
    }
  }

  @Test
  void tiny_temperatures_are_greedy() {
    try (DjlModel model = DjlModel.open(Fixtures.folder("smollm"))) {
      String greedy = generate(model, "Hello", GREEDY).text();
      for (double temperature : new double[] {1e-20, 1e-46, 1e-300, Double.MIN_VALUE}) {
        GenerationOptions options = GREEDY.toBuilder().temperature(temperature).build();
        assertThat(generate(model, "Hello", options).text()).isEqualTo(greedy);
      }
    }
  }
}
