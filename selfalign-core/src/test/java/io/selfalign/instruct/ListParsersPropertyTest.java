package io.selfalign.instruct;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.instruct.Piece.Line;
import io.selfalign.instruct.Piece.Stray;
import io.selfalign.instruct.Piece.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for whatever a model writes. */
class ListParsersPropertyTest {
  private static final TaskListParser PARSER = TaskListParser.of(TaskListTemplate.standard());

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

  /** Lines in the order of the text, each after the one before it. */
  private static void assertHasLinesInOrder(String found, String text) {
    int from = 0;
    for (String line : text.split("\r\n|\r|\n", -1)) {
      if (!MERE_MARKS.matcher(line).matches()) {
        int place = found.indexOf(squeezed(line), from);
        assertThat(place).as("'%s' in '%s' from %d", line, found, from).isNotNegative();
        from = place + squeezed(line).length();
      }
    }
  }

  @Property(tries = 3_000)
  void no_line_of_a_list_of_tasks_is_lost_and_none_is_read_twice(
      @ForAll("continuations") String text, @ForAll boolean complete) {
    List<Piece> pieces = PARSER.parse(text, complete);
    List<Piece> once = new ArrayList<>(pieces);
    once.removeIf(piece -> piece instanceof Stray && followsNoInput(pieces, piece));
    assertHasLinesInOrder(raws(once), text);
    assertThat(squeezed(text)).hasSizeGreaterThanOrEqualTo(raws(once).length());
  }

  /**
   * Whether a stray is what follows a sign for no input, which stands in its task's raw text too.
   * Only a ruler begins another stray behind a task, and no line within a task is one.
   */
  private static boolean followsNoInput(List<Piece> pieces, Piece piece) {
    Pattern repeated = Pattern.compile("(?siU).*input.*\n\\s*" + Pattern.quote(piece.raw()) + ".*");
    int place = pieces.indexOf(piece);
    return place > 0
        && pieces.get(place - 1) instanceof Task task
        && repeated.matcher(task.raw()).matches();
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
    List<Piece> pieces = LineListParser.parse(text, 6, complete);
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
  }

  private static List<Integer> letters(String text) {
    return text.codePoints().filter(Character::isLetterOrDigit).boxed().toList();
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
