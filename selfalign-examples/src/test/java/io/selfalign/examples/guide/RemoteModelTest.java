package io.selfalign.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.error.CancelledException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.examples.guide.CompletionsStub.Fault;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** What a remote model sends, and what it makes of a server that misbehaves. */
@Timeout(300)
class RemoteModelTest {
  private static final GenerationOptions SHORT =
      GenerationOptions.builder().maxNewTokens(4).seed(3).build();

  private CompletionsStub server;

  @BeforeEach
  void start() throws IOException {
    server = new CompletionsStub();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RemoteModel.Builder model() {
    return RemoteModel.at(server.address()).retries(3, Duration.ofMillis(1));
  }

  private static List<GenerationRequest> requests(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new GenerationRequest("r" + i, "prompt " + i))
        .toList();
  }

  @Test
  void name_context_and_fingerprint_are_the_servers() {
    try (RemoteModel model = model().open()) {
      assertThat(model.name()).isEqualTo("letters");
      assertThat(model.contextLength()).isEqualTo(512);
      assertThat(model.fingerprint()).isEqualTo("remote:letters@models/letters");
    }
    try (RemoteModel model = model().version("letters of May").open()) {
      assertThat(model.fingerprint()).isEqualTo("letters of May");
    }
  }

  @Test
  void an_adapter_of_the_server_is_a_model_with_its_base_models_context() {
    try (RemoteModel model = model().model("polite").open()) {
      assertThat(model.contextLength()).isEqualTo(512);
      assertThat(model.fingerprint()).isEqualTo("remote:polite@adapters/polite");
      model.generate("hello", SHORT);
    }
    assertThat(server.asked.get(0).get("model").stringValue()).isEqualTo("polite");
  }

  @Test
  void options_are_sent_in_the_servers_words() {
    GenerationOptions options =
        GenerationOptions.builder()
            .maxNewTokens(5)
            .temperature(0.7)
            .topP(0.9)
            .topK(40)
            .minP(0.05)
            .stop("\n\n", "never")
            .logitBias("z", Double.NEGATIVE_INFINITY)
            .forbidEndOfSequence(true)
            .build();
    try (RemoteModel model =
        model().apiKey("secret").endOfSequence(CompletionsStub.END_OF_SEQUENCE).open()) {
      model.generate("hello", options);
    }
    JsonNode body = server.asked.get(0);
    assertThat(body.get("model").stringValue()).isEqualTo("letters");
    assertThat(body.get("max_tokens").intValue()).isEqualTo(5);
    assertThat(body.get("temperature").doubleValue()).isEqualTo(0.7);
    assertThat(body.get("top_p").doubleValue()).isEqualTo(0.9);
    assertThat(body.get("top_k").intValue()).isEqualTo(40);
    assertThat(body.get("repetition_penalty").doubleValue()).isEqualTo(1);
    assertThat(body.get("min_p").doubleValue()).isEqualTo(0.05);
    assertThat(body.get("stop").toString()).isEqualTo("[\"\\n\\n\",\"never\"]");
    assertThat(body.get("logit_bias").toString())
        .isEqualTo("{\"122\":-100.0,\"" + (Character.MAX_CODE_POINT + 1) + "\":-100.0}");
    assertThat(server.keys).isNotEmpty().containsOnly("Bearer secret");
  }

  @Test
  void each_request_has_a_seed_of_its_own_that_stays() {
    try (RemoteModel model = model().open()) {
      model.generate(requests(3), SHORT);
      List<String> first = seeds();
      assertThat(first).doesNotHaveDuplicates();
      server.asked.clear();
      model.generate(requests(3), SHORT);
      assertThat(seeds()).containsExactlyInAnyOrderElementsOf(first);
      server.asked.clear();
      model.generate(requests(3), SHORT.toBuilder().seed(4).build());
      assertThat(seeds()).doesNotContainAnyElementsOf(first);
    }
  }

  private List<String> seeds() {
    return server.asked.stream().map(body -> body.get("seed").toString()).toList();
  }

