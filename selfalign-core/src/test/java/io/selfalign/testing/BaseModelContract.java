package io.selfalign.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.selfalign.error.CancelledException;
import io.selfalign.error.ContextLengthException;
import io.selfalign.model.BaseModel;
import io.selfalign.model.FinishReason;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What every {@link BaseModel} must do. A backend's test class extends this one and opens its
 * model; all tests share it, so that each also shows that the one before left it usable.
 *
 * <p>Texts are compared exactly: open a model in 32-bit floats, in which rounding doesn't change
 * what is sampled. Its context should be some hundreds or thousands of tokens, as a test fills it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BaseModelContract {
  private static final int NEW_TOKENS = 24;
  private static final GenerationOptions SAMPLED =
      GenerationOptions.builder()
          .maxNewTokens(NEW_TOKENS)
          .forbidEndOfSequence(true)
          .seed(20_230)
          .build();
  private static final GenerationOptions GREEDY = SAMPLED.toBuilder().temperature(0).build();

  private BaseModel model;

  /** Opens the model; it is closed after the last test if it is {@link AutoCloseable}. */
  protected abstract BaseModel openModel() throws Exception;

  /**
   * Prompts of different lengths, at least six, some with a common beginning. What the model writes
   * after them should not all begin alike.
   */
  protected List<String> prompts() {
    return List.of(
        "Once upon a time",
        "Once upon a time there was a little girl",
        "Once upon a time there was a little boy. He lived",
        "The",
        "One day, she saw a big, red ball in the park. She wanted to play with",
        "Lily and her mom went to the",
        "He said: \"I like it\" and",
        "Tom");
  }

  /**
   * Whether the model ends some of 256 short generations by itself at temperature 2. Override only
   * for a model that never does.
   */
  protected boolean endsSequences() {
    return true;
  }

  /** The model that {@link #openModel()} opened. */
  protected final BaseModel model() {
    return model;
  }

  @BeforeAll
  public final void openSharedModel() throws Exception {
    model = openModel();
  }

  @AfterAll
  public final void closeSharedModel() throws Exception {
    if (model instanceof AutoCloseable closeable) {
      closeable.close();
    }
  }

  /** A test that fails half-way must not make the next one fail. */
  @AfterEach
  public final void clearInterrupt() {
    Thread.interrupted();
  }

  // Calls and results

  @Test
  public void name_and_fingerprint_say_something_and_stay() {
    assertThat(model.name()).isNotBlank().isEqualTo(model.name());
    assertThat(model.fingerprint()).isNotBlank().isEqualTo(model.fingerprint());
    assertThat(model.contextLength()).isPositive();
  }

  @Test
  public void every_request_completes_once_on_the_calling_thread() {
    List<Generation> completed = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    model.generate(
        requests(),
        SAMPLED,
        generation -> {
          completed.add(generation);
          threads.add(Thread.currentThread());
        });
    assertThat(completed)
        .extracting(Generation::id)
        .containsExactlyInAnyOrderElementsOf(requests().stream().map(r -> r.id()).toList());
    assertThat(threads).containsOnly(Thread.currentThread());
  }

  @Test
  public void the_list_form_returns_results_in_the_order_of_the_requests() {
    List<GenerationRequest> reversed = new ArrayList<>(requests());
    Collections.reverse(reversed);
    for (List<GenerationRequest> requests : List.of(requests(), reversed)) {
      assertThat(model.generate(requests, SAMPLED))
          .extracting(Generation::id)
          .containsExactlyElementsOf(requests.stream().map(r -> r.id()).toList());
    }
  }

  @Test
  public void the_single_form_returns_the_text_of_request_0() {
    String prompt = prompts().get(0);
    assertThat(model.generate(prompt, SAMPLED))
        .isEqualTo(generateAlone(new GenerationRequest("0", prompt), SAMPLED).text());
  }

  @Test
  public void no_requests_give_no_results() {
    model.generate(
        List.of(),
        SAMPLED,
        generation -> {
          throw new AssertionError("a result without a request: " + generation);
        });
    assertThat(model.generate(List.of(), SAMPLED)).isEmpty();
    assertThat(model.score(List.of())).isEmpty();
  }

  @Test
  public void an_exception_of_the_callback_ends_the_call_and_leaves_the_model_usable() {
    List<Generation> before = model.generate(requests(), SAMPLED);
    IllegalStateException exception = new IllegalStateException("the caller's own");
    List<String> completed = new ArrayList<>();
    assertThatThrownBy(
            () ->
                model.generate(
                    requests(),
                    SAMPLED,
                    generation -> {
                      completed.add(generation.id());
                      throw exception;
                    }))
        .isSameAs(exception);
    assertThat(completed).hasSize(1);
    assertThat(model.generate(requests(), SAMPLED)).isEqualTo(before);
  }

  @Test
  public void two_requests_with_one_id_are_refused() {
    GenerationRequest request = requests().get(0);
    List<Generation> completed = new ArrayList<>();
    assertThatThrownBy(() -> model.generate(List.of(request, request), SAMPLED, completed::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + request.id() + "'");
    assertThat(completed).isEmpty();

    ScoreRequest score = new ScoreRequest("twice", prompts().get(0), " and more");
    assertThatThrownBy(() -> model.score(List.of(score, score)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'twice'");
  }

  // Randomness

  @Test
  public void a_request_gets_the_same_result_in_any_batch() {
    for (GenerationOptions options : List.of(SAMPLED, GREEDY)) {
      Map<String, Generation> together = byId(model.generate(requests(), options));
      List<GenerationRequest> reversed = new ArrayList<>(requests());
      Collections.reverse(reversed);
      assertThat(byId(model.generate(reversed, options))).isEqualTo(together);

      int half = requests().size() / 2;
      List<Generation> split =
          new ArrayList<>(model.generate(requests().subList(0, half), options));
      split.addAll(model.generate(requests().subList(half, requests().size()), options));
      assertThat(byId(split)).isEqualTo(together);

      for (GenerationRequest request : requests()) {
        assertThat(generateAlone(request, options)).isEqualTo(together.get(request.id()));
      }
    }
  }

  @Test
  public void many_more_requests_than_fit_a_batch_get_the_same_results() {
    List<GenerationRequest> many =
        IntStream.range(0, 150)
            .mapToObj(i -> new GenerationRequest("many-" + i, prompt(i) + " " + i))
            .toList();
    GenerationOptions options = SAMPLED.toBuilder().maxNewTokens(4).build();
    List<Generation> together = model.generate(many, options);
    for (int i : new int[] {0, 1, 77, 149}) {
      assertThat(together.get(i)).isEqualTo(generateAlone(many.get(i), options));
    }
  }

  @Test
  public void another_seed_gives_other_texts() {
    GenerationOptions otherSeed = SAMPLED.toBuilder().seed(SAMPLED.seed() + 1).build();
    assertThat(texts(model.generate(requests(), otherSeed)))
        .isNotEqualTo(texts(model.generate(requests(), SAMPLED)));
  }

  @Test
  public void another_id_gives_another_text() {
    List<GenerationRequest> sameText =
        IntStream.range(0, 8).mapToObj(i -> new GenerationRequest("id" + i, prompt(0))).toList();
    assertThat(texts(model.generate(sameText, SAMPLED)).stream().distinct().count())
        .as("different texts of 8 requests at temperature 1")
        .isGreaterThan(1);
  }

  @Test
  public void temperature_0_ignores_seed_and_id() {
    GenerationOptions otherSeed = GREEDY.toBuilder().seed(GREEDY.seed() + 1).build();
    List<GenerationRequest> otherIds =
        requests().stream().map(r -> new GenerationRequest("x" + r.id(), r.prompt())).toList();
    List<String> texts = texts(model.generate(requests(), GREEDY));
    assertThat(texts(model.generate(requests(), otherSeed))).isEqualTo(texts);
    assertThat(texts(model.generate(otherIds, GREEDY))).isEqualTo(texts);
  }

  @Test
  public void two_threads_get_what_one_gets() throws Exception {
    List<GenerationRequest> ours = requests().subList(0, requests().size() / 2);
    List<GenerationRequest> theirs = requests().subList(requests().size() / 2, requests().size());
    List<ScoreRequest> scores = scoreRequests();
    List<Generation> expected = model.generate(ours, SAMPLED);
    List<Generation> alsoExpected = model.generate(theirs, GREEDY);
    List<Score> expectedScores = model.score(scores);
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      for (int round = 0; round < 5; round++) {
        List<Callable<Object>> work =
            List.of(
                () -> model.generate(ours, SAMPLED),
                () -> model.generate(theirs, GREEDY),
                () -> model.score(scores));
        List<Future<Object>> results = threads.invokeAll(work);
        assertThat(results.get(0).get()).isEqualTo(expected);
        assertThat(results.get(1).get()).isEqualTo(alsoExpected);
        assertSameScores((List<?>) results.get(2).get(), expectedScores);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  // Where a generation ends

  @Test
  public void the_new_token_limit_is_reached_and_not_passed() {
    for (int limit : new int[] {1, 2, 7, NEW_TOKENS}) {
      GenerationOptions options = SAMPLED.toBuilder().maxNewTokens(limit).build();
      assertThat(model.generate(requests(), options))
          .allSatisfy(
              generation -> {
                assertThat(generation.finishReason()).isEqualTo(FinishReason.LENGTH);
                assertThat(generation.tokenIds()).hasSize(limit);
                assertThat(generation.stop()).isEmpty();
              });
    }
  }

  @Test
  public void a_smaller_limit_gives_the_beginning() {
    GenerationOptions options = SAMPLED.toBuilder().maxNewTokens(NEW_TOKENS / 2).build();
    Map<String, Generation> longer = byId(model.generate(requests(), SAMPLED));
    assertThat(model.generate(requests(), options))
        .allSatisfy(
            generation ->
                assertThat(longer.get(generation.id()).tokenIds())
                    .startsWith(generation.tokenIds().toArray(Integer[]::new)));
  }

  @Test
  public void the_text_ends_before_the_first_occurrence_of_a_stop_string() {
    for (GenerationOptions options : List.of(GREEDY, SAMPLED)) {
      List<Generation> unstopped = model.generate(requests(), options);
      int stopped = 0;
      for (int i = 0; i < unstopped.size(); i++) {
        Generation whole = unstopped.get(i);
        for (int from : new int[] {0, whole.text().length() / 2}) {
          Optional<String> stop = piece(whole.text(), from);
          if (stop.isPresent()) {
            stopped++;
            GenerationOptions stopping = options.toBuilder().stop(stop.get()).build();
            assertStopped(generateAlone(requests().get(i), stopping), whole, stop.get());
          }
        }
      }
      assertThat(stopped).as("prompts after which two plain characters are written").isPositive();
    }
  }

  @Test
  public void of_several_stop_strings_the_first_in_the_text_counts() {
    int stopped = 0;
    for (Generation whole : model.generate(requests(), SAMPLED)) {
      Optional<String> early = piece(whole.text(), whole.text().length() / 4);
      Optional<String> late = piece(whole.text(), whole.text().length() * 3 / 4);
      if (early.isEmpty() || late.isEmpty()) {
        continue;
      }
      int first = whole.text().indexOf(early.get());
      int second = whole.text().indexOf(late.get());
      if (first + early.get().length() <= second) {
        stopped++;
        for (List<String> stops :
            List.of(
                List.of("\u2603 never", early.get(), late.get()),
                List.of(late.get(), early.get(), "\u2603 never"))) {
          GenerationOptions stopping = SAMPLED.toBuilder().stop(stops).build();
          assertStopped(generateAlone(request(whole.id()), stopping), whole, early.get());
        }
      }
    }
    assertThat(stopped).as("prompts after which two different pieces are written").isPositive();
  }

  @Test
  public void a_stop_string_that_does_not_occur_changes_nothing() {
    GenerationOptions stopping = SAMPLED.toBuilder().stop("\u2603 never", "\n\n\n\u2603").build();
    assertThat(model.generate(requests(), stopping)).isEqualTo(model.generate(requests(), SAMPLED));
  }

  @Test
  public void a_sequence_ends_by_itself_unless_that_is_forbidden() {
    assumeTrue(endsSequences(), "this model never ends a sequence by itself");
    List<GenerationRequest> many =
        IntStream.range(0, 256).mapToObj(i -> new GenerationRequest("e" + i, prompt(i))).toList();
    GenerationOptions allowed =
        SAMPLED.toBuilder().temperature(2).maxNewTokens(32).forbidEndOfSequence(false).build();
    List<Generation> ended =
        model.generate(many, allowed).stream()
            .filter(generation -> generation.finishReason() == FinishReason.END_OF_SEQUENCE)
            .toList();
    assertThat(ended).as("generations that the model ended by itself").isNotEmpty();
    assertThat(ended)
        .allSatisfy(
            generation -> {
              assertThat(generation.tokenIds()).hasSizeBetween(1, 32);
              assertThat(generation.stop()).isEmpty();
            });

    GenerationOptions forbidden = allowed.toBuilder().forbidEndOfSequence(true).build();
    assertThat(model.generate(many, forbidden))
        .allSatisfy(
            generation -> {
              assertThat(generation.finishReason()).isEqualTo(FinishReason.LENGTH);
              assertThat(generation.tokenIds()).hasSize(32);
            });
  }

  // The context

  @Test
  public void prompt_and_new_tokens_may_fill_the_context() {
    GenerationRequest request = new GenerationRequest("full", promptThatLeavesLittle());
    int left = model.contextLength() - model.countTokens(request.prompt());
    GenerationOptions options = GREEDY.toBuilder().maxNewTokens(left).build();
    Generation generation = generateAlone(request, options);
    assertThat(generation.tokenIds()).hasSize(left);
    assertThat(generation.promptTokens() + left).isEqualTo(model.contextLength());
  }

  @Test
  public void one_token_more_than_the_context_is_refused_before_anything_is_generated() {
    GenerationRequest tooLong = new GenerationRequest("too-long", promptThatLeavesLittle());
    int promptTokens = model.countTokens(tooLong.prompt());
    int newTokens = model.contextLength() - promptTokens + 1;
    List<GenerationRequest> requests = new ArrayList<>(requests());
    requests.add(tooLong);
    List<Generation> completed = new ArrayList<>();
    assertThatThrownBy(
            () ->
                model.generate(
                    requests, SAMPLED.toBuilder().maxNewTokens(newTokens).build(), completed::add))
        .isInstanceOfSatisfying(
            ContextLengthException.class,
            e -> {
              assertThat(e.requestId()).isEqualTo("too-long");
              assertThat(e.promptTokens()).isEqualTo(promptTokens);
              assertThat(e.newTokens()).isEqualTo(newTokens);
              assertThat(e.contextLength()).isEqualTo(model.contextLength());
            });
    assertThat(completed).isEmpty();
  }

  @Test
  public void a_continuation_beyond_the_context_is_refused() {
    String continuation = " a".repeat(model.contextLength() + 1);
    List<ScoreRequest> requests =
        List.of(
            new ScoreRequest("fits", prompt(0), " and"),
            new ScoreRequest("too-long", prompt(0), continuation));
    assertThatThrownBy(() -> model.score(requests))
        .isInstanceOfSatisfying(
            ContextLengthException.class, e -> assertThat(e.requestId()).isEqualTo("too-long"));
  }

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

  private List<GenerationRequest> requests() {
    return IntStream.range(0, prompts().size())
        .mapToObj(i -> new GenerationRequest("r" + i, prompt(i)))
        .toList();
  }

  private GenerationRequest request(String id) {
    return requests().stream().filter(r -> r.id().equals(id)).findFirst().orElseThrow();
  }

  private String prompt(int i) {
    return prompts().get(i % prompts().size());
  }

  /** Continuations of one and several tokens. */
  private List<ScoreRequest> scoreRequests() {
    List<String> continuations = List.of(" and", " the little girl was happy.", " to", "!");
    return IntStream.range(0, prompts().size())
        .mapToObj(
            i -> new ScoreRequest("s" + i, prompt(i), continuations.get(i % continuations.size())))
        .toList();
  }

  private Generation generateAlone(GenerationRequest request, GenerationOptions options) {
    return model.generate(List.of(request), options).get(0);
  }

  /** The longest of a family of prompts that leaves at least two tokens of the context. */
  private String promptThatLeavesLittle() {
    int fits = 0;
    int tooMany = model.contextLength() + 1;
    while (tooMany - fits > 1) {
      int middle = (fits + tooMany) >>> 1;
      if (model.countTokens("The" + " girl".repeat(middle)) <= model.contextLength() - 2) {
        fits = middle;
      } else {
        tooMany = middle;
      }
    }
    return "The" + " girl".repeat(fits);
  }

  /** Two or three characters of a text from an index on, whole and not a replacement character. */
  private static Optional<String> piece(String text, int from) {
    for (int start = from; start < text.length(); start = text.offsetByCodePoints(start, 1)) {
      for (int length : new int[] {3, 2}) {
        if (text.codePointCount(start, text.length()) >= length) {
          String piece = text.substring(start, text.offsetByCodePoints(start, length));
          if (!piece.contains("\uFFFD") && !Character.isLowSurrogate(piece.charAt(0))) {
            return Optional.of(piece);
          }
        }
      }
    }
    return Optional.empty();
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

  private static void assertStopped(Generation stopped, Generation whole, String stop) {
    assertThat(stopped.text())
        .as("'%s' before '%s'", whole.text(), stop)
        .isEqualTo(whole.text().substring(0, whole.text().indexOf(stop)));
    assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(stopped.stop()).contains(stop);
    assertThat(whole.tokenIds()).startsWith(stopped.tokenIds().toArray(Integer[]::new));
  }

  private static void assertSameScores(List<?> actual, List<Score> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      Score score = (Score) actual.get(i);
      assertThat(score.id()).isEqualTo(expected.get(i).id());
      assertThat(score.tokenIds()).isEqualTo(expected.get(i).tokenIds());
      for (int k = 0; k < score.tokenIds().size(); k++) {
        assertThat(score.tokenLogProbabilities().get(k))
            .isEqualTo(expected.get(i).tokenLogProbabilities().get(k), within(1e-3));
      }
    }
  }

  private static List<String> texts(List<Generation> generations) {
    return generations.stream().map(Generation::text).toList();
  }

  private static Map<String, Generation> byId(List<Generation> generations) {
    return generations.stream().collect(Collectors.toMap(Generation::id, Function.identity()));
  }
}
