package io.selfalign.principle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.testing.ScriptedModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A scripted token is a character. */
class FrameRepliesTest {
  private static final PromptFrame FRAME =
      PromptFrame.builder().exemplars(ExemplarSelector.none()).build();
  private static final String SELF = FRAME.selfIdentification();
  private static final GenerationOptions SAMPLING =
      GenerationOptions.builder().temperature(0.5).maxNewTokens(300).seed(7).build();

  private static Map<Query, Prompt> prompts(String... ids) {
    Map<Query, Prompt> prompts = new LinkedHashMap<>();
    for (String id : ids) {
      Query query = Query.of(id, "What of " + id + "?");
      prompts.put(query, FRAME.prompt(query, RecordRandom.of(0, "s", id)));
    }
    return prompts;
  }

  private static FrameReply reply(ScriptedModel model) {
    return replies(model, prompts("q")).get(0);
  }

  private static List<FrameReply> replies(ScriptedModel model, Map<Query, Prompt> prompts) {
    return new FrameReplies(model, FRAME, SAMPLING, 128).generate(prompts);
  }

  @Test
  void nothing_is_generated_past_the_end_of_an_answer() {
    String goingOn = "\n\n## Alina\nYes, and more of it." + " And more.".repeat(20);
    ScriptedModel model = ScriptedModel.replying(SELF + "\n\n## Alina\nYes." + goingOn);
    FrameReply reply = reply(model);
    assertThat(reply.reply()).isEqualTo(new Reply(SELF, "Yes.", true, List.of()));
    assertThat(reply.written()).isEqualTo(SELF + "\n\n## Alina\nYes.\n");
    assertThat(reply.answerTokens()).isEqualTo("Yes.\n\n## Alina\n".length());
    assertThat(reply.thoughtTokens()).isEqualTo((SELF + "\n\n## Alina\n").length());
    assertThat(reply.generatedTokens()).isEqualTo((int) model.generatedTokens()).isLessThan(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"## User\n", "# Conversation\n", "## Private notes\n"})
  void an_answer_ends_at_any_marker(String marker) {
    FrameReply reply = reply(inParts(SELF + "\n\n## Alina\n", "Yes.\n\n" + marker + "No."));
    assertThat(reply.reply()).isEqualTo(new Reply(SELF, "Yes.", true, List.of()));
  }

  private static ScriptedModel inParts(String thoughts, String answer) {
    return ScriptedModel.builder()
        .when(prompt -> prompt.endsWith("## Private notes\n"), (p, r) -> thoughts)
        .otherwise(answer)
        .build();
  }

