package io.selfalign.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.selfalign.error.CancelledException;
import io.selfalign.model.BaseModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What every {@link BaseModel} must do. A backend's test class extends this one and opens its
 * model; all tests share it, so that each also shows that the one before left it usable.
 *
 * <p>The contract is one class to extend, whose tests stand in several: calls and randomness in
 * {@code GenerationContract}, stop strings and limits in {@code EndingContract}, the rest here.
 *
 * <p>Texts are compared exactly: open a model in 32-bit floats, in which rounding doesn't change
 * what is sampled. Its context should be some hundreds or thousands of tokens, as a test fills it.
 */
public abstract class BaseModelContract extends EndingContract {
  // Tokens

  @Test
  public void counted_tokens_are_those_of_a_generations_prompt() {
    assertThat(model.generate(requests(), SAMPLED))
        .allSatisfy(
            generation ->
                assertThat(generation.promptTokens())
                    .isPositive()
                    .isEqualTo(model.countTokens(request(generation.id()).prompt())));
  }

  @Test
  public void a_longer_text_has_more_tokens() {
    int last = 0;
    for (int words : new int[] {1, 4, 16, 64}) {
      int count = model.countTokens("The little girl ".repeat(words));
      assertThat(count).isGreaterThan(last);
      last = count;
    }
  }

  @Test
  public void an_unpaired_surrogate_is_refused() {
    for (String text : List.of("a\uD83D", "\uDE00a", "\uDE00\uD83D")) {
      assertThatThrownBy(() -> model.countTokens(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("surrogate");
    }
    assertThat(model.countTokens("a\uD83D\uDE00")).isPositive();
  }

  // Scores

  @Test
  public void log_probabilities_are_finite_and_not_positive() {
    List<Score> scores = model.score(scoreRequests());
    assertThat(scores)
        .extracting(Score::id)
        .containsExactlyElementsOf(scoreRequests().stream().map(r -> r.id()).toList());
    assertThat(scores)
        .allSatisfy(
            score -> {
              assertThat(score.tokenLogProbabilities())
                  .isNotEmpty()
                  .allSatisfy(p -> assertThat(p).isFinite().isLessThanOrEqualTo(0));
              assertThat(score.logProbability())
                  .isEqualTo(
                      score.tokenLogProbabilities().stream().mapToDouble(p -> p).sum(),
                      within(1e-9));
            });
  }

  @Test
  public void scored_tokens_are_those_that_the_continuation_adds() {
    List<Score> scores = model.score(scoreRequests());
    for (int i = 0; i < scores.size(); i++) {
      ScoreRequest request = scoreRequests().get(i);
      assertThat(scores.get(i).tokenIds())
          .hasSize(
              model.countTokens(request.prompt() + request.continuation())
                  - model.countTokens(request.prompt()));
    }
  }

  @Test
  public void a_score_does_not_depend_on_the_batch() {
    List<Score> together = model.score(scoreRequests());
    List<ScoreRequest> reversed = new ArrayList<>(scoreRequests());
    Collections.reverse(reversed);
    List<Score> backwards = new ArrayList<>(model.score(reversed));
    Collections.reverse(backwards);
    assertSameScores(backwards, together);
    for (int i = 0; i < together.size(); i++) {
      assertSameScores(model.score(List.of(scoreRequests().get(i))), List.of(together.get(i)));
    }
  }

  @Test
  public void what_follows_does_not_change_the_scores_before_it() {
    int compared = 0;
    for (ScoreRequest request : scoreRequests()) {
      ScoreRequest longer =
          new ScoreRequest("longer", request.prompt(), request.continuation() + " and then");
      Score shortScore = model.score(List.of(request)).get(0);
      Score longScore = model.score(List.of(longer)).get(0);
      int tokens = shortScore.tokenIds().size();
      if (longScore.tokenIds().subList(0, tokens).equals(shortScore.tokenIds())) {
        compared++;
        for (int i = 0; i < tokens; i++) {
          assertThat(longScore.tokenLogProbabilities().get(i))
              .isEqualTo(shortScore.tokenLogProbabilities().get(i), within(1e-3));
        }
      }
    }
    assertThat(compared).as("continuations that keep their tokens when text follows").isPositive();
  }

  @Test
  public void a_continuation_is_greedy_if_and_only_if_the_model_would_write_it() {
    int greedy = 0;
    int other = 0;
    for (int newTokens : new int[] {1, 2, 3, 6}) {
      for (GenerationRequest request : requests()) {
        GenerationOptions limit = GREEDY.toBuilder().maxNewTokens(newTokens).build();
        Generation written = generateAlone(request, limit);
        Generation sampled =
            generateAlone(request, SAMPLED.toBuilder().maxNewTokens(newTokens).build());
        for (Generation generation : List.of(written, sampled)) {
          if (generation.text().isEmpty()) {
            continue;
          }
          Score score =
              model
                  .score(List.of(new ScoreRequest("s", request.prompt(), generation.text())))
                  .get(0);
          // Tokens that were generated may spell a text that the tokenizer splits differently.
          if (score.tokenIds().equals(generation.tokenIds())) {
            boolean expected = generation.tokenIds().equals(written.tokenIds());
            assertThat(score.greedy())
                .as("%s of '%s'", score, request.prompt())
                .isEqualTo(expected);
            greedy += expected ? 1 : 0;
            other += expected ? 0 : 1;
          }
        }
      }
    }
    assertThat(greedy).as("greedy texts that tokenise as they were written").isPositive();
    assertThat(other).as("sampled texts that tokenise as they were written").isPositive();
  }

  // Interruption and closing

  @Test
  public void a_call_of_an_interrupted_thread_is_cancelled_and_the_status_stays() {
    List<Generation> before = model.generate(requests(), SAMPLED);
    List<Generation> completed = new ArrayList<>();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> model.generate(requests(), SAMPLED, completed::add))
        .isInstanceOf(CancelledException.class);
    assertThat(Thread.interrupted()).as("interrupt status after generate").isTrue();
    assertThat(completed).isEmpty();

    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> model.score(scoreRequests())).isInstanceOf(CancelledException.class);
    assertThat(Thread.interrupted()).as("interrupt status after score").isTrue();
    assertThat(model.generate(requests(), SAMPLED)).isEqualTo(before);
  }

