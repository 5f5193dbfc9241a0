package io.selfalign.instruct;

import static java.util.Map.entry;
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
import java.util.Map;
import java.util.regex.Pattern;
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
    "0, Customs", // culture
    "1, science",
    "2, Places", // geography
    "3, famous people",
    "4, Technology",
    "5, history",
    "6, art",
    "7, assistant itself", // personal preference
    "8, transport",
    "9, Organisations",
    "10, Values",
    "11, Moral dilemmas",
    "12, politeness", // cultural nuance
    "13, affairs of the asker", // personal context
    "14, Private persons", // a random person
    "15, Legal",
    "16, Situations",
    "17, right now", // real-time information
    "18, News", // current events
    "19, Future events"
  })
  void every_kind_is_present(int index, String word) {
    assertThat(TopicSeeds.standard().get(index).questionType()).contains(word);
  }

  /**
   * What no model can answer, with what it would have to know. A model that is trained on many more
   * of them learns to decline what it knows: the method has 7 such seeds of 20.
   */
  @Test
  void at_most_7_of_20_questions_have_no_answer() {
    Map<String, String> unanswerable =
        Map.ofEntries(
            entry("Tastes of the assistant itself", "what a program likes to eat"),
            entry("Organisations and who leads them", "who holds a post today"),
            entry("Personal affairs of the asker", "what the asker ordered"),
            entry("Private persons", "a neighbour's childhood"),
            entry("State of things right now", "a queue at this moment"),
            entry("News of the last days", "yesterday's votes in an unnamed city"),
            entry("Future events", "a volcano's next eruption"));
    assertThat(unanswerable).hasSizeLessThanOrEqualTo(7);
    assertThat(TopicSeeds.standard())
        .extracting(TopicSeed::questionType)
        .containsAll(unanswerable.keySet());
    // Words that tie a question to now, to the asker's life or to the assistant's.
    Pattern untold =
        Pattern.compile(
            "\\b(at present|at this moment|now|today|yesterday's|next|you like|Did I|mine)\\b");
    assertThat(TopicSeeds.standard())
        .filteredOn(seed -> untold.matcher(seed.question()).find())
        .extracting(TopicSeed::questionType)
        .containsExactlyInAnyOrderElementsOf(unanswerable.keySet());
  }

  /** A base model must copy a type into each hint, and take none for another. */
  @Test
  void standard_types_are_short_phrases_that_begin_differently() {
    assertThat(TopicSeeds.standard())
        .extracting(TopicSeed::questionType)
        .allMatch(type -> type.matches("[A-Z]\\p{L}+( \\p{L}+){1,5}"))
        .extracting(type -> type.substring(0, type.indexOf(' ')))
        .doesNotHaveDuplicates();
  }

  /** The form that brainstormed topics must have, too. */
  @Test
  void standard_topics_are_short_capitalised_and_without_punctuation_at_the_end() {
    assertThat(TopicSeeds.standard())
        .extracting(TopicSeed::topic)
        .allMatch(topic -> topic.matches("[A-Z]\\p{L}*( \\p{L}+){0,2}"));
  }

  @Test
  void standard_questions_end_as_such() {
    assertThat(TopicSeeds.standard()).allMatch(seed -> seed.question().endsWith("?"));
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

  private Path file(String text) {
    try {
      return Files.writeString(folder.resolve("topics.jsonl"), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
