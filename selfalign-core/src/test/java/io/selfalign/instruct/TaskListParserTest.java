package io.selfalign.instruct;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.instruct.Piece.Stray;
import io.selfalign.instruct.Piece.Task;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TaskListParserTest {
  private static final TaskListParser PARSER = TaskListParser.of(TaskListTemplate.standard());

  record Expected(
      String instruction,
      Optional<String> input,
      Optional<String> output,
      Optional<Boolean> cutOff) {}

  record Case(
      String name, String text, boolean complete, List<Expected> tasks, List<String> stray) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** What base models write, in all its ways, each with what is to be read from it. */
  static List<Case> corpus() {
    InputStream in =
        Objects.requireNonNull(TaskListParserTest.class.getResourceAsStream("task-lists.jsonl"));
    try (JsonLinesReader lines = JsonLines.read(in, "task-lists.jsonl")) {
      return lines.stream().map(line -> line.as(Case.class)).toList();
    }
  }

  @Test
  void the_corpus_is_there() {
    assertThat(corpus()).hasSizeGreaterThan(50);
    assertThat(corpus()).extracting(Case::name).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void reads_what_base_models_write(Case written) {
    List<Piece> pieces = PARSER.parse(written.text(), written.complete());
    assertThat(pieces)
        .filteredOn(Task.class::isInstance)
        .map(Task.class::cast)
        .map(
            task ->
                new Expected(
                    task.instruction(),
                    task.input(),
                    task.output(),
                    task.cutOff() ? Optional.of(true) : Optional.empty()))
        .isEqualTo(written.tasks());
    assertThat(pieces)
        .filteredOn(Stray.class::isInstance)
        .map(Piece::raw)
        .isEqualTo(written.stray());
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void loses_no_letter_of_what_was_written(Case written) {
    String pieces =
        PARSER.parse(written.text(), written.complete()).stream()
            .map(Piece::raw)
            .collect(Collectors.joining());
    assertThat(letters(pieces)).containsSubsequence(letters(written.text()));
  }

  @Test
  void other_labels_are_read_as_the_template_has_them() {
    TaskListTemplate german =
        new TaskListTemplate("Aufgaben:", 9, "Aufgabe", "Eingabe", "Antwort", "<keine>");
    List<Piece> pieces =
        TaskListParser.of(german)
            .parse(
                " Nenne einen Fluss.\nEingabe: <Keine>\nAntwort: Elbe\n\n7. Aufgabe: Was ist das?"
                    + "\nEingabe: Input: 3\nAntwort: Eine Zahl",
                true);
    assertThat(pieces)
        .map(Task.class::cast)
        .extracting(Task::instruction, Task::input, Task::output)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "Nenne einen Fluss.", Optional.empty(), Optional.of("Elbe")),
            org.assertj.core.groups.Tuple.tuple(
                "Was ist das?", Optional.of("Input: 3"), Optional.of("Eine Zahl")));
  }

  @Test
  void what_a_template_renders_is_read_back() {
    List<Example> examples = SeedTasks.standard().stream().map(Example::of).toList();
    TaskListTemplate template = TaskListTemplate.standard();
    String prompt = template.render(examples);
    String list = prompt.substring(prompt.indexOf(template.cue(1)) + template.cue(1).length());
    String withoutCue = list.substring(0, list.lastIndexOf('\n'));
    Stream<Example> read =
        PARSER.parse(withoutCue, true).stream()
            .map(Task.class::cast)
            .map(
                task ->
                    new Example("", task.instruction(), task.input(), task.output().orElse("")));
    assertThat(read)
        .isEqualTo(
            examples.stream()
                .map(
                    seed ->
                        new Example(
                            "",
                            seed.instruction().strip(),
                            seed.input().map(String::strip),
                            seed.output().strip()))
                .toList());
  }

  @Test
  void a_fence_that_closes_code_is_text_and_one_that_opens_before_a_header_is_a_mark() {
    String code = "```sql\nSELECT 1;\n```";
    String next = "\n\n7. Instruction: Name it.\nInput: <noinput>\nOutput: A lake\n";
    for (String marks : List.of("", "\n\n---", "\n\n```", "\n\n~~~")) {
      assertThat(PARSER.parse(" Write a query.\nOutput: " + code + marks + next, true))
          .as(marks)
          .filteredOn(Task.class::isInstance)
          .map(Task.class::cast)
          .extracting(Task::output)
          .containsExactly(Optional.of(code), Optional.of("A lake"));
    }
  }

  /** Models get stuck in one mark, and tokens hold many of them. */
  @Test
  void degenerate_text_takes_time_in_proportion_and_no_stack() {
    for (String unit :
        List.of("-", "- ", "*", "# ", "=", " ", "1. ", "7", "Input: ", "Instruction: ", "\n")) {
      for (String before : List.of("", " Name it.\n", " Name it.\nOutput: ")) {
        assertThat(PARSER.parse(before + unit.repeat(30_000), false)).hasSizeLessThan(30_001);
        assertThat(LineListParser.parse(before + unit.repeat(30_000), 6, 20, false))
            .hasSizeLessThan(30_001);
      }
    }
  }

  @Test
  void degenerate_marks_before_a_header_take_time_in_proportion_too() {
    for (String unit : List.of("7.\n", "\n\n7.", "###\n", "Task 7\n", "\n")) {
      for (String before : List.of("", " Name it.\n", " Name it.\nOutput: ")) {
        String text = before + unit.repeat(100_000) + "\nInstruction: Go on.";
        List<Piece> pieces = PARSER.parse(text, true);
        assertThat(pieces.get(pieces.size() - 1))
            .isInstanceOfSatisfying(
                Task.class, task -> assertThat(task.instruction()).isEqualTo("Go on."));
      }
    }
  }

  private static List<Integer> letters(String text) {
    return text.codePoints().filter(Character::isLetter).boxed().toList();
  }
}
