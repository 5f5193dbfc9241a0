package io.selfalign.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RequestsTest {
  @Test
  void a_blank_id_is_refused() {
    assertRefused(() -> new GenerationRequest(" ", "p"), "a request's id is blank");
    assertRefused(() -> new ScoreRequest("", "p", "c"), "a request's id is blank");
  }

  @Test
  void an_empty_text_is_refused_and_a_blank_one_is_not() {
    assertRefused(() -> new GenerationRequest("a", ""), "request 'a': the prompt is empty");
    assertRefused(() -> new ScoreRequest("a", "", "c"), "request 'a': the prompt is empty");
    assertRefused(() -> new ScoreRequest("a", "p", ""), "request 'a': the continuation is empty");
    assertThat(new GenerationRequest("a", " ").prompt()).isEqualTo(" ");
    assertThat(new ScoreRequest("a", "\n", " ").continuation()).isEqualTo(" ");
  }

  @Test
  void an_unpaired_surrogate_is_refused_with_its_place() {
    String place = " has an unpaired surrogate U+D83D at index 1; it is not valid Unicode text";
    assertRefused(() -> new GenerationRequest("a\uD83D", "p"), "a request's id" + place);
    assertRefused(() -> new GenerationRequest("a", "p\uD83D"), "request 'a': the prompt" + place);
    assertRefused(() -> new ScoreRequest("a", "p\uD83Dx", "c"), "request 'a': the prompt" + place);
    assertRefused(
        () -> new ScoreRequest("a", "p", "c\uD83D"), "request 'a': the continuation" + place);
    assertRefused(
        () -> Requests.checkUnicode("it", "\uDE00\uD83D"),
        "it has an unpaired surrogate U+DE00 at index 0; it is not valid Unicode text");
    assertThatCode(() -> Requests.checkUnicode("it", "x\uD83D\uDE00\uD83D\uDE00"))
        .doesNotThrowAnyException();
  }

  @Test
  void an_id_that_occurs_twice_is_refused_by_name() {
    List<GenerationRequest> twice =
        List.of(
            new GenerationRequest("a", "1"),
            new GenerationRequest("b", "2"),
            new GenerationRequest("a", "3"));
    assertRefused(
        () -> Requests.checkUniqueIds(twice, GenerationRequest::id),
        "two requests of one call have the id 'a'; ids must be unique in a call");
    assertThatCode(() -> Requests.checkUniqueIds(twice.subList(0, 2), GenerationRequest::id))
        .doesNotThrowAnyException();
  }

  @Test
  void a_generation_has_a_stop_string_if_and_only_if_it_was_stopped() {
    assertRefused(
        () -> new Generation("a", "", List.of(1), FinishReason.STOP, Optional.empty(), 1),
        "stop string Optional.empty does not go with finish reason STOP");
    assertRefused(
        () -> new Generation("a", "", List.of(1), FinishReason.LENGTH, Optional.of("x"), 1),
        "stop string Optional[x] does not go with finish reason LENGTH");
  }

  @Test
  void a_score_has_one_log_probability_per_token() {
    assertRefused(
        () -> new Score("a", List.of(1, 2), List.of(-1.0), true),
        "2 tokens with 1 log-probabilities");
    assertRefused(
        () -> new Score("a", List.of(), List.of(), true), "0 tokens with 0 log-probabilities");
  }

  @Test
  void a_score_sums_and_averages_its_log_probabilities() {
    Score score = new Score("a", List.of(1, 2), List.of(-1.0, -2.0), true);
    assertThat(score.logProbability()).isEqualTo(-3, within(1e-12));
    assertThat(score.perplexity()).isEqualTo(Math.exp(1.5), within(1e-12));
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