  @Test
  void the_answer_continues_the_prompt_the_thoughts_and_the_marker() {
    ScriptedModel model = ScriptedModel.replying(SELF + " So.\n## Alina\nYes.");
    FrameReply reply = reply(model);
    assertThat(model.requests())
        .containsExactly(
            new GenerationRequest("q", reply.prompt().text()),
            new GenerationRequest("q/answer", reply.prompt().text() + SELF + " So.\n\n## Alina\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "## Alina: | Yes.",
        "## alina | Yes.",
        "## ALINA: Yes. | Yes.",
      })
  void other_spellings_of_the_marker_begin_an_answer_too(String marker, String answer) {
    String rest = marker.endsWith(answer) ? "" : answer;
    ScriptedModel model =
        inParts(SELF + "\n" + marker + "\n" + rest + "\n## User\nAnd?", answer + "\n## User\n");
    assertThat(reply(model).reply()).isEqualTo(new Reply(SELF, "Yes.", true, List.of()));
  }

  @Test
  void an_answer_that_thoughts_have_run_into_is_continued() {
    String answer = "Yes. " + "So it is, indeed. ".repeat(10);
    ScriptedModel model =
        ScriptedModel.builder()
            .when(
                prompt -> prompt.endsWith("## Private notes\n"),
                (p, r) -> SELF + "\n## alina\n" + answer)
            .otherwise("and that is all.\n\n## User\n")
            .build();
    FrameReply reply = reply(model);
    assertThat(reply.written()).hasSize(128 + "and that is all.\n".length());
    assertThat(reply.reply().closed()).isTrue();
    assertThat(reply.reply().answer()).startsWith("Yes. So").endsWith("and that is all.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n## User\nNo.", "\n# Conversation\n", "", "so on, so on, so on, "})
  void thoughts_that_no_answer_follows_are_not_continued(String end) {
    ScriptedModel model = ScriptedModel.replying(SELF + end.repeat(9));
    FrameReply reply = reply(model);
    assertThat(reply.reply().answer()).isEmpty();
    assertThat(reply.reply().closed()).isFalse();
    assertThat(reply.answerTokens()).isZero();
    assertThat(reply.thoughtTokens()).isLessThanOrEqualTo(128);
    assertThat(model.requests()).hasSize(1);
  }

  @Test
  void an_answer_may_have_all_new_tokens_if_there_is_room_and_else_what_thoughts_have_left() {
    String endless = SELF + "\n\n## Alina\n" + "on and ".repeat(200);
    assertThat(reply(ScriptedModel.replying(endless)).answerTokens()).isEqualTo(300);
    int prompt = prompts("q").values().iterator().next().text().length();
    ScriptedModel tight =
        ScriptedModel.builder().contextLength(prompt + 300).otherwise(endless).build();
    FrameReply reply = reply(tight);
    assertThat(reply.generatedTokens()).isEqualTo(300);
    assertThat(reply.reply().closed()).isFalse();
    ScriptedModel roomy =
        ScriptedModel.builder().contextLength(prompt + 320).otherwise(endless).build();
    assertThat(reply(roomy).generatedTokens()).isBetween(301, 320);
  }

  @Test
  void where_thoughts_leave_no_room_there_is_no_answer() {
    String endless = SELF + " So.\n\n## Alina\n" + "on and ".repeat(200);
    int thoughts = (SELF + " So.\n\n## Alina\n").length();
    int prompt = prompts("q").values().iterator().next().text().length();
    GenerationOptions few = SAMPLING.toBuilder().maxNewTokens(thoughts).build();
    ScriptedModel full =
        ScriptedModel.builder().contextLength(prompt + thoughts).otherwise(endless).build();
    FrameReply reply = new FrameReplies(full, FRAME, few, 128).generate(prompts("q")).get(0);
    assertThat(reply.reply()).isEqualTo(new Reply(SELF + " So.", "", false, List.of()));
    assertThat(reply.answerTokens()).isZero();
  }

  @Test
  void what_is_reserved_is_left_after_every_answer() {
    String endless = SELF + "\n\n## Alina\n" + "on and ".repeat(200);
    int prompt = prompts("q").values().iterator().next().text().length();
    for (int room : List.of(300, 320, 400, 1_000)) {
      ScriptedModel model =
          ScriptedModel.builder().contextLength(prompt + room).otherwise(endless).build();
      FrameReply reply =
          new FrameReplies(model, FRAME, SAMPLING, 128, 50).generate(prompts("q")).get(0);
      assertThat(reply.generatedTokens()).isBetween(Math.min(room - 66, 300), room - 50);
      assertThat(reply.answerTokens()).isLessThanOrEqualTo(300);
    }
  }

  @Test
  void a_prompt_with_an_inline_marker_leaves_the_space_to_the_model() {
    PromptFrame inline =
        FRAME.toBuilder()
            .userMarker("User: ")
            .thoughtMarker("Notes: ")
            .answerMarker("{persona}: ")
            .build();
    Query query = Query.of("q", "Why?");
    Prompt prompt = inline.prompt(query, RecordRandom.of(0, "s", "q"));
    ScriptedModel model =
        ScriptedModel.builder()
            .when(asked -> asked.endsWith("Notes:"), (p, r) -> " " + SELF + "\nAlina: So.")
            .otherwise(" It is so.\nUser: And?")
            .build();
    FrameReply reply =
        new FrameReplies(model, inline, SAMPLING, 128).generate(Map.of(query, prompt)).get(0);
    assertThat(prompt.text()).endsWith("User: Why?\n\nNotes:");
    assertThat(model.requests())
        .extracting(GenerationRequest::prompt)
        .containsExactly(prompt.text(), prompt.text() + " " + SELF + "\n\nAlina:");
    assertThat(reply.written()).isEqualTo(" " + SELF + "\n\nAlina: It is so.");
    assertThat(reply.reply()).isEqualTo(new Reply(SELF, "It is so.", true, List.of()));
  }

  @Test
  void a_reply_depends_on_no_other_and_thoughts_and_answer_have_their_own_random_numbers() {
    ScriptedModel.Script script =
        (prompt, random) ->
            SELF + " " + random.bits(0, 0) + "\n\n## Alina\nIt is " + random.bits(0, 0) + ".";
    List<String> ids = new ArrayList<>(IntStream.range(0, 9).mapToObj(i -> "q" + i).toList());
    List<FrameReply> together =
        replies(
            ScriptedModel.builder().otherwise(script).build(), prompts(ids.toArray(String[]::new)));
    assertThat(together).extracting(reply -> reply.query().id()).isEqualTo(ids);
    Collections.reverse(ids);
    for (String id : ids) {
      FrameReply alone =
          replies(ScriptedModel.builder().otherwise(script).build(), prompts(id)).get(0);
      assertThat(together).contains(alone);
      String drawn = alone.reply().answer().replaceAll("[^-\\d]", "");
      assertThat(alone.reply().thoughts()).doesNotContain(drawn);
    }
  }

  @Test
  void there_must_be_thoughts() {
    assertThatThrownBy(() -> new FrameReplies(ScriptedModel.replying(""), FRAME, SAMPLING, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("thoughtTokens is 0, but must be 1 up");
    assertThat(replies(ScriptedModel.replying(""), Map.of())).isEmpty();
  }
}
