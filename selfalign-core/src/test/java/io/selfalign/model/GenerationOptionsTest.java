package io.selfalign.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GenerationOptionsTest {
  private static final GenerationOptions EVERYTHING =
      GenerationOptions.builder()
          .maxNewTokens(12)
          .temperature(0.7)
          .topP(0.9)
          .topK(40)
          .minP(0.05)
          .ngramPenalty(1, 0.5)
          .ngramPenalty(2, 1)
          .ngramPenalty(3, -1.5)
          .ngramPenalty(4, 2)
          .logitBias("Sorry", -2)
          .logitBias(" I", Double.NEGATIVE_INFINITY)
          .forbidEndOfSequence(true)
          .stop("\n", "User:")
          .seed(-9)
          .build();

  private static Arguments wrong(Consumer<GenerationOptions.Builder> setting, String message) {
    return Arguments.of(setting, message);
  }

  static Stream<Arguments> wrongSettings() {
    return Stream.of(
        wrong(b -> b.maxNewTokens(0), "maxNewTokens is 0, but must be at least 1"),
        wrong(b -> b.temperature(-0.1), "temperature is -0.1, but must be 0 or more, and finite"),
        wrong(
            b -> b.temperature(Double.NaN),
            "temperature is NaN, but must be 0 or more, and finite"),
        wrong(
            b -> b.temperature(Double.POSITIVE_INFINITY),
            "temperature is Infinity, but must be 0 or more, and finite"),
        wrong(b -> b.topP(0), "topP is 0.0, but must be over 0 and at most 1"),
        wrong(b -> b.topP(1.01), "topP is 1.01, but must be over 0 and at most 1"),
        wrong(b -> b.topP(Double.NaN), "topP is NaN, but must be over 0 and at most 1"),
        wrong(b -> b.topK(-1), "topK is -1, but must be 0 (off) or more"),
        wrong(b -> b.minP(-0.1), "minP is -0.1, but must be between 0 and 1"),
        wrong(b -> b.minP(1.1), "minP is 1.1, but must be between 0 and 1"),
        wrong(b -> b.minP(Double.NaN), "minP is NaN, but must be between 0 and 1"),
        wrong(b -> b.ngramPenalty(0, 1), "the order of an n-gram penalty is 0, but must be 1 to 4"),
        wrong(b -> b.ngramPenalty(5, 1), "the order of an n-gram penalty is 5, but must be 1 to 4"),
        wrong(b -> b.ngramPenalty(1, Double.NaN), "an n-gram penalty is NaN, but must be finite"),
        wrong(b -> b.logitBias("", 1), "the text of a logit bias is '', but must be not empty"),
        wrong(
            b -> b.logitBias("a", Double.NaN),
            "the logit bias of 'a' is NaN, but must be finite or negative infinity"),
        wrong(
            b -> b.logitBias("a", Double.POSITIVE_INFINITY),
            "the logit bias of 'a' is Infinity, but must be finite or negative infinity"),
        wrong(
            b -> b.logitBias("a\uD800", 1),
            "the text of a logit bias has an unpaired surrogate U+D800 at index 1; it is not valid"
                + " Unicode text"),
        wrong(
            b -> b.stop("a", ""),
            "a stop string is '', but must be not empty: it would stop at once"),
        wrong(
            b -> b.stop("\uDC00"),
            "a stop string has an unpaired surrogate U+DC00 at index 0; it is not valid Unicode"
                + " text"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("wrongSettings")
  void a_value_out_of_range_is_refused(
      Consumer<GenerationOptions.Builder> setting, String message) {
    assertThatThrownBy(() -> setting.accept(GenerationOptions.builder()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void values_at_the_ends_of_their_ranges_are_accepted() {
    GenerationOptions options =
        GenerationOptions.builder()
            .maxNewTokens(Integer.MAX_VALUE)
            .temperature(Double.MIN_VALUE)
            .topP(Double.MIN_VALUE)
            .topK(Integer.MAX_VALUE)
            .minP(1)
            .build();
    assertThat(options.maxNewTokens()).isEqualTo(Integer.MAX_VALUE);
    assertThat(options.greedy()).isFalse();
    assertThat(options.toBuilder().temperature(0).build().greedy()).isTrue();
  }

  @Test
  void defaults_sample_256_tokens_from_the_full_distribution() {
    GenerationOptions defaults = GenerationOptions.defaults();
    assertThat(defaults).isEqualTo(GenerationOptions.builder().build());
    assertThat(defaults.maxNewTokens()).isEqualTo(256);
    assertThat(defaults.temperature()).isEqualTo(1);
    assertThat(defaults.topP()).isEqualTo(1);
    assertThat(defaults.topK()).isZero();
    assertThat(defaults.minP()).isZero();
    for (int n = 1; n <= GenerationOptions.MAX_NGRAM; n++) {
      assertThat(defaults.ngramPenalty(n)).isZero();
    }
    assertThat(defaults.logitBias()).isEmpty();
    assertThat(defaults.forbidEndOfSequence()).isFalse();
    assertThat(defaults.stop()).isEmpty();
    assertThat(defaults.seed()).isZero();
  }

  @Test
  void every_setting_is_kept() {
    assertThat(EVERYTHING.maxNewTokens()).isEqualTo(12);
    assertThat(EVERYTHING.temperature()).isEqualTo(0.7);
    assertThat(EVERYTHING.topP()).isEqualTo(0.9);
    assertThat(EVERYTHING.topK()).isEqualTo(40);
    assertThat(EVERYTHING.minP()).isEqualTo(0.05);
    assertThat(EVERYTHING.ngramPenalty(1)).isEqualTo(0.5);
    assertThat(EVERYTHING.ngramPenalty(2)).isEqualTo(1);
    assertThat(EVERYTHING.ngramPenalty(3)).isEqualTo(-1.5);
    assertThat(EVERYTHING.ngramPenalty(4)).isEqualTo(2);
    assertThat(EVERYTHING.logitBias())
        .isEqualTo(Map.of("Sorry", -2.0, " I", Double.NEGATIVE_INFINITY));
    assertThat(EVERYTHING.forbidEndOfSequence()).isTrue();
    assertThat(EVERYTHING.stop()).containsExactly("\n", "User:");
    assertThat(EVERYTHING.seed()).isEqualTo(-9);
  }

  @Test
  void a_builder_from_options_builds_equal_options() {
    assertThat(EVERYTHING.toBuilder().build())
        .isEqualTo(EVERYTHING)
        .hasSameHashCodeAs(EVERYTHING)
        .hasToString(EVERYTHING.toString());
  }

  @Test
  void every_setting_counts_for_equality_and_text() {
    List<Consumer<GenerationOptions.Builder>> changes =
        List.of(
            b -> b.maxNewTokens(13),
            b -> b.temperature(0.8),
            b -> b.topP(0.8),
            b -> b.topK(41),
            b -> b.minP(0.1),
            b -> b.ngramPenalty(1, 9),
            b -> b.ngramPenalty(4, 9),
            b -> b.logitBias("Sorry", 9),
            b -> b.forbidEndOfSequence(false),
            b -> b.stop("User:"),
            b -> b.seed(9));
    for (Consumer<GenerationOptions.Builder> change : changes) {
      GenerationOptions.Builder builder = EVERYTHING.toBuilder();
      change.accept(builder);
      assertThat(builder.build()).isNotEqualTo(EVERYTHING);
      assertThat(builder.build().toString()).isNotEqualTo(EVERYTHING.toString());
    }
  }

  @Test
  void options_do_not_change_with_what_they_were_built_from() {
    List<String> stop = new ArrayList<>(List.of("a"));
    GenerationOptions.Builder builder = GenerationOptions.builder().stop(stop).logitBias("a", 1);
    GenerationOptions options = builder.build();
    stop.add("b");
    builder.logitBias("b", 2).ngramPenalty(1, 3).stop("c");
    assertThat(options.stop()).containsExactly("a");
    assertThat(options.logitBias()).containsOnlyKeys("a");
    assertThat(options.ngramPenalty(1)).isZero();
    assertThatThrownBy(() -> options.logitBias().put("c", 1.0))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void a_summary_is_one_line_of_what_is_on_without_the_seed() {
    assertThat(GenerationOptions.builder().maxNewTokens(1024).topP(0.98).seed(3).build().summary())
        .isEqualTo("max_new_tokens=1024 temperature=1.0 top_p=0.98");
    assertThat(
            GenerationOptions.builder()
                .topK(5)
                .minP(0.1)
                .ngramPenalty(3, 1)
                .logitBias(" Sorry", -2)
                .forbidEndOfSequence(true)
                .stop("\n21.", "\\")
                .build()
                .summary())
        .isEqualTo(
            "max_new_tokens=256 temperature=1.0 top_k=5 min_p=0.1 ngram_penalty_3=1.0"
                + " bias[ Sorry]=-2.0 forbid_eos stop[\\n21.] stop[\\\\]");
  }

  @Test
  void later_stop_strings_replace_earlier_ones() {
    assertThat(GenerationOptions.builder().stop("a", "b").stop("c").build().stop())
        .containsExactly("c");
  }

  @Test
  void penalties_exist_for_orders_1_to_4_only() {
    assertThatThrownBy(() -> EVERYTHING.ngramPenalty(0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> EVERYTHING.ngramPenalty(5))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
