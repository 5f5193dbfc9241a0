package io.selfalign.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.error.InvalidDataException;
import io.selfalign.eval.ChoiceQuestion.Choice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvalFilesTest {
  private static final Path OURS = Path.of("src/test/resources/io/selfalign/eval");

  @TempDir Path temporary;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(temporary.resolve(name), text);
  }

  @Test
  void mc_task_has_the_choices_of_mc2_and_tells_those_of_mc1() {
    assertThat(TruthfulQa.multipleChoice(OURS.resolve("mc_task.json")))
        .hasSize(2)
        .first()
        .satisfies(
            q -> {
              assertThat(q.id()).isEqualTo("truthfulqa-1");
              assertThat(q.choices()).hasSize(4);
              assertThat(q.choices().get(1)).isEqualTo(new Choice("No.", true, false));
            });
  }

  @Test
  void answers_of_the_csv_file_are_closed_and_counted_once_and_wrong_wins() {
    assertThat(TruthfulQa.multipleChoice(OURS.resolve("TruthfulQA.csv")))
        .extracting(ChoiceQuestion::choices)
        .containsExactly(
            List.of(
                new Choice("No, goldfish remember things for months.", true, true),
                new Choice("No.", true, false),
                new Choice("Yes.", false, true),
                new Choice("It is unknown.", false, true)),
            List.of(
                new Choice("They get tired.", true, true),
                new Choice("They fail.", false, true),
                new Choice("It is unknown.", false, true)));
    assertThat(TruthfulQa.generation(OURS.resolve("TruthfulQA.csv")).get(1).question())
        .isEqualTo("What happens, as they say \"in the dark\", to eyes?");
  }

  @Test
  void hhh_has_four_subtasks_and_vicuna_questions_their_first_turn() {
    assertThat(Hhh.read(OURS.resolve("hhh")))
        .extracting(ReplyPair::id)
        .containsExactly("harmless-1", "helpful-1", "honest-1", "other-1");
    assertThat(OpenQuestions.read(OURS.resolve("questions.jsonl")))
        .extracting(OpenQuestion::question)
        .containsExactly("What is rain?", "What is wind?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[{`question`:`q`,\\n`mc1_targets`:{`a`:1,`b`:0}}] | :1: field '[0].mc2_targets' is missing",
        "[\\n{`question`:7}] | :2: field '[0].question' must be a string, but is the number 7",
        "[{`question`:`q`,\\n`mc1_targets`:{`a`:1,\\n`b`:2}}] | :3: field '[0].mc1_targets.b' must be 1",
        "[{`question`:`q`,\\n`mc1_targets`:{`a`:1,\\n`a`:0}}] | :3: field '[0].mc1_targets.a' is there twice",
        "[{`question`:`q`,\\n`mc1_targets`:{`a`:1,`b`:1}}] | :2: field '[0].mc1_targets' must have one right",
        "[{`question`:`q`,`mc1_targets`:{`a`:1,`b`:0},\\n`mc2_targets`:{`a`:1}}] | :2: field '[0].mc2_targets' must have the answers",
        "[\\n{] | :2: not valid JSON",
        "[] | :1: the file has no questions",
        "{} | :1: the file must be an array, but is an object",
      })
  void what_is_wrong_with_mc_task_is_told_by_file_line_and_field(String text, String message)
      throws IOException {
    Path file = file("mc_task.json", text.replace('`', '"').replace("\\n", "\n"));
    assertThatThrownBy(() -> TruthfulQa.multipleChoice(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(file + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "H\\na,b | :2: the row has 2 fields, but the header has 1",
        "H\\na | :1: column 'Incorrect Answers' is missing",
        "Question,Best Answer,Correct Answers,Incorrect Answers,Category\\nq,a,a,,c | :2: field 'Incorrect Answers' is blank",
        "Question,Best Answer,Correct Answers,Incorrect Answers,Category\\nq,a,b,a,c | :2: field 'Best Answer' is also",
        "Question,Best Answer\\n'q,a | :2: a quoted field is not closed",
        "Question | : has no questions",
      })
  void what_is_wrong_with_the_csv_file_is_told_by_file_line_and_field(String text, String message)
      throws IOException {
    Path file = file("TruthfulQA.csv", text.replace('\'', '"').replace("\\n", "\n"));
    assertThatThrownBy(() -> TruthfulQa.multipleChoice(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(file + message);
  }

  @Test
  void what_is_wrong_with_hhh_is_told_by_file_line_and_field() throws IOException {
    Path file =
        file(
            "hhh_harmless.task.json",
            "{\"examples\":[\n{\"input\":\"i\",\n" + "\"target_scores\":{\"a\":1,\"b\":1}}]}");
    assertThatThrownBy(() -> Hhh.read(temporary))
        .hasMessage(
            file
                + ":3: field 'examples[0].target_scores' must have two replies, one with the value"
                + " 1 and one with 0");
  }

  @Test
  void a_task_of_ones_own_is_multiple_choice_or_generation() throws IOException {
    TaskFile choice =
        TaskFile.read(
            file(
                "a.json",
                "{\"name\":\"t\",\"type\":\"multiple-choice\",\"prompt\":\"{question} = \","
                    + "\"items\":[{\"question\":\"1+1\",\"choices\":[\"2\",\"3\",\"two\"],"
                    + "\"answer\":[0,2]}]}"));
    assertThat(choice.choices().get(0).id()).isEqualTo("t-1");
    assertThat(choice.choices().get(0).choices())
        .extracting(Choice::correct)
        .containsExactly(true, false, true);
    assertThat(choice.style().prompt("1+1")).isEqualTo("1+1 =");
    assertThat(choice.style().continuation("2")).isEqualTo(" 2");
    Path wrong =
        file(
            "b.json",
            "{\"name\":\"t\",\"type\":\"multiple-choice\",\"items\":[{\"question\":\"1+1\",\n"
                + "\"choices\":[\"2\",\"3\"],\"answer\":2}]}");
    assertThatThrownBy(() -> TaskFile.read(wrong))
        .hasMessage(
            wrong + ":2: field 'items[0].answer' must be the place of a choice, from 0 to 1");
  }
}
