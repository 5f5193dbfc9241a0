package io.selfalign.instruct;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.instruct.Piece.Line;
import io.selfalign.instruct.Piece.Stray;
import io.selfalign.instruct.Piece.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** What holds for whatever a model writes. */
class ListParsersPropertyTest {
  private static final TaskListParser PARSER = TaskListParser.of(TaskListTemplate.standard());

  private static final Pattern LINE_BREAK = Pattern.compile("\r\n|\r|\n");

  /** The only lines that may belong to nothing, and so be lost. */
  private static final Pattern MERE_MARKS =
      Pattern.compile("[^\\p{L}\\p{N}]*(?:\\d{1,4}[.):])?[^\\p{L}\\p{N}]*");

  private static String squeezed(String text) {
    return text.codePoints()
        .filter(c -> !Character.isWhitespace(c))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static String raws(List<Piece> pieces) {
    return squeezed(pieces.stream().map(Piece::raw).collect(Collectors.joining()));
  }

  @Property(tries = 3_000)
  void no_line_of_a_list_of_tasks_is_lost_and_none_is_read_twice(
      @ForAll("continuations") String text, @ForAll boolean complete) {
    String found = raws(withoutRepetitions(PARSER.parse(text, complete)));
    assertThat(letters(found)).isEqualTo(letters(text));
    String mereMarks =
        LINE_BREAK
            .splitAsStream(text)
            .filter(line -> MERE_MARKS.matcher(line).matches())
            .collect(Collectors.joining());
    assertThat(digits(text) - digits(found)).isBetween(0L, digits(mereMarks));
  }

  /** The pieces without the strays that stand in the raw text of the task before them, too. */
  private static List<Piece> withoutRepetitions(List<Piece> pieces) {
    List<Piece> once = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      boolean repeated =
          i > 0
              && pieces.get(i) instanceof Stray stray
              && pieces.get(i - 1) instanceof Task task
              && followsNoInput(task, stray);
      if (!repeated) {
        once.add(pieces.get(i));
      }
    }
    return once;
  }

  /**
   * Whether a stray is what follows a task's sign for no input. Only a ruler begins another stray
   * behind a task, and no line within a task is one. An output may begin on the stray's last line.
   */
  private static boolean followsNoInput(Task task, Stray stray) {
    List<String> lines = task.raw().lines().map(String::strip).toList();
    List<String> rest = stray.raw().lines().map(String::strip).toList();
    int whole = rest.size() - 1;
    for (int place = 1; place + whole < lines.size(); place++) {
      if (lines.subList(place, place + whole).equals(rest.subList(0, whole))
          && lines.get(place + whole).startsWith(rest.get(whole))) {
        return lines.subList(0, place).stream()
            .anyMatch(line -> line.toLowerCase(Locale.ROOT).contains("input"));
      }
    }
    return false;
  }

  @Property(tries = 1_000)
  void what_a_template_prints_is_read_back(
      @ForAll @Size(min = 1, max = 6) List<@From("answers") String> outputs) {
    List<Example> examples = new ArrayList<>();
    for (String output : outputs) {
      Optional<String> input =
          examples.size() % 2 == 0 ? Optional.empty() : Optional.of("Text " + examples.size());
      examples.add(new Example("task", "Do this.", input, output));
    }
    TaskListTemplate template = TaskListTemplate.standard();
    String list = template.render(examples);
    String cue = template.cue(1);
    String after = list.substring(list.indexOf(cue) + cue.length(), list.lastIndexOf('\n'));
    assertThat(PARSER.parse(after, true))
        .map(Task.class::cast)
        .map(
            task -> new Example("task", task.instruction(), task.input(), task.output().orElse("")))
        .isEqualTo(examples);
  }

  /** Outputs whose lines look like the beginning of another task, or nearly so. */
  @Provide
  Arbitrary<String> answers() {
    return Arbitraries.of(
            "Apollo 11",
            "Chapter 12",
            "Route 66:",
            "Boeing 747.",
            "42",
            "42 of them.",
            "7 (seven)",
            "- Bread",
            "* Apples 3",
            "# Title 5",
            "The task is 7.",
            "Tasks 8")
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(lines -> String.join("\n", lines));
  }

