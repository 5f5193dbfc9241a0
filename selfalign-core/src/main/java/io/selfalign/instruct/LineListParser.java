package io.selfalign.instruct;

import io.selfalign.instruct.Piece.Line;
import io.selfalign.instruct.Piece.Stray;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what a model writes after the beginning of a list's next line. The reasons:
 *
 * <ol>
 *   <li>The first line continues the prompt's last one. If it is blank, or begins with a number of
 *       the list itself, what the prompt had counts for nothing. Another number, such as a year, is
 *       text.
 *   <li>Every later line of the list begins with a number and {@code .}, {@code )} or {@code :}, or
 *       with a bullet; Markdown's asterisks around the number don't matter. A line with a bullet
 *       has the number that is due.
 *   <li>Other lines are stray, and so is what they say. Blank lines are nothing.
 *   <li>If the model was stopped by the limit on new tokens, the last line is cut off.
 * </ol>
 *
 * <p>Not to be instantiated; its method is a pure function.
 */
final class LineListParser {
  private static final Pattern LINE_BREAK = Pattern.compile("\r\n|\r|\n");
  private static final Pattern NUMBERED =
      Pattern.compile(
          "\\s*(?:[*_]{0,2}#?(\\d{1,4})[*_]{0,2}[.):][*_]{0,2}|[-*•–])(?:\\s+(.*)|\\s*)");

  private LineListParser() {}

  /**
   * Reads a continuation.
   *
   * @param text what the model wrote after the beginning of the prompt's last line
   * @param firstNumber that line's number
   * @param lastNumber the number of the last line that was asked for
   * @param complete false if the model was stopped by the limit on new tokens
   */
  static List<Piece> parse(String text, int firstNumber, int lastNumber, boolean complete) {
    String[] lines = LINE_BREAK.split(text.stripTrailing(), -1);
    boolean endsInBreak = text.endsWith("\n") || text.endsWith("\r");
    List<Piece> pieces = new ArrayList<>();
    int due = firstNumber;
    for (int i = 0; i < lines.length; i++) {
      boolean cutOff = !complete && !endsInBreak && i == lines.length - 1;
      String raw = lines[i].strip();
      Matcher matcher = NUMBERED.matcher(lines[i]);
      if (raw.isEmpty()) {
        continue;
      }
      boolean numbered = matcher.matches();
      int number = numbered && matcher.group(1) != null ? Integer.parseInt(matcher.group(1)) : due;
      if (numbered && (i > 0 || number <= lastNumber)) {
        String content = matcher.group(2) == null ? "" : matcher.group(2).strip();
        pieces.add(new Line(raw, number, content, cutOff));
        due = number + 1;
      } else if (i == 0) {
        pieces.add(new Line(raw, due++, raw, cutOff));
      } else {
        pieces.add(new Stray(raw));
      }
    }
    return List.copyOf(pieces);
  }
}
