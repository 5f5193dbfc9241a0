package io.selfalign.verbose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.answer.ExemplarCopies.Shown;
import io.selfalign.tuning.ChatPrompt;
import io.selfalign.verbose.ExtensiveCue.Example;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ExtensiveCueTest {
  private static final ChatPrompt LINES = ChatPrompt.of("Juno");
  private static final ChatPrompt INLINE = LINES.withMarkers("User: ", "{persona}: ");
  private static final Optional<Example> EXAMPLE =
      Optional.of(new Example("Why?", "Because. And {persona} can say more."));
  private static final ExtensiveCue CUE =
      new ExtensiveCue("{persona} answers at length.", "at length", EXAMPLE);

  @Test
  void the_tag_stands_beside_the_name_and_the_worked_turn_before_the_query() {
    assertThat(CUE.prompt(LINES).text("How?"))
        .isEqualTo(
            String.join(
                "\n\n",
                "Juno answers at length.",
                "## User\nWhy?",
                "## Juno (at length)\nBecause. And Juno can say more.",
                "## User\nHow?",
                "## Juno (at length)\n"));
  }

  @Test
  void a_marker_within_a_line_has_the_tag_before_its_colon() {
    ChatPrompt prompt = CUE.prompt(INLINE);
    assertThat(prompt.answerMarker()).isEqualTo("{persona} (at length): ");
    assertThat(prompt.text("How?"))
        .isEqualTo(
            String.join(
                "\n\n",
                "Juno answers at length.",
                "User: Why?",
                "Juno (at length): Because. And Juno can say more.",
                "User: How?",
                "Juno (at length):"));
    assertThat(prompt.completion("So.", true)).isEqualTo(" So.\n\nUser:");
  }

  @Test
  void without_a_tag_the_markers_stay() {
    for (ChatPrompt plain : List.of(LINES, INLINE)) {
      ChatPrompt prompt = new ExtensiveCue("At length.", "  ", EXAMPLE).prompt(plain);
      assertThat(prompt.answerMarker()).isEqualTo(plain.answerMarker());
      assertThat(prompt.userMarker()).isEqualTo(plain.userMarker());
    }
  }

  @Test
  void without_an_example_there_is_the_system_text_alone() {
    ExtensiveCue bare = ExtensiveCue.of("{persona} answers at length.");
    assertThat(bare.prompt(LINES))
        .isEqualTo(LINES.withSystem("{persona} answers at length."))
        .extracting(prompt -> prompt.text("How?"))
        .isEqualTo("Juno answers at length.\n\n## User\nHow?\n\n## Juno\n");
    assertThat(bare.shown()).isEmpty();
  }

  @Test
  void answers_that_end_with_the_sequence_do_so_in_the_extensive_variant_too() {
    assertThat(CUE.prompt(LINES.closedByEndOfSequence()).endOfSequence()).isTrue();
  }

  @Test
  void the_standard_cue_shows_one_long_answer() {
    ExtensiveCue cue = ExtensiveCue.standard();
    assertThat(cue.tag()).isEqualTo("extensive");
    assertThat(cue.shown()).extracting(Shown::id).containsExactly("extensive");
    assertThat(cue.shown().get(0).text().split("\n\n")).hasSizeGreaterThanOrEqualTo(4);
    assertThat(cue.prompt(LINES).text("How?")).doesNotContain("{persona}");
  }

  @Test
  void blank_texts_and_a_tag_of_two_lines_are_refused() {
    assertRefused(() -> ExtensiveCue.of(" "), "system is blank; write its text");
    assertRefused(() -> new Example(" ", "a"), "query is blank; write its text");
    assertRefused(() -> new Example("q", "\n"), "answer is blank; write its text");
    assertRefused(
        () -> new ExtensiveCue("s", "very\nlong", Optional.empty()),
        "tag has a line break, but must be a word or two");
  }

  private static void assertRefused(ThrowingCallable making, String message) {
    assertThatThrownBy(making).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
