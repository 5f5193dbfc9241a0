package io.selfalign.principle;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.Cut;
import io.selfalign.model.FinishReason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What base models really write after the standard prompt. */
class ReplyParserTest {
  private static Reply stopped(String text) {
    return PromptFrame.standard().parse(text, FinishReason.STOP);
  }

  private static Reply cutOff(String text) {
    return PromptFrame.standard().parse(text, FinishReason.LENGTH);
  }

  private static Reply closed(String thoughts, String answer, Cut... cuts) {
    return new Reply(thoughts, answer, true, List.of(cuts));
  }

  @Test
  void thoughts_then_answer() {
    assertThat(stopped("I think.\nMore.\n\n## Alina\nYes.\n\nIndeed.\n"))
        .isEqualTo(closed("I think.\nMore.", "Yes.\n\nIndeed."));
  }

  @Test
  void no_thoughts() {
    assertThat(stopped("## Alina\nYes.")).isEqualTo(closed("", "Yes."));
  }

  @Test
  void no_answer() {
    Reply nothing = new Reply("I think.", "", false, List.of());
    assertThat(stopped("I think.")).isEqualTo(nothing);
    assertThat(stopped("I think.\n## Alina\n \n")).isEqualTo(nothing);
    assertThat(cutOff("I think.\n## Alina")).isEqualTo(nothing);
    assertThat(stopped("")).isEqualTo(new Reply("", "", false, List.of()));
  }

  @Test
  void thoughts_twice_are_joined() {
    assertThat(stopped("I think.\n\n## Private notes\nAgain.\n## Alina\nYes."))
        .isEqualTo(closed("I think.\nAgain.", "Yes."));
  }

  @Test
  void a_marker_that_is_repeated_without_text_is_passed_over() {
    assertThat(stopped("## Private notes\nI think.\n## Alina\n\n## Alina\nYes."))
        .isEqualTo(closed("I think.", "Yes."));
  }

  @Test
  void thoughts_after_the_answer_end_it() {
    assertThat(stopped("I think.\n## Alina\nYes.\n\n## Private notes\nMore.\n## Alina\nNo"))
        .isEqualTo(
            closed(
                "I think.", "Yes.", new Cut("next_turn", "## Private notes\nMore.\n## Alina\nNo")));
  }

  @Test
  void the_user_who_speaks_before_an_answer_leaves_none() {
    assertThat(stopped("I think.\n## User\nHurry!\n## Alina\nYes."))
        .isEqualTo(new Reply("I think.", "", false, List.of()));
  }

  @ParameterizedTest
  @CsvSource({"## User", "## User:", "## user", "## User: thanks", "# Conversation"})
  void a_turn_that_is_not_exactly_marked_still_ends_the_answer(String marker) {
    Reply reply = cutOff("I think.\n## Alina:\nYes.\n\n" + marker + " \nAnd");
    assertThat(reply.answer()).isEqualTo("Yes.");
    assertThat(reply.closed()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"## User guide", "User", "### Alina", "see ## User", "# Conversation starters"})
  void a_line_that_only_looks_alike_is_part_of_the_answer(String line) {
    assertThat(stopped("I think.\n## Alina\nYes.\n" + line + "\nEnd."))
        .isEqualTo(closed("I think.", "Yes.\n" + line + "\nEnd."));
  }

  @Test
  void a_marker_inside_a_code_block_is_code() {
    String answer = "Add this:\n\n```yaml\n## User\nname: x\n\n\nage: 3\n```\n\nDone.";
    assertThat(stopped("I think.\n## Alina\n" + answer)).isEqualTo(closed("I think.", answer));
  }

  @Test
  void a_stop_inside_a_code_block_is_no_end() {
    Reply reply = stopped("I think.\n## Alina\nAdd this:\n```yaml\nkey: value");
    assertThat(reply.closed()).isFalse();
    assertThat(reply.cuts()).containsExactly(new Cut("trimmed", " value"));
  }

  @Test
  void backticks_in_thoughts_do_not_hide_the_answer() {
    assertThat(stopped("I think of ```\n```\n## Alina\nUse:\n```\n## User\n```\nEnd."))
        .isEqualTo(closed("I think of ```\n```", "Use:\n```\n## User\n```\nEnd."));
  }

  @Test
  void code_with_blank_lines_is_whole() {
    String code = "```python\ndef f():\n\n    return 1\n\n\nprint(f())\n```";
    assertThat(stopped("I think.\n## Alina\n" + code).answer()).isEqualTo(code);
  }

  @Test
  void windows_line_ends_are_read() {
    assertThat(stopped("I think.\r\n\r\n## Alina\r\nYes.\r\nNo.\r\n"))
        .isEqualTo(closed("I think.", "Yes.\nNo."));
  }

  @Test
  void an_answer_in_another_script_is_an_answer() {
    assertThat(stopped("I think.\n## Alina\n天空是蓝色的。\n因为散射。"))
        .isEqualTo(closed("I think.", "天空是蓝色的。\n因为散射。"));
  }

  @Test
  void an_end_of_sequence_closes() {
    assertThat(
            PromptFrame.standard().parse("I think.\n## Alina\nYes", FinishReason.END_OF_SEQUENCE))
        .isEqualTo(closed("I think.", "Yes"));
  }

  @Test
  void an_answer_without_end_loses_its_last_word() {
    assertThat(cutOff("I think.\n## Alina\nIt is blue beca"))
        .isEqualTo(
            new Reply("I think.", "It is blue", false, List.of(new Cut("trimmed", " beca"))));
    assertThat(cutOff("I think.\n## Alina\nblue").answer()).isEmpty();
  }

  @Test
  void the_beginning_of_a_marker_at_the_limit_closes() {
    assertThat(cutOff("I think.\n## Alina\nYes, it is.\n\n## Us"))
        .isEqualTo(closed("I think.", "Yes, it is.", new Cut("next_turn", "## Us")));
  }

  @ParameterizedTest
  @CsvSource({
    "天空是蓝, 天空是",
    "我们use, 我们",
    "我们 use, 我们",
    "one two\uFFFD, one",
    "one 😀, one",
    "one, ''"
  })
  void the_last_word_is_what_a_script_takes_for_one(String text, String left) {
    assertThat(ReplyParser.withoutLastWord(text)).isEqualTo(left);
  }

  @Test
  void inline_markers_are_read_too() {
    PromptFrame frame =
        PromptFrame.builder()
            .userMarker("User: ")
            .thoughtMarker("{persona} (thinking): ")
            .answerMarker("{persona}: ")
            .conversationMarker("")
            .build();
    assertThat(frame.parse("I think.\nAlina: Yes.\nOf course.\nUser: And?", FinishReason.LENGTH))
        .isEqualTo(closed("I think.", "Yes.\nOf course.", new Cut("next_turn", "User: And?")));
    assertThat(frame.parse("I think.\nAlina (thinking): More.\nAlina: Yes.", FinishReason.STOP))
        .isEqualTo(closed("I think.\nMore.", "Yes."));
  }

  @Test
  void of_two_markers_that_begin_alike_the_longer_counts() {
    PromptFrame frame =
        PromptFrame.builder()
            .thoughtMarker("{persona}: (thinks) ")
            .answerMarker("{persona}: ")
            .build();
    assertThat(frame.parse("I think.\nAlina: (thinks) More.\nAlina: Yes.", FinishReason.STOP))
        .isEqualTo(closed("I think.\nMore.", "Yes."));
  }
}
