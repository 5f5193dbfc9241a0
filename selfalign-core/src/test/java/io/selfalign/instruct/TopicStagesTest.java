package io.selfalign.instruct;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.Instruction;
import io.selfalign.data.Topic;
import io.selfalign.instruct.Piece.Line;
import io.selfalign.instruct.TopicTaskTemplate.Hint;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.testing.ScriptedModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicStagesTest {
  @TempDir Path temporary;

  @Test
  void a_line_counts_only_with_its_own_hint() {
    ScriptedModel model = Writers.good().build();
    RunDirectory made =
        Writers.compose(Writers.stages(model, 0, 25)).pipeline().in(temporary).run().directory();
    List<Topic> topics = made.records("topics", Topic.class).toList();
    Set<String> ids = topics.stream().map(Topic::id).collect(Collectors.toSet());
    for (Instruction instruction : made.records("topic-instruct", Instruction.class).toList()) {
      String topicId = instruction.parents().get(instruction.parents().size() - 1);
      assertThat(ids).contains(topicId);
      assertThat(topics)
          .filteredOn(topic -> topic.id().equals(topicId))
          .allMatch(topic -> topic.topic().equals(instruction.topic().orElseThrow()));
      assertThat(instruction.instruction()).doesNotContain("|", "(").endsWith("?");
    }
    assertThat(made.drops("topic-instruct").toList())
        .filteredOn(drop -> drop.reason().equals("wrong_hint"))
        .isNotEmpty()
        .allMatch(drop -> drop.text().contains("|"));
  }

  @Test
  void the_prompt_ends_with_the_hint_of_the_first_line_that_is_wanted() {
    TopicTaskTemplate template = new TopicTaskTemplate("Lists.", "Plan:", "List:");
    Hint shown = new Hint("Tides", "Questions on now");
    Hint first = new Hint("Ferries", "Questions on time");
    Hint second = new Hint("Rain", "Questions on now");
    String prompt = template.render(List.of(shown), List.of("Is it high?"), List.of(first, second));
    assertThat(prompt)
        .endsWith(
            "List:\n1. (Tides | Questions on now) Is it high?\n2. (Ferries | Questions on time)");
    assertThat(template.render(List.of(shown), List.of("Is it high?"), List.of())).endsWith("\n2.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\'',
      value = {
        "Is it late?; Is it late?",
        "**Is it late?**; Is it late?",
        "(Night Trains | Questions on time) Is it late?; Is it late?",
        "(Ferries | Questions on time) Is it late?; none",
        "**(ferries|questions) Is it late?; none",
        "(Trains (at night) | Questions on time) Is it late?; none",
        "(By the way) Is it late?; (By the way) Is it late?"
      })
  void a_hint_that_the_prompt_has_need_not_be_repeated(String line, String expected) {
    Hint hint = new Hint("Night Trains", "Questions on time");
    assertThat(TopicTaskTemplate.question(hint, line, true).orElse("none")).isEqualTo(expected);
    assertThat(TopicTaskTemplate.question(hint, line, false))
        .isEqualTo(TopicTaskTemplate.afterHint(hint, line));
  }

  /** Answers to the prompts on topics, of which {hint4} and {hint5} are the hints that are due. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\'',
      value = {
        "' Is it late today?'; Is it late today?",
        "' Is it late today?\n5. {hint5} Where is the last of them?';"
            + " Is it late today?|Where is the last of them?",
        "' {hint4} Is it late today?'; Is it late today?",
        "'\n4. {hint4} Is it late today?'; Is it late today?",
        "' 4. {hint4} Is it late today?'; Is it late today?",
        "' 1984: which publisher has the rights now?'; 1984: which publisher has the rights now?",
        "'\n4. Is it late today?'; Is it late today?",
        "'\n5. {hint5} Where is the last of them?'; Where is the last of them?",
        "' {hint5} Where is the last of them?'; ''",
        "' Is it late today?\n5. Where is the last of them?'; Is it late today?",
        "''; ''",
        "'\n'; ''"
      })
  void nothing_but_questions_is_kept_however_the_list_goes_on(String answer, String kept) {
    ScriptedModel model =
        ScriptedModel.builder()
            .contextLength(20_000)
            .whenPromptContains(
                "Plan:",
                (prompt, random) ->
                    answer
                        .replace("\\n", "\n")
                        .replace("{hint4}", hint(prompt, 4))
                        .replace("{hint5}", hint(prompt, 5)))
            .otherwise(Writers::topics)
            .build();
    InstructStages stages =
        Writers.stages(model, 0, 2)
            .topicInstruct(
                Writers.topicInstruct(2).requestsPerRound(1).patience(1).acceptFewer(true).build());
    RunDirectory made = Writers.compose(stages).pipeline().in(temporary).run().directory();
    Set<String> expected = kept.isEmpty() ? Set.of() : Set.of(kept.split("\\|"));
    assertThat(made.records("topic-instruct", Instruction.class).toList())
        .extracting(Instruction::instruction)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  private static String hint(String prompt, int number) {
    return prompt
        .lines()
        .filter(line -> line.startsWith(number + ". ("))
        .findFirst()
        .orElseThrow()
        .substring(3);
  }

  @Test
  void every_topic_is_asked_for_once_before_any_is_asked_for_again() {
    ScriptedModel model = Writers.good().build();
    RunDirectory made =
        Writers.compose(Writers.stages(model, 0, 45)).pipeline().in(temporary).run().directory();
    int topics = (int) made.records("topics", Topic.class).size();
    List<String> wanted =
        model.requests().stream()
            .filter(request -> request.id().startsWith("topic-instruct-"))
            .flatMap(
                request ->
                    request
                        .prompt()
                        .substring(
                            request.prompt().indexOf("Plan:"), request.prompt().indexOf("List:"))
                        .lines()
                        .filter(line -> line.matches("[45]\\. \\(.*\\)"))
                        .map(line -> line.substring(3)))
            .toList();
    assertThat(wanted.size()).isGreaterThan(2 * topics);
    for (int start = 0; start + topics <= wanted.size(); start += topics) {
      assertThat(wanted.subList(start, start + topics)).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\'',
      value = {
        "(Night Trains | Questions on time) Is it late?; Is it late?",
        "**(Night  trains|questions on Time)**: Is it late?; Is it late?",
        "(Night Trains | Questions on time) \"Is it late?\"; Is it late?",
        "(Night Trains | Questions on time); ''",
        "(Night Train | Questions on time) Is it late?; none",
        "(Night Trains) Is it late?; none",
        "Is it late?; none",
        "''; none"
      })
  void a_hint_is_recognised_in_any_spacing_and_case(String line, String expected) {
    assertThat(
            TopicTaskTemplate.afterHint(new Hint("Night Trains", "Questions on time"), line)
                .orElse("none"))
        .isEqualTo(expected);
  }

  @Test
  void lines_of_a_list_are_read_by_their_numbers() {
    assertThat(
            LineListParser.parse(
                " First\r\n5. Fifth\n\n**6.** Sixth\n7) Seventh\n- Bullet\nstray\n#9: Ninth\n10",
                4,
                9,
                false))
        .filteredOn(Line.class::isInstance)
        .map(Line.class::cast)
        .extracting(line -> line.number() + " " + line.text() + (line.cutOff() ? "…" : ""))
        .containsExactly("4 First", "5 Fifth", "6 Sixth", "7 Seventh", "8 Bullet", "9 Ninth");
    assertThat(LineListParser.parse("\n4. A\n5. B", 4, 9, false))
        .map(Line.class::cast)
        .extracting(line -> line.number() + " " + line.text() + (line.cutOff() ? "…" : ""))
        .containsExactly("4 A", "5 B…");
    assertThat(LineListParser.parse(" A\n5. B\n", 4, 9, false))
        .map(Line.class::cast)
        .noneMatch(Line::cutOff);
    assertThat(LineListParser.parse(" \n", 4, 9, true)).isEmpty();
    assertThat(LineListParser.parse(" 1984: by whom?\n5. B", 4, 9, true))
        .map(Line.class::cast)
        .extracting(line -> line.number() + " " + line.text())
        .containsExactly("4 1984: by whom?", "5 B");
  }
}
