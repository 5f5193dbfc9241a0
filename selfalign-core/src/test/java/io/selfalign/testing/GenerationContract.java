package io.selfalign.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The part of the contract on calls of {@code generate}: who gets which result, and randomness. */
abstract class GenerationContract extends ContractModel {
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
}