  @Property(tries = 3_000)
  void fields_are_parts_of_what_was_written_and_never_blank(
      @ForAll("continuations") String text, @ForAll boolean complete) {
    List<Piece> pieces = PARSER.parse(text, complete);
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      assertThat(piece.raw()).isNotBlank();
      if (piece instanceof Task task) {
        List<String> fields = new ArrayList<>(List.of(task.instruction()));
        task.input().ifPresent(fields::add);
        task.output().ifPresent(fields::add);
        assertThat(fields.subList(1, fields.size())).noneMatch(String::isBlank);
        assertThat(fields).allMatch(field -> squeezed(task.raw()).contains(squeezed(field)));
        boolean last =
            pieces.subList(i + 1, pieces.size()).stream().noneMatch(Task.class::isInstance);
        assertThat(task.cutOff() && (complete || !last)).isFalse();
      }
    }
  }

  @Property(tries = 3_000)
  void no_line_of_a_list_of_lines_is_lost_and_none_is_read_twice(
      @ForAll("continuations") String text, @ForAll boolean complete) {
    List<Piece> pieces = LineListParser.parse(text, 6, 20, complete);
    assertThat(raws(pieces)).isEqualTo(squeezed(text));
    for (int i = 0; i < pieces.size(); i++) {
      if (pieces.get(i) instanceof Line line) {
        assertThat(line.cutOff() && (complete || i < pieces.size() - 1)).isFalse();
      }
    }
  }

  @Property(tries = 3_000)
  void a_hint_never_costs_a_letter_of_what_follows_it(@ForAll("continuations") String text) {
    TopicTaskTemplate.Hint hint = new TopicTaskTemplate.Hint("ΟΔΟΣ İ", "Questions on 𐐀 Day");
    Optional<String> after = TopicTaskTemplate.afterHint(hint, hint.text() + text);
    assertThat(after).isPresent();
    assertThat(letters(after.get())).isEqualTo(letters(text));
    assertThat(digits(after.get())).isEqualTo(digits(text));
  }

  private static List<Integer> letters(String text) {
    return text.codePoints().filter(Character::isLetter).boxed().toList();
  }

  private static long digits(String text) {
    return text.codePoints().filter(Character::isDigit).count();
  }

  @Provide
  Arbitrary<String> continuations() {
    Arbitrary<String> structure =
        Arbitraries.of(
            "\n",
            "\n",
            "\r\n",
            "\r",
            "\n\n",
            " ",
            "\t",
            "7. ",
            "7) ",
            "12:",
            "123456. ",
            "Task 7",
            "Route 66",
            "### ",
            "---",
            "***",
            "===",
            "- ",
            "* ",
            "> ",
            "**",
            "_",
            "`",
            "\"",
            "“",
            "Instruction:",
            "Instruction",
            "INSTRUCTION：",
            "Instruction 7:",
            "instruction :",
            "Input:",
            "Input: ",
            "input 3:",
            "Output:",
            "Output: ",
            " Output: ",
            "\nOutput:",
            "\n7. Instruction: ",
            " 8. Instruction: ",
            "<noinput>",
            "N/A",
            "None",
            "\u00a0",
            "\u2028",
            "\u0085",
            "\u3000",
            "\ufeff",
            "\0",
            "😀",
            "\ud83d",
            "İ",
            "Σ",
            "ß",
            "7",
            ".",
            ":",
            "(");
    Arbitrary<String> words =
        Arbitraries.of("Name", "a", "river", "of", "Europe", "Tasks", "on", "写诗", "при", "x1");
    return Arbitraries.oneOf(structure, words, structure, Arbitraries.strings().ofMaxLength(4))
        .list()
        .ofMaxSize(40)
        .map(parts -> String.join("", parts));
  }
}
