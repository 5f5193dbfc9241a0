package io.selfalign.instruct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.data.TopicSeed;
import io.selfalign.error.InvalidDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicSeedsTest {
  @TempDir Path folder;

  @Test
  void there_is_one_standard_seed_for_each_of_20_kinds() {
    List<TopicSeed> seeds = TopicSeeds.standard();
    assertThat(seeds).hasSize(20).isUnmodifiable().isSameAs(TopicSeeds.standard());
    assertThat(seeds).extracting(TopicSeed::questionType).doesNotHaveDuplicates();
    assertThat(seeds).extracting(TopicSeed::topic).doesNotHaveDuplicates();
    assertThat(seeds).extracting(TopicSeed::question).doesNotHaveDuplicates();
  }

  /** The kinds of the method, by a word of each type in its order. */
  @ParameterizedTest
  @CsvSource({
    "0, community", // culture
    "1, sciences",
    "2, land", // geography
    "3, well-known people",
    "4, technical products",
    "5, the past",
    "6, works of art",
    "7, likes", // personal preference
    "8, from one place to another",
    "9, companies", // organisations
    "10, matters to somebody", // values
    "11, every way out does wrong", // moral dilemmas
    "12, a gesture", // cultural nuance
    "13, asker's own affairs", // personal context
    "14, private person", // a random person
    "15, law",
    "16, situation",
    "17, very moment", // real-time information
    "18, news", // current events
    "19, not happened yet" // future events
  })
  void every_kind_is_present(int index, String word) {
    assertThat(TopicSeeds.standard().get(index).questionType())
        .startsWith("Questions ")
        .contains(word);
  }

  /** The form that brainstormed topics must have, too. */
  @Test
  void standard_topics_are_short_capitalised_and_without_punctuation_at_the_end() {
    assertThat(TopicSeeds.standard())
        .extracting(TopicSeed::topic)
        .allMatch(topic -> topic.matches("[A-Z]\\p{L}*( \\p{L}+){0,2}"));
  }

  @Test
  void standard_types_are_phrases_and_questions_end_as_such() {
    assertThat(TopicSeeds.standard())
        .allMatch(seed -> seed.question().endsWith("?"))
        .allMatch(seed -> Character.isLetter(lastOf(seed.questionType())));
  }

  @Test
  void the_question_may_be_called_instruction() {
    Path file =
        file(
            """
            {"topic":"Tides","question_type":"Questions on now","question":"High?"}
            {"topic":"Ferries","question_type":"Questions on now","instruction":"Late?"}
            {"topic":"Fog","question_type":"Questions on now","question":"Thick?","instruction":"-"}
            """);
    assertThat(TopicSeeds.read(file))
        .containsExactly(
            new TopicSeed("topic-seed-1", "Tides", "Questions on now", "High?"),
            new TopicSeed("topic-seed-2", "Ferries", "Questions on now", "Late?"),
            new TopicSeed("topic-seed-3", "Fog", "Questions on now", "Thick?"))
        .isUnmodifiable();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"question_type\":\"t\",\"question\":\"q\"} | field 'topic' is missing",
        "{\"topic\":\"\",\"question_type\":\"t\",\"question\":\"q\"} | field 'topic' is blank",
        "{\"topic\":\"a\\nb\",\"question_type\":\"t\",\"question\":\"q\"} | field 'topic' has a line"
            + " break; write it on one line",
        "{\"topic\":\"a\",\"question\":\"q\"} | field 'question_type' is missing",
        "{\"topic\":\"a\",\"question_type\":[],\"question\":\"q\"} | field 'question_type' must be a"
            + " string, but is an array",
        "{\"topic\":\"a\",\"question_type\":\"t\"} | field 'question' is missing",
        "{\"topic\":\"a\",\"question_type\":\"t\",\"instruction\":\" \"} | field 'instruction' is"
            + " blank",
      })
  void a_malformed_line_is_named(String line, String message) {
    Path file =
        file("{\"topic\":\"a\",\"question_type\":\"t\",\"question\":\"q\"}\n" + line + "\n");
    assertThatThrownBy(() -> TopicSeeds.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(file + ":2: " + message);
  }

  @Test
  void a_seed_may_have_an_id_of_its_own() {
    Path file =
        file(
            """
            {"id":"tides","topic":"Tides","question_type":"Questions on now","question":"High?"}
            {"topic":"Ferries","question_type":"Questions on now","question":"Late?"}
            """);
    assertThat(TopicSeeds.read(file)).extracting("id").containsExactly("tides", "topic-seed-2");
  }

  @Test
  void an_id_that_occurs_twice_is_refused() {
    Path file =
        file(
            """
            {"id":"topic-seed-2","topic":"Tides","question_type":"t","question":"High?"}
            {"topic":"Ferries","question_type":"t","question":"Late?"}
            """);
    assertThatThrownBy(() -> TopicSeeds.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(
            file + ":2: field 'id' is 'topic-seed-2', as in line 1; give each seed its own");
  }

  @Test
  void a_file_without_seeds_is_refused() {
    Path file = file("\n");
    assertThatThrownBy(() -> TopicSeeds.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(file + ": has no seeds; write one {...} per line");
  }

  @Test
  void written_seeds_are_read_back() {
    Path file = folder.resolve("copy.jsonl");
    try (JsonLinesWriter writer = JsonLines.write(file)) {
      TopicSeeds.standard().forEach(writer::write);
    }
    assertThat(TopicSeeds.read(file)).isEqualTo(TopicSeeds.standard());
  }

  private static char lastOf(String text) {
    return text.charAt(text.length() - 1);
  }

  private Path file(String text) {
    try {
      return Files.writeString(folder.resolve("topics.jsonl"), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
