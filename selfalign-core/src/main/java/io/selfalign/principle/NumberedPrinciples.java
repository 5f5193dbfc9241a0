package io.selfalign.principle;

import io.selfalign.error.InvalidDataException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads principles of the form {@code 7 (candor). Say openly what is unknown.} out of a text. A
 * principle begins at the start of a line or after the end of a sentence, and has the number that
 * is due: other numbers with brackets belong to the principle they stand in.
 */
final class NumberedPrinciples {
  private static final Pattern START =
      Pattern.compile(
          "(?:^|\\n|(?<=[.!?]))[ \\t>*-]*(\\d{1,4})[.)]?\\s*\\(([^(){}]{1,80})\\)\\s*[.:]?");
  private static final Pattern BLANK_LINE = Pattern.compile("\\n[ \\t]*\\n");

  /** Where a principle begins. */
  private record Start(int number, String name, int from, int end) {}

  private NumberedPrinciples() {}

  static PrincipleSet parse(String place, String content) {
    String text = content.replace("\r\n", "\n").replace('\r', '\n');
    List<Start> starts = starts(place, text);
    List<Principle> principles = new ArrayList<>();
    for (int i = 0; i < starts.size(); i++) {
      Start start = starts.get(i);
      boolean last = i == starts.size() - 1;
      int end = last ? endOfLast(text, start.end()) : starts.get(i + 1).from();
      principles.add(principle(place, text, start, end));
    }
    return PrincipleSet.named(place, principles);
  }

  private static List<Start> starts(String place, String text) {
    List<Start> starts = new ArrayList<>();
    Matcher matcher = START.matcher(text);
    while (matcher.find()) {
      int number = Integer.parseInt(matcher.group(1));
      if (number == starts.size() + 1) {
        starts.add(new Start(number, oneLine(matcher.group(2)), matcher.start(), matcher.end()));
      } else if (beginsLine(text, matcher.start()) && number == starts.size() + 2) {
        throw new InvalidDataException(
            String.format(
                "%s:%d: principle %d follows, but principle %d is missing; number the principles 1, 2, 3 and so"
                    + " on, each as 'N (name). Text.'",
                place, line(text, matcher.start(1)), number, number - 1));
      }
    }
    if (starts.isEmpty()) {
      throw new InvalidDataException(
          place
              + ": has no principles; write each as 'N (name). Text.', with N from 1, or as a line"
              + " {\"name\", \"text\"}");
    }
    return starts;
  }

  private static Principle principle(String place, String text, Start start, int end) {
    try {
      return new Principle(start.name(), oneLine(text.substring(start.end(), end)));
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(
          place + ":" + line(text, start.end() - 1) + ": " + e.getMessage(), e);
    }
  }

  private static int endOfLast(String text, int from) {
    Matcher blank = BLANK_LINE.matcher(text);
    return blank.find(from) ? blank.start() : text.length();
  }

  private static boolean beginsLine(String text, int index) {
    return index == 0 || text.charAt(index) == '\n';
  }

  private static int line(String text, int index) {
    return 1 + (int) text.substring(0, index).chars().filter(c -> c == '\n').count();
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
