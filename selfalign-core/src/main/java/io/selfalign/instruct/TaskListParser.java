package io.selfalign.instruct;

import io.selfalign.instruct.Piece.Stray;
import io.selfalign.instruct.Piece.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a model writes after a {@link TaskListTemplate}'s prompt. Nothing of it is lost: every
 * line becomes part of a task or of a {@link Stray}. The reasons:
 *
 * <ol>
 *   <li>Lines end with LF, CRLF or CR.
 *   <li>A <b>header</b> is a line that begins with one of the template's labels and a colon, in
 *       upper or lower case; before the label may stand a number, a bullet, {@code #} or quotation
 *       marks of Markdown, and asterisks or underscores around it. The number may also follow the
 *       label. Numbers are not compared: they may drift, restart or be missing.
 *   <li>An instruction's header begins a task, always. An input's header belongs to it if the task
 *       has neither input nor output yet, an output's if it has no output yet; otherwise it is
 *       text. What follows the header, on its line and those after it, is the field.
 *   <li>An input's or output's label in the middle of a line of the field before it, spelled as the
 *       template does, is a header too; so is a number with an instruction's header anywhere.
 *   <li>Lines of mere numbers or marks ({@code 7.}, {@code Task 7}, {@code ###}, {@code ---})
 *       before an instruction's header belong to the header; a word before the number is {@code
 *       task}, {@code example} or the template's label, and a number that is all that a field has
 *       is the field, as is a fence of backquotes or tildes that closes one in it. Where there is
 *       no task that they could belong to, those without letters are nothing.
 *   <li>A line of three or more {@code -}, {@code =}, {@code *} or {@code #} ends a task. What
 *       follows it up to the next header is stray.
 *   <li>A label that is repeated at once counts once. Asterisks, underscores, backquotes or
 *       quotation marks around a whole instruction are taken off.
 *   <li>An input that says that there is none, such as {@code <noinput>}, {@code No input needed},
 *       {@code N/A}, {@code None.} or {@code -}, is none, and so is an empty one. The template's
 *       sign for it is also taken off an instruction's end. Lines between it and the output are
 *       stray.
 *   <li>If the model was stopped by the limit on new tokens, the last task is cut off.
 * </ol>
 *
 * <p>Time grows with the length of the text, whatever it is: models get stuck and write one mark
 * thousands of times.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class TaskListParser {
  private static final Pattern LINE_BREAK = Pattern.compile("\r\n|\r|\n");
  private static final String RULER_MARKS = "-=*#_";
  private static final Pattern MARKS_FOR_NO_INPUT = Pattern.compile("[\\s\\-–—.…_*<>\\[\\](){}/]*");
  private static final Pattern TASK_WORD =
      Pattern.compile("[\\s#*_>\\-•]*task[\\s#*_]*", Pattern.CASE_INSENSITIVE);
  private static final Pattern NO_LETTERS = Pattern.compile("[^\\p{L}]+");
  private static final Set<String> NO_INPUT =
      Set.of(
          "noinput",
          "noinputneeded",
          "noinputisneeded",
          "noinputrequired",
          "noinputisrequired",
          "noinputnecessary",
          "noinputprovided",
          "noinputgiven",
          "none",
          "noneneeded",
          "na",
          "notapplicable",
          "notneeded",
          "null",
          "nil",
          "empty",
          "blank");

  /** What a header announces. */
  private enum Field {
    INSTRUCTION,
    INPUT,
    OUTPUT
  }

  private final TaskListTemplate template;
  private final Pattern header;
  private final Pattern inlineTask;
  private final Pattern inlineInput;
  private final Pattern inlineOutput;
  private final Pattern repeatedLabel;
  private final Pattern mereMarks;
  private final String noInputLetters;

  private TaskListParser(TaskListTemplate template) {
    this.template = template;
    String instruction = Pattern.quote(template.instructionLabel());
    String input = Pattern.quote(template.inputLabel());
    String output = Pattern.quote(template.outputLabel());
    String marks = "[\\s*_>#`\"'“”•–\\-]*+";
    int flags = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL;
    header =
        Pattern.compile(
            marks
                + "(?:(?:task\\s*+)?#?\\(?\\d{1,4}\\s*+[.):\\-–]*+)?+"
                + marks
                + "(?:("
                + instruction
                + ")|("
                + input
                + ")|("
                + output
                + "))[*_\\s]*+(?:#?\\d{1,4}[*_\\s]*+)?+[:：](?:[*_]++(?=\\s|$))?(.*)",
            flags);
    String bold = "[*_]{0,2}";
    inlineTask =
        Pattern.compile(
            "(?<=\\S)[ \\t]+(?=" + bold + "\\d{1,4}[.)]\\s*" + bold + instruction + bold + "\\s*:)",
            flags);
    inlineInput = Pattern.compile("(?<=\\S)[ \\t]+(?=" + bold + input + bold + ":)");
    inlineOutput = Pattern.compile("(?<=\\S)[ \\t]+(?=" + bold + output + bold + ":)");
    repeatedLabel = Pattern.compile("\\s*(?:\\d{1,4}[.)]\\s*)?" + instruction + "\\s*:", flags);
    // Repetitions are possessive: a long line of marks must not be tried at each of its places.
    mereMarks =
        Pattern.compile(
            "[\\s#*_>`~=\\-–—•]*+(?:(?:(?:task|example|"
                + instruction
                + ")\\s++\\d{1,4}+|\\d{1,4}+[.):])[\\s#*_.):=\\-–—]*+)?+",
            flags);
    noInputLetters = letters(template.noInput());
  }

  /** The parser of what follows a template's prompts. */
  public static TaskListParser of(TaskListTemplate template) {
    return new TaskListParser(template);
  }

  /**
   * Reads a continuation.
   *
   * @param text what the model wrote after the prompt, which ends in a cue
   * @param complete false if the model was stopped by the limit on new tokens
   * @return the pieces in the order of the text
   */
  public List<Piece> parse(String text, boolean complete) {
    Reading reading = new Reading();
    reading.begin(Field.INSTRUCTION, "");
    boolean first = true;
    for (String line : lines(text)) {
      if (first) {
        reading.addFirst(line);
      } else {
        reading.add(line);
      }
      first = false;
    }
    return reading.end(!complete);
  }

  /** The text's lines, with breaks before headers in the middle of a line. */
  private List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    for (String line : LINE_BREAK.split(text, -1)) {
      String open = "";
      for (String part : inlineTask.split(line, -1)) {
        open = open.isEmpty() ? part : open + " " + part;
        if (!isHeaderSoFar(open)) {
          lines.add(open);
          open = "";
        }
      }
      if (!open.isEmpty()) {
        lines.add(open);
      }
    }
    return lines;
  }

  /** Whether the beginning of a line has only what may stand before another number and label. */
  private boolean isHeaderSoFar(String beginning) {
    Matcher matcher = header.matcher(beginning);
    return TASK_WORD.matcher(beginning).matches()
        || (matcher.matches() && field(matcher) == Field.INSTRUCTION && matcher.group(4).isBlank());
  }

  private static String letters(String text) {
    return NO_LETTERS.matcher(text).replaceAll("").toLowerCase(Locale.ROOT);
  }

  private boolean saysNoInput(String text) {
    String letters = letters(text);
    boolean none = NO_INPUT.contains(letters) || letters.equals(noInputLetters);
    return (none && !letters.isEmpty() && text.codePoints().noneMatch(Character::isDigit))
        || MARKS_FOR_NO_INPUT.matcher(text).matches()
        || text.strip().equalsIgnoreCase(template.noInput().strip());
  }

  /** What follows the sign for no input, if anything does. */
  private Optional<String> afterNoInput(String input) {
    int end = input.indexOf('\n');
    return end >= 0 && saysNoInput(input.substring(0, end))
        ? Optional.of(input.substring(end).strip())
        : Optional.empty();
  }

  /** One text being read. */
  private final class Reading {
    private final List<Piece> pieces = new ArrayList<>();
    private final List<String> raw = new ArrayList<>();
    private final List<String> instruction = new ArrayList<>();
    private @Nullable List<String> input;
    private @Nullable List<String> output;
    private @Nullable List<String> current;
    private boolean inTask;

    /** The line on which the cue stands: its field's text, unless it begins with a header. */
    void addFirst(String line) {
      Matcher matcher = header.matcher(line);
      if (matcher.matches()) {
        add(line);
      } else {
        raw.add(line);
        addText(Field.INSTRUCTION, line);
      }
    }

    void add(String line) {
      Matcher matcher = header.matcher(line);
      if (matcher.matches()) {
        Field field = field(matcher);
        if (field == Field.INSTRUCTION) {
          List<String> marks = takeMarks();
          endPiece(false);
          raw.addAll(marks);
          begin(field, line);
          addText(field, matcher.group(4));
          return;
        }
        if (inTask && opens(field)) {
          raw.add(line);
          open(field);
          addText(field, matcher.group(4));
          return;
        }
      } else if (inTask && isRuler(line)) {
        endPiece(false);
        inTask = false;
      }
      raw.add(line);
      if (inTask && current != null) {
        addText(currentField(), line);
      }
    }

    List<Piece> end(boolean cutOff) {
      endPiece(cutOff);
      return List.copyOf(pieces);
    }

    void begin(Field field, String line) {
      inTask = true;
      if (!line.isEmpty()) {
        raw.add(line);
      }
      open(field);
    }

    private void open(Field field) {
      switch (field) {
        case INSTRUCTION -> current = instruction;
        case INPUT -> current = input = new ArrayList<>();
        case OUTPUT -> current = output = new ArrayList<>();
      }
    }

    private boolean opens(Field field) {
      return output == null && (field == Field.OUTPUT || input == null);
    }

    private Field currentField() {
      if (current == output) {
        return Field.OUTPUT;
      }
      return current == input ? Field.INPUT : Field.INSTRUCTION;
    }

    /** Adds to a field; the next field may begin on the same line. */
    private void addText(Field field, String text) {
      Matcher next = (field == Field.INSTRUCTION ? inlineInput : inlineOutput).matcher(text);
      Matcher output = inlineOutput.matcher(text);
      boolean found = field != Field.OUTPUT && next.find();
      if (!found && field == Field.INSTRUCTION) {
        next = output;
        found = next.find();
      }
      if (!found) {
        if (current != null) {
          current.add(text);
        }
        return;
      }
      if (current != null) {
        current.add(text.substring(0, next.start()));
      }
      Matcher label = header.matcher(text.substring(next.end()));
      if (label.matches()) {
        open(field(label));
        addText(field(label), label.group(4));
      }
    }

    /** Takes lines of mere marks off the end of what was read; they belong to the next header. */
    private List<String> takeMarks() {
      Deque<String> marks = new ArrayDeque<>();
      List<String> field = current == null ? new ArrayList<>() : current;
      int firstOfField = firstThatIsNotBlank(field);
      long fences = field.stream().filter(TaskListParser::isFence).count();
      for (int i = raw.size() - 1; i >= (inTask ? 1 : 0); i--) {
        String line = raw.get(i);
        boolean isInField = !field.isEmpty() && field.get(field.size() - 1).equals(line);
        boolean isWholeField = isInField && field.size() - 1 == firstOfField;
        boolean closesFence = isInField && isFence(line) && fences-- % 2 == 0;
        if (!isMarkBeforeHeader(line) || (isWholeField && isNumber(line)) || closesFence) {
          break;
        }
        marks.addFirst(raw.remove(i));
        if (isInField) {
          field.remove(field.size() - 1);
        }
      }
      return List.copyOf(marks);
    }

    private void endPiece(boolean cutOff) {
      String text = String.join("\n", raw).strip();
      if (inTask && !text.isEmpty()) {
        addTask(text, cutOff);
      } else if (!isMereMarks(text) || !letters(text).isEmpty()) {
        pieces.add(new Stray(text));
      }
      raw.clear();
      instruction.clear();
      input = null;
      output = null;
      current = null;
    }

    private void addTask(String text, boolean cutOff) {
      Optional<String> given = optional(input);
      Optional<String> stray = given.flatMap(TaskListParser.this::afterNoInput);
      pieces.add(
          new Task(
              text,
              instructionOf(String.join("\n", instruction)),
              given.filter(value -> stray.isEmpty() && !saysNoInput(value)),
              optional(output),
              cutOff));
      stray.ifPresent(rest -> pieces.add(new Stray(rest)));
    }

    private Optional<String> optional(@Nullable List<String> lines) {
      return Optional.ofNullable(lines)
          .map(present -> String.join("\n", present).strip())
          .filter(value -> !value.isEmpty());
    }
  }

  private static Field field(Matcher header) {
    if (header.group(1) != null) {
      return Field.INSTRUCTION;
    }
    return header.group(2) != null ? Field.INPUT : Field.OUTPUT;
  }

  private String instructionOf(String text) {
    int start = 0;
    Matcher repeated = repeatedLabel.matcher(text);
    while (repeated.region(start, text.length()).lookingAt()) {
      start = repeated.end();
    }
    String instruction = text.substring(start).strip();
    return Markup.unwrap(withoutNoInputAtEnd(instruction));
  }

  private String withoutNoInputAtEnd(String instruction) {
    String sign = template.noInput().strip();
    int end = instruction.length() - sign.length();
    return instruction.regionMatches(true, end, sign, 0, sign.length())
        ? instruction.substring(0, end).strip()
        : instruction;
  }

  private static int firstThatIsNotBlank(List<String> lines) {
    int place = 0;
    while (place < lines.size() && lines.get(place).isBlank()) {
      place++;
    }
    return place;
  }

  /** Whether marks are of a number without a word, such as {@code 42.}. */
  private static boolean isNumber(String marks) {
    return letters(marks).isEmpty() && marks.chars().anyMatch(Character::isDigit);
  }

  /** Whether a line may belong to the header behind it; {@code Input 3:} looks so, but is one. */
  private boolean isMarkBeforeHeader(String line) {
    return isMereMarks(line) && !header.matcher(line).matches();
  }

  private boolean isMereMarks(String text) {
    return mereMarks.matcher(text.strip()).matches();
  }

  /** Whether a line opens or closes a block of code, as in Markdown. */
  private static boolean isFence(String line) {
    String start = line.stripLeading();
    return start.startsWith("```") || start.startsWith("~~~");
  }

  /** Whether a line is three or more times the same mark, with a space between them at most. */
  private static boolean isRuler(String line) {
    String marks = line.strip();
    if (marks.isEmpty() || RULER_MARKS.indexOf(marks.charAt(0)) < 0) {
      return false;
    }
    int count = 0;
    boolean space = false;
    for (int i = 0; i < marks.length(); i++) {
      boolean isMark = marks.charAt(i) == marks.charAt(0);
      if (!isMark && (space || !Character.isWhitespace(marks.charAt(i)))) {
        return false;
      }
      space = !isMark;
      count += isMark ? 1 : 0;
    }
    return count >= 3;
  }

  @Override
  public String toString() {
    return "TaskListParser[" + template.cue(1) + "]";
  }
}
