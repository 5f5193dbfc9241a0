package io.selfalign.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.selfalign.data.RecordRandom;
import io.selfalign.model.BaseModel;
import io.selfalign.model.FinishReason;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScriptedModelTest extends BaseModelContract {
  private static final GenerationOptions GREEDY =
      GenerationOptions.builder().temperature(0).maxNewTokens(20).build();

  @Override
  protected BaseModel openModel() {
    return ScriptedModel.builder().otherwise(ScriptedModelTest::babble).build();
  }

  /** 25 to 56 letters. */
  private static String babble(String prompt, RecordRandom random) {
    int length = 25 + (int) (random.uniform(0) * 32);
    return IntStream.rangeClosed(1, length)
        .mapToObj(i -> String.valueOf((char) ('a' + (int) (random.uniform(i) * 26))))
        .collect(Collectors.joining());
  }

  @Test
  void the_first_rule_that_fits_decides() {
    ScriptedModel model =
        ScriptedModel.builder()
            .whenPromptContains("Topic", "chess")
            .whenPromptContains("chess", "a game")
            .when(prompt -> prompt.endsWith("?"), (prompt, random) -> "about " + prompt.length())
            .otherwise("nothing")
            .build();
    assertThat(model.generate("Topic: chess", GREEDY)).isEqualTo("chess");
    assertThat(model.generate("What is chess", GREEDY)).isEqualTo("a game");
    assertThat(model.generate("What?", GREEDY)).isEqualTo("about 5");
    assertThat(model.generate("Why", GREEDY)).isEqualTo("nothing");
  }

  @Test
  void without_a_rule_that_fits_the_reply_is_empty() {
    Generation generation = generate(ScriptedModel.builder().build(), "x", GREEDY);
    assertThat(generation.text()).isEmpty();
    assertThat(generation.tokenIds()).containsExactly(ScriptedModel.END_OF_SEQUENCE);
  }

  @Test
  void tokens_are_code_points() {
    ScriptedModel model = ScriptedModel.replying("aé😀");
    assertThat(model.countTokens("😀😀!")).isEqualTo(3);
    assertThat(generate(model, "😀", GREEDY))
        .isEqualTo(
            new Generation(
                "id",
                "aé😀",
                List.of((int) 'a', 0xE9, 0x1F600, ScriptedModel.END_OF_SEQUENCE),
                FinishReason.END_OF_SEQUENCE,
                Optional.empty(),
                1));
  }

  @Test
  void a_limit_at_the_end_of_the_reply_leaves_no_room_for_the_end_of_sequence() {
    Generation generation =
        generate(ScriptedModel.replying("abc"), "x", GREEDY.toBuilder().maxNewTokens(3).build());
    assertThat(generation.text()).isEqualTo("abc");
    assertThat(generation.finishReason()).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void a_reply_that_may_not_end_starts_again_on_a_new_line() {
    GenerationOptions forbidden =
        GREEDY.toBuilder().forbidEndOfSequence(true).maxNewTokens(9).build();
    assertThat(generate(ScriptedModel.replying("abc"), "x", forbidden).text())
        .isEqualTo("abc\nabc\na");
    assertThat(generate(ScriptedModel.replying(""), "x", forbidden).text())
        .isEqualTo("\n".repeat(9));
  }

  @Test
  void a_stop_string_ends_the_text_before_it_and_keeps_its_tokens() {
    Generation generation =
        generate(
            ScriptedModel.replying("one\nUser: two"),
            "x",
            GREEDY.toBuilder().stop("two", "User:").build());
    assertThat(generation.text()).isEqualTo("one\n");
    assertThat(generation.tokenIds()).hasSize("one\nUser:".length());
    assertThat(generation.stop()).contains("User:");
  }

  @Test
  void of_stop_strings_that_complete_together_the_one_that_begins_first_counts() {
    Generation generation =
        generate(
            ScriptedModel.replying("a stop"), "x", GREEDY.toBuilder().stop("p", "stop").build());
    assertThat(generation.text()).isEqualTo("a ");
    assertThat(generation.stop()).contains("stop");
  }

  @Test
  void alternatives_are_chosen_by_seed_and_id_and_all_occur() {
    ScriptedModel model = ScriptedModel.builder().otherwise("a", "b", "c").build();
    List<GenerationRequest> requests =
        IntStream.range(0, 60).mapToObj(i -> new GenerationRequest("r" + i, "x")).toList();
    List<String> texts =
        model.generate(requests, GenerationOptions.defaults()).stream()
            .map(Generation::text)
            .toList();
    assertThat(texts).contains("a", "b", "c").containsOnly("a", "b", "c");
    assertThat(model.generate(requests, GREEDY)).extracting(Generation::text).hasSize(60);
    assertThat(model.generate(requests, GREEDY).stream().map(Generation::text).distinct())
        .hasSize(1);
  }

  @Test
  void the_shortest_generation_of_a_group_is_delivered_first() {
    ScriptedModel model =
        ScriptedModel.builder().groupSize(2).otherwise((prompt, random) -> prompt).build();
    List<GenerationRequest> requests =
        List.of(
            new GenerationRequest("a", "xxx"),
            new GenerationRequest("b", "x"),
            new GenerationRequest("c", "xx"));
    List<String> order = new ArrayList<>();
    model.generate(requests, GREEDY, generation -> order.add(generation.id()));
    assertThat(order).containsExactly("b", "a", "c");
  }

  @Test
  void it_fails_instead_of_delivering_the_nth_request_of_its_life() {
    ScriptedModel model =
        ScriptedModel.builder()
            .groupSize(1)
            .otherwise("x")
            .failAt(3, () -> new IllegalStateException("crash"))
            .build();
    generate(model, "1", GREEDY);
    List<String> delivered = new ArrayList<>();
    List<GenerationRequest> requests =
        List.of(
            new GenerationRequest("2", "x"),
            new GenerationRequest("3", "x"),
            new GenerationRequest("4", "x"));
    assertThatThrownBy(() -> model.generate(requests, GREEDY, g -> delivered.add(g.id())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("crash");
    assertThat(delivered).containsExactly("2");
    assertThat(model.generate(requests, GREEDY)).hasSize(3);
  }

  @Test
  void it_counts_what_it_did() {
    ScriptedModel model = ScriptedModel.replying("ab");
    generate(model, "1", GREEDY);
    generate(model, "2", GREEDY.toBuilder().maxNewTokens(1).build());
    model.score(List.of(new ScoreRequest("s", "p", "c")));
    assertThat(model.calls()).hasSize(2);
    assertThat(model.calls().get(1).options().maxNewTokens()).isEqualTo(1);
    assertThat(model.requests()).extracting(GenerationRequest::prompt).containsExactly("1", "2");
    assertThat(model.scoreRequests()).extracting(ScoreRequest::id).containsExactly("s");
    assertThat(model.generations()).isEqualTo(2);
    assertThat(model.generatedTokens()).isEqualTo(3 + 1);
  }

  @Test
  void a_scorer_gives_the_whole_continuations_log_probability() {
    ScriptedModel model =
        ScriptedModel.builder().scorer(request -> -request.prompt().length()).build();
    Score score = model.score(List.of(new ScoreRequest("s", "12345", "abc"))).get(0);
    assertThat(score.tokenIds()).containsExactly((int) 'a', (int) 'b', (int) 'c');
    assertThat(score.logProbability()).isEqualTo(-5, within(1e-12));
  }

  @Test
  void by_default_what_it_would_write_is_likely() {
    ScriptedModel model = ScriptedModel.replying("abc");
    Score likely = model.score(List.of(new ScoreRequest("s", "p", "ab"))).get(0);
    Score unlikely = model.score(List.of(new ScoreRequest("s", "p", "aX"))).get(0);
    assertThat(likely.tokenLogProbabilities()).containsExactly(-0.1, -0.1);
    assertThat(likely.greedy()).isTrue();
    assertThat(unlikely.tokenLogProbabilities()).containsExactly(-0.1, -5.0);
    assertThat(unlikely.greedy()).isFalse();
  }

  @Test
  void names_can_be_chosen() {
    ScriptedModel model = ScriptedModel.builder().name("tiny").fingerprint("v2").build();
    assertThat(model.name()).isEqualTo("tiny");
    assertThat(model.fingerprint()).isEqualTo("v2");
    assertThat(ScriptedModel.builder().name("tiny").build().fingerprint())
        .isEqualTo("scripted:tiny");
  }

  private static Generation generate(BaseModel model, String prompt, GenerationOptions options) {
    return model.generate(List.of(new GenerationRequest("id", prompt)), options).get(0);
  }
}