  @Test
  void what_a_server_can_not_do_is_refused_by_name() {
    try (RemoteModel model = model().open()) {
      assertThatThrownBy(() -> model.generate("a", SHORT.toBuilder().ngramPenalty(3, 1.5).build()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("ngramPenalty(3) is 1.5");
      assertThatThrownBy(
              () -> model.generate("a", SHORT.toBuilder().forbidEndOfSequence(true).build()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("endOfSequence");
    }
    assertThat(server.asked).isEmpty();
  }

  @Test
  void a_busy_server_is_asked_again() {
    try (RemoteModel model = model().open()) {
      String text = model.generate("hello", SHORT);
      server.asked.clear();
      server.faults.add(new Fault(429, "slow down"));
      server.faults.add(new Fault(503, "loading"));
      assertThat(model.generate("hello", SHORT)).isEqualTo(text);
      assertThat(server.asked).hasSize(3);
    }
  }

  @Test
  void a_server_that_stays_busy_is_given_up() {
    Collections.addAll(
        server.faults, new Fault(503, "a"), new Fault(503, "b"), new Fault(503, "the last"));
    try (RemoteModel model = model().open()) {
      assertThatThrownBy(() -> model.generate("hello", SHORT))
          .isInstanceOf(SelfAlignException.class)
          .hasMessageContaining("/v1/completions: status 503 after 3 attempts: the last");
    }
    assertThat(server.asked).hasSize(3);
  }

  @Test
  void a_refusal_is_told_in_the_servers_words_and_not_repeated() {
    server.faults.add(new Fault(400, "{\"error\": {\"message\": \"no such model\"}}"));
    try (RemoteModel model = model().open()) {
      assertThatThrownBy(() -> model.generate("hello", SHORT))
          .isInstanceOf(SelfAlignException.class)
          .hasMessageEndingWith("/v1/completions: status 400: no such model");
    }
    assertThat(server.asked).hasSize(1);
  }

  @Test
  void answers_that_are_not_as_they_should_be_are_told() {
    server.faults.add(new Fault(200, "<html>"));
    server.faults.add(new Fault(200, "{\"choices\": [{\"text\": \"a\"}]}"));
    try (RemoteModel model = model().open()) {
      assertThatThrownBy(() -> model.generate("hello", SHORT))
          .isInstanceOf(SelfAlignException.class)
          .hasMessageContaining("the answer is not JSON: <html>");
      assertThatThrownBy(() -> model.generate("hello", SHORT))
          .isInstanceOf(SelfAlignException.class)
          .hasMessageContaining("the answer has no /choices/0/token_ids");
    }
  }

  @Test
  void a_server_that_is_not_there_or_does_not_answer_is_told() {
    assertThatThrownBy(() -> RemoteModel.at(URI.create("http://localhost:1")).open())
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("http://localhost:1/v1/models: nobody answers there");
    assertThatThrownBy(() -> model().model("other").open())
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("has no model other; it has [letters, polite]");
    server.held.set(1);
    try (RemoteModel model = model().timeout(Duration.ofSeconds(3)).open()) {
      assertThatThrownBy(() -> model.generate("hello", SHORT))
          .isInstanceOf(SelfAlignException.class)
          .hasMessageContaining("no answer within PT3S");
    }
  }

  @Test
  void requests_begin_in_their_order_and_no_more_at_once_than_allowed() {
    try (RemoteModel model = model().parallelRequests(1).open()) {
      model.generate(requests(5), SHORT);
    }
    assertThat(server.asked)
        .extracting(body -> Character.toString(body.get("prompt").get(7).intValue()))
        .containsExactly("0", "1", "2", "3", "4");
  }

  @Test
  void an_interrupt_ends_what_runs_and_begins_nothing_more() throws Exception {
    server.held.set(2);
    try (RemoteModel model = model().parallelRequests(2).open()) {
      CompletableFuture<Throwable> ended = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  model.generate(requests(50), SHORT);
                } catch (RuntimeException e) {
                  ended.complete(e);
                }
              });
      thread.start();
      while (server.asked.size() < 2) {
        Thread.sleep(5);
      }
      thread.interrupt();
      assertThat(ended.get(60, TimeUnit.SECONDS)).isInstanceOf(CancelledException.class);
      assertThat(server.asked).hasSize(2);
      assertThat(model.generate("hello", SHORT)).isNotEmpty();
    }
  }

  @Test
  void closing_ends_a_call_of_another_thread() throws Exception {
    server.held.set(2);
    RemoteModel model = model().parallelRequests(2).open();
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    new Thread(
            () -> {
              try {
                model.generate(requests(50), SHORT);
              } catch (RuntimeException e) {
                ended.complete(e);
              }
            })
        .start();
    while (server.asked.size() < 2) {
      Thread.sleep(5);
    }
    model.close();
    assertThat(ended.get(60, TimeUnit.SECONDS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void the_program_shows_a_text_and_how_likely_it_is() {
    List<String> shown = new ArrayList<>();
    try (RemoteModel model = model().open()) {
      RemoteModel.show(model, "once upon a time", shown::add);
    }
    assertThat(shown.get(0)).isEqualTo("letters, context of 512 tokens");
    assertThat(shown.get(1)).startsWith("once upon a time|");
    assertThat(shown.get(2)).startsWith("perplexity of what follows the bar: ");
  }
}
