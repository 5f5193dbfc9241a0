package io.selfalign.instruct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Drop;
import io.selfalign.data.Instruction;
import io.selfalign.data.Topic;
import io.selfalign.data.TopicSeed;
import io.selfalign.error.FruitlessException;
import io.selfalign.instruct.Piece.Line;
import io.selfalign.instruct.TopicTaskTemplate.Hint;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.testing.ScriptedModel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicStagesTest {
  @TempDir Path temporary;

  private RunDirectory brainstorm(ScriptedModel model, TopicOptions.Builder options) {
    Pipeline.Builder builder = Pipeline.builder();
    var seeds = builder.source("topic-seeds", Dataset.of(TopicSeed.class, Writers.topicSeeds()));
    var ideas = builder.stage(new TopicBrainstorming(model, options.build()), seeds);
    builder.stage(new TopicEvening(), ideas);
    return builder.build().in(temporary).run().directory();
  }

  @Test
  void types_are_evened_out_to_the_smallest_and_the_rest_is_surplus() {
    RunDirectory made = brainstorm(Writers.good().build(), Writers.topics());
    List<Topic> ideas = made.records("topic-ideas", Topic.class).toList();
    List<Topic> topics = made.records("topics", Topic.class).toList();
    Map<String, Long> before = perType(ideas);
    Map<String, Long> after = perType(topics);
    long smallest = before.values().stream().min(Long::compare).orElseThrow();
    assertThat(new HashSet<>(before.values()).size()).isGreaterThan(1);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(after.values()).containsOnly(smallest);
    assertThat(made.drops("topics").toList())
        .hasSize(ideas.size() - topics.size())
        .allMatch(drop -> drop.rule().equals("surplus"))
        .allMatch(drop -> drop.detail().endsWith("the smallest " + smallest));
  }

  private static Map<String, Long> perType(Collection<Topic> topics) {
    return topics.stream()
        .collect(Collectors.groupingBy(Topic::questionType, Collectors.counting()));
  }

  @Test
  void topics_are_filtered_and_known_once_for_their_type() {
    RunDirectory made = brainstorm(Writers.good().build(), Writers.topics());
    assertThat(made.records("topic-ideas", Topic.class).toList())
        .extracting(topic -> topic.questionType() + topic.topic().toLowerCase(Locale.ROOT))
        .doesNotHaveDuplicates();
    List<Drop> drops = made.drops("topic-ideas").toList();
    assertThat(drops)
        .extracting(Drop::rule)
        .contains("too_long", "no_capital", "final_punctuation", "duplicate", "stray_text");
    assertThat(drops)
        .filteredOn(drop -> drop.rule().equals("duplicate"))
        .anyMatch(drop -> drop.detail().equals("tides") && drop.text().equals("51. TIDES"));
    // Known for another type, a topic is new.
    assertThat(made.records("topic-ideas", Topic.class).toList())
        .filteredOn(topic -> topic.topic().equals("TIDES"))
        .extracting(Topic::questionType)
        .containsExactlyInAnyOrder("Questions on tomorrow", "Questions on my house");
  }

  @Test
  void later_epochs_show_what_earlier_ones_found() {
    ScriptedModel model = Writers.good().build();
    RunDirectory made = brainstorm(model, Writers.topics().topicsShown(4));
    List<Topic> ideas = made.records("topic-ideas", Topic.class).toList();
    assertThat(ideas.get(0).parents()).containsExactly("tides");
    Set<String> shown =
        ideas.stream().flatMap(topic -> topic.parents().stream()).collect(Collectors.toSet());
    assertThat(shown).anyMatch(id -> id.startsWith("topic-ideas-0-"));
    assertThat(ideas).allMatch(topic -> topic.parents().size() <= 4);
    assertThat(model.requests()).hasSize(9);
  }

  private static ScriptedModel silentOn(String type) {
    return ScriptedModel.builder()
        .contextLength(20_000)
        .whenPromptContains(type, " nothing at all comes to my mind")
        .otherwise(Writers::topics)
        .build();
  }

  @Test
  void a_type_that_yields_nothing_is_named() {
    ScriptedModel model = silentOn("Questions on tomorrow");
    assertThatThrownBy(() -> brainstorm(model, Writers.topics().fruitlessEpochs(2)))
        .isInstanceOf(FruitlessException.class)
        .hasMessageStartingWith(
            "stage 'topic-ideas' has no topic for 1 of 3 types of question after 5 epochs:"
                + " 'Questions on tomorrow'.");
    // Three epochs of all types, and two more of the one.
    assertThat(model.requests()).hasSize(9 + 2);
  }

  @Test
  void a_type_that_yields_nothing_may_be_left_out() {
    ScriptedModel model = silentOn("Questions on tomorrow");
    RunDirectory made = brainstorm(model, Writers.topics().fruitlessEpochs(0).acceptFewer(true));
    assertThat(made.stage("topic-ideas").counters()).containsEntry("types_without_topics", 1L);
    assertThat(perType(made.records("topics", Topic.class).toList()))
        .containsOnlyKeys("Questions on now", "Questions on my house");
  }

  @Test
  void no_topics_at_all_are_never_accepted() {
    assertThatThrownBy(
            () ->
                brainstorm(
                    ScriptedModel.builder().contextLength(20_000).otherwise(" no").build(),
                    Writers.topics().fruitlessEpochs(0).acceptFewer(true)))
        .isInstanceOf(FruitlessException.class)
        .hasMessageContaining("3 of 3 types");
  }

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
        .filteredOn(drop -> drop.rule().equals("wrong_hint"))
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
                Writers.topicInstruct(2)
                    .requestsPerRound(1)
                    .fruitlessRounds(1)
                    .acceptFewer(true)
                    .build());
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
