package io.selfalign.instruct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstructionFiltersTest {
  private static final String PROMPT =
      TaskListTemplate.standard()
          .render(List.of(new Example("a", "Name a lake.", Optional.empty(), "Lake Como is one.")));

  private static String reason(String instruction) {
    Candidate candidate = new Candidate(instruction, Optional.empty(), Optional.empty(), PROMPT);
    return InstructionFilters.standard().stream()
        .filter(filter -> filter.reject(candidate).isPresent())
        .map(InstructionFilter::name)
        .findFirst()
        .orElse("kept");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Write a poem | too_short",
        "Write one short poem | kept",
        "- Write one short poem | starts_with_punctuation",
        "\u201cWrite\u201d one short poem | starts_with_punctuation",
        "<b>Write one short poem | starts_with_punctuation",
        "\u00c9cris un petit po\u00e8me | starts_with_non_ascii",
        "\u5199\u4e00\u9996 \u5173\u4e8e \u79cb\u5929 \u7684\u8bd7 | starts_with_non_ascii",
        "3 ways to boil an egg | kept",
        "Describe the image below in detail | not_text",
        "Describe the IMAGE: what is it? | not_text",
        "Imagine a world without files. | not_text",
        "Improve the profile of this company | kept",
        "Draw a cat on a mat | not_text",
        "What is drawn from this conclusion? | kept",
        "Explain the graphics of old games | kept",
        "Some tasks are questions, some are requests or orders | echo",
        "name a Lake. Lake Como is one | kept",
        "Lake Como is one | echo",
        "Tell me about Lake Como, please | kept",
      })
  void the_first_rule_that_says_no_names_the_drop(String instruction, String expected) {
    assertThat(reason(instruction)).isEqualTo(expected);
  }

  @Test
  void word_limits_are_at_most_three_and_more_than_150() {
    assertThat(reason("Word " + "word ".repeat(2))).isEqualTo("too_short");
    assertThat(reason("Word " + "word ".repeat(149))).isEqualTo("kept");
    assertThat(reason("Word " + "word ".repeat(150))).isEqualTo("too_long");
  }

  @Test
  void an_instruction_around_a_line_of_the_prompt_is_an_echo() {
    String line = PROMPT.lines().filter(l -> l.startsWith("- An output")).findFirst().orElseThrow();
    assertThat(reason("Remember this: " + line.substring(2) + " Now begin.")).isEqualTo("echo");
  }

  @Test
  void an_echo_is_one_of_the_own_prompt_and_of_no_other() {
    InstructionFilter echo = InstructionFilters.echo();
    for (String lake : List.of("Lake Como", "Lake Garda", "Lake Como")) {
      for (String asked : List.of("Lake Como", "Lake Garda")) {
        Candidate candidate =
            new Candidate(
                "Describe " + asked, Optional.empty(), Optional.empty(), "Describe " + lake + ".");
        assertThat(echo.reject(candidate).isPresent()).isEqualTo(asked.equals(lake));
      }
    }
  }

  @Test
  void word_limits_are_not_negative() {
    assertThatThrownBy(() -> InstructionFilters.tooShort(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("words is -1, but must be 0 or more");
    assertThatThrownBy(() -> InstructionFilters.tooLong(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void own_words_for_not_text() {
    InstructionFilter filter = InstructionFilters.notText(List.of(" Smell ", "c++"));
    assertThat(reject(filter, "What is the smell of rain?")).contains("smell");
    assertThat(reject(filter, "Write it in C++.")).contains("C++");
    assertThat(reject(filter, "Who smells a rat?")).isEmpty();
    assertThatThrownBy(() -> InstructionFilters.notText(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> InstructionFilters.notText(List.of("a", " ")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Optional<String> reject(InstructionFilter filter, String instruction) {
    return filter.reject(new Candidate(instruction, Optional.empty(), Optional.empty(), PROMPT));
  }

  @Test
  void the_standard_seeds_pass_their_own_filters() {
    assertThat(SeedTasks.standard())
        .filteredOn(seed -> !reason(seed.instruction()).equals("kept"))
        .extracting(seed -> reason(seed.instruction()) + ": " + seed.instruction())
        .isEmpty();
    assertThat(TopicSeeds.standard()).allMatch(seed -> reason(seed.question()).equals("kept"));
  }

  @Test
  void lists_of_filters_have_unique_names_in_snake_case() {
    SelfInstructOptions.Builder builder = SelfInstructOptions.builder();
    assertThatThrownBy(() -> builder.filter(InstructionFilters.tooShort(5)))
        .hasMessageContaining("two filters have the name 'too_short'");
    assertThatThrownBy(
            () -> builder.filter(InstructionFilter.of("Bad-name", c -> Optional.empty())))
        .hasMessageContaining("'Bad-name' must be lower-case words");
    assertThatThrownBy(() -> builder.filter(InstructionFilter.of("surplus", c -> Optional.empty())))
        .hasMessageContaining("is the stage's own");
    assertThatThrownBy(() -> builder.withoutFilter("too_shrt"))
        .hasMessageContaining("no filter has the name 'too_shrt'; they have [too_short, too_long,");
  }
}
