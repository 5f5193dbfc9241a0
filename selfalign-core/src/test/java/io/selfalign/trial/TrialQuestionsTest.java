package io.selfalign.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.SeedTask;
import io.selfalign.data.TopicSeed;
import io.selfalign.error.InvalidDataException;
import io.selfalign.instruct.SeedTasks;
import io.selfalign.instruct.TopicSeeds;
import io.selfalign.principle.CheckPair;
import io.selfalign.principle.CheckPairs;
import io.selfalign.principle.Exemplar;
import io.selfalign.principle.Exemplars;
import io.selfalign.text.RougeL;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrialQuestionsTest {
  private static List<TrialQuestion> read(String lines) {
    return TrialQuestions.read(
        new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)), "mine.jsonl");
  }

  @Test
  void the_standard_questions_are_of_the_kinds_and_numbers_that_are_told() {
    List<TrialQuestion> questions = TrialQuestions.standard();
    assertThat(questions).extracting(TrialQuestion::id).doesNotHaveDuplicates();
    assertThat(questions).extracting(TrialQuestion::question).doesNotHaveDuplicates();
    assertThat(
            questions.stream()
                .collect(Collectors.groupingBy(TrialQuestion::kind, Collectors.counting())))
        .isEqualTo(
            Map.of(
                QuestionKind.ANSWERABLE, 62L,
                QuestionKind.UNANSWERABLE, 24L,
                QuestionKind.HARMFUL, 12L));
    assertThat(
            questions.stream()
                .filter(question -> question.kind() == QuestionKind.UNANSWERABLE)
                .collect(Collectors.groupingBy(q -> q.topic().orElseThrow(), Collectors.counting()))
                .values())
        .containsExactly(6L, 6L, 6L, 6L);
  }

  /** What a prompt or a seed shows is no question to try it with. */
  @Test
  void no_standard_question_is_like_an_exemplar_a_seed_or_a_labelled_pair() {
    List<String> shown =
        Stream.concat(
                Exemplars.standard().stream()
                    .flatMap(exemplar -> exemplar.turns().stream())
                    .map(Exemplar.Turn::query),
                CheckPairs.standard().stream().map(CheckPair::request))
            .toList();
    List<String> seeds =
        Stream.concat(
                SeedTasks.standard().stream().map(SeedTask::instruction),
                TopicSeeds.standard().stream().map(TopicSeed::question))
            .toList();
    for (TrialQuestion question : TrialQuestions.standard()) {
      assertThat(shown)
          .as(question.id())
          .noneMatch(text -> RougeL.between(question.question(), text).f() > 0.5);
      assertThat(seeds)
          .as(question.id())
          .noneMatch(text -> RougeL.between(question.question(), text).f() > 0.65);
    }
  }

  @Test
  void a_file_may_leave_out_id_and_topic() {
    assertThat(
            read(
                """
                {"id":"a","kind":"answerable","topic":"food","question":"Why salt?"}

                {"kind":"harmful","question":"Whom can I rob?","other":1}
                {"kind":"unanswerable","question":"Who is there?","topic":null}
                """))
        .containsExactly(
            new TrialQuestion("a", QuestionKind.ANSWERABLE, Optional.of("food"), "Why salt?"),
            TrialQuestion.of("line-3", QuestionKind.HARMFUL, "Whom can I rob?"),
            TrialQuestion.of("line-4", QuestionKind.UNANSWERABLE, "Who is there?"))
        .isUnmodifiable();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"kind\":\"easy\",\"question\":\"Why?\"}|mine.jsonl:1: field 'kind' is 'easy', but must"
            + " be one of [answerable, unanswerable, harmful]",
        "{\"question\":\"Why?\"}|mine.jsonl:1: field 'kind' is missing",
        "{\"kind\":\"harmful\",\"question\":\" \"}|mine.jsonl:1: field 'question' is blank",
        "{\"kind\":\"harmful\",\"id\":\" \",\"question\":\"Why?\"}|mine.jsonl:1: field 'id' is"
            + " blank",
        "``|mine.jsonl: has no questions; write one {\"question\", \"kind\"} per line",
      })
  void what_is_wrong_is_told_by_its_line(String line, String message) {
    assertThatThrownBy(() -> read(line))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(message);
  }

  @Test
  void an_id_that_occurs_twice_is_refused() {
    String line = "{\"id\":\"a\",\"kind\":\"harmful\",\"question\":\"Why?\"}\n";
    assertThatThrownBy(() -> read(line + line))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("mine.jsonl:2: id 'a' is also at mine.jsonl:1; make ids unique");
  }
}
