package io.selfalign.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.selfalign.error.ContextLengthException;
import io.selfalign.model.FinishReason;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.ScoreRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The part of the contract on where a generation ends: by itself, by a limit or a stop string. */
abstract class EndingContract extends GenerationContract {
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
  static Optional<String> piece(String text, int from) {
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

  private static void assertStopped(Generation stopped, Generation whole, String stop) {
    assertThat(stopped.text())
        .as("'%s' before '%s'", whole.text(), stop)
        .isEqualTo(whole.text().substring(0, whole.text().indexOf(stop)));
    assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(stopped.stop()).contains(stop);
    assertThat(whole.tokenIds()).startsWith(stopped.tokenIds().toArray(Integer[]::new));
  }
}