  @Test
  public void an_interrupt_during_a_call_cancels_what_is_left() {
    List<Generation> unstopped = model.generate(requests(), SAMPLED);
    String stop = pieceOfOneText(unstopped);
    List<Generation> completed = new ArrayList<>();
    assertThatThrownBy(
            () ->
                model.generate(
                    requests(),
                    SAMPLED.toBuilder().stop(stop).build(),
                    generation -> {
                      completed.add(generation);
                      Thread.currentThread().interrupt();
                    }))
        .isInstanceOf(CancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(completed).hasSizeBetween(1, requests().size() - 1);
    assertThat(model.generate(requests(), SAMPLED)).isEqualTo(unstopped);
  }

  @Test
  public void a_closed_model_refuses_calls_and_may_be_closed_again() throws Exception {
    BaseModel closed = openModel();
    assumeTrue(closed instanceof AutoCloseable, "this model has nothing to close");
    AutoCloseable closeable = (AutoCloseable) closed;
    closed.generate(requests(), SAMPLED);
    closeable.close();
    closeable.close();
    assertThatThrownBy(() -> closed.generate(requests(), SAMPLED))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> closed.score(scoreRequests()))
        .isInstanceOf(IllegalStateException.class);
  }

  /** A piece that some text has in its first half, so that it ends early, and some text hasn't. */
  private static String pieceOfOneText(List<Generation> generations) {
    for (Generation generation : generations) {
      Optional<String> piece = piece(generation.text(), generation.text().length() / 4);
      if (piece.isPresent()
          && generations.stream().anyMatch(other -> !other.text().contains(piece.get()))) {
        return piece.get();
      }
    }
    throw new AssertionError("all texts are alike; choose other prompts()");
  }
}
