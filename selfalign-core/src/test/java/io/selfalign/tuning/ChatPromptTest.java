package io.selfalign.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.pipeline.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatPromptTest {
  private static final ChatPrompt INLINE =
      ChatPrompt.of("Juno").withMarkers("User: ", "{persona}: ");

  @Test
  void the_prompt_has_the_persona_and_the_query_and_no_rules() {
    assertThat(ChatPrompt.of("Juno").text(" Why is {persona} blue? \n"))
        .isEqualTo(
            """
            Juno is an AI assistant that reads and writes text. It wants to be useful, honest and \
            harmless.

            ## User
            Why is {persona} blue?

            ## Juno
            """);
  }

  @Test
  void a_completion_ends_with_the_marker_that_stops_generations() {
    ChatPrompt prompt = ChatPrompt.of("Juno");
    assertThat(prompt.completion(" Because.\n", true)).isEqualTo("Because.\n\n## User\n");
    assertThat(prompt.stop()).containsExactly("\n## User\n", "\n## Juno\n", "\n## Juno:");
    assertThat(prompt.completion("Because.", true)).contains(prompt.stop().get(0));
  }

  @Test
  void an_answer_without_an_end_is_not_closed() {
    assertThat(ChatPrompt.of("Juno").completion("Because", false)).isEqualTo("Because");
  }

  @Test
  void the_end_of_sequence_token_leaves_the_completion_bare_but_the_user_still_stops() {
    ChatPrompt prompt = ChatPrompt.of("Juno").closedByEndOfSequence();
    assertThat(prompt.completion("Because.", true)).isEqualTo("Because.");
    assertThat(prompt.stop()).contains("\n## User\n");
  }

  @Test
  void the_space_of_an_inline_marker_belongs_to_the_completion() {
    assertThat(INLINE.withSystem("").text("Why?")).isEqualTo("User: Why?\n\nJuno:");
    assertThat(INLINE.completion("Because.", true)).isEqualTo(" Because.\n\nUser:");
    assertThat(INLINE.stop()).containsExactly("\nUser:", "\nJuno:");
    assertThat(INLINE.completion("Because.", true)).contains(INLINE.stop().get(0));
  }

  @ParameterizedTest
  @CsvSource({"'Hi\n## User\nHo', ## User", "'Hi\n## alina: Ho', ## alina: Ho", "Hi ## User,"})
  void a_line_that_begins_a_turn_is_found(String text, String line) {
    assertThat(ChatPrompt.standard().markedLine(text).orElse(null)).isEqualTo(line);
  }

  @ParameterizedTest
  @CsvSource({
    "'Yes.\n\n## alina: And more.', Yes.",
    "'Yes.\n## USER\nAnd?', Yes.",
    "'Yes. ## User', Yes. ## User",
    "'```\n## User\n```\nYes.', '```\n## User\n```\nYes.'",
    "'## User\nYes.', ''",
  })
  void an_answer_is_what_stands_before_the_next_turn(String text, String answer) {
    assertThat(ChatPrompt.standard().beforeNextTurn(text)).isEqualTo(answer);
  }

  @Test
  void the_same_query_has_the_same_sha_and_another_another() {
    ChatPrompt prompt = ChatPrompt.standard();
    assertThat(prompt.sha256("a")).isEqualTo(ChatPrompt.of("Alina").sha256("a")).hasSize(64);
    assertThat(prompt.sha256("b")).isNotEqualTo(prompt.sha256("a"));
  }

  @Test
  void every_part_is_in_the_settings() {
    Settings settings = Settings.builder().add("prompt", ChatPrompt.standard()).build();
    assertThat(settings.json())
        .contains("\"persona\":\"Alina\"", "\"system\":", "\"user_marker\":\"## User\\n\"")
        .contains("\"answer_marker\":\"## {persona}\\n\"", "\"end_of_sequence\":false");
  }

  @Test
  void parts_that_can_not_be_told_apart_are_refused() {
    assertThatThrownBy(() -> ChatPrompt.of(" ")).hasMessage("persona is ' ', but must be a name");
    assertThatThrownBy(() -> ChatPrompt.of("a\nb")).hasMessageContaining("must be a name");
    assertThatThrownBy(() -> INLINE.withMarkers("X\n", "x: ").withMarkers("x\n", "X\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("both markers are 'x'; make them different");
    assertThatThrownBy(() -> INLINE.withMarkers(" ", "X\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("userMarker is blank");
    assertThatThrownBy(() -> INLINE.withMarkers("a\nb\n", "X\n"))
        .hasMessageStartingWith("userMarker is 'a\nb', but must be one line");
  }
}
