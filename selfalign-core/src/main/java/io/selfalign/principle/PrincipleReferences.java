package io.selfalign.principle;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads the principles that follow the word "rule" or one like it: numbers, names in brackets or
 * quotes, and lists of these. After a colon, a name of the set may stand by itself, and what is
 * none is passed over.
 */
final class PrincipleReferences {
  /** What a principle is called. */
  static final String WORD = "(?:rules?|principles?|guidelines?)";

  /** The word with what belongs to it. */
  static final String LEAD = "\\b" + WORD + "\\b\\s*(?:numbers?\\b|no\\.|nos\\.|#)?\\s*:?\\s*";

  /**
   * A principle as it is written: a number, a name, or both.
   *
   * @param text all of it
   */
  record Item(Optional<Integer> number, Optional<String> name, String text) {}

  private static final Pattern BEGINNING =
      Pattern.compile(
          "(?i)\\b"
              + WORD
              + "\\b(?:(?<clause>\\s+(?:(?:that|which|to|i|here|now|are|is|should|will|must|best|most"
              + "|apply|applies|applying|applicable|relevant|follow|keep|use|used|matter)\\b\\s*){1,6}:"
              + "|\\s+(?:that|which)\\s+appl(?:y|ies)(?:\\s+here)?\\s+(?:are|is)\\b)"
              + "|\\s*(?:numbers?\\b|no\\.|nos\\.|#)?\\s*:?)\\s*");

  private static final Pattern BETWEEN =
      Pattern.compile(
          "(?i)\\s*(?:,\\s*and\\b|,\\s*or\\b|,|;|/|&|\\band\\b|\\bor\\b|\\bas well as\\b|\\bplus\\b)"
              + "\\s*(?:"
              + WORD
              + "\\s*)?");

  /** Something else in a list, up to what separates it from the next. */
  private static final Pattern OTHER = Pattern.compile("[^,;.:\\n(){}\\d]{1,40}(?=[,;])");

  /** What follows a number that is an item by itself, and not one of "3 examples". */
  private static final Pattern END = Pattern.compile("(?i)\\s*(?:[,;.&/\\n]|(?:and|or)\\b|$)");

  private final Pattern item;

  PrincipleReferences(PrincipleSet principles) {
    String name = "(?<![\\p{L}\\p{N}])(?:" + names(principles) + ")(?![\\p{L}\\p{N}])";
    item =
        Pattern.compile(
            "(?iu)#?(?<number>\\d{1,4})(?![\\d.]*\\d)"
                + "(?:\\s*\\((?<named>[^(){}]{1,80})\\)|\\s*[:–—-]\\s*(?<after>"
                + name
                + "))?"
                + "|\\((?<brackets>[^(){}]{1,80})\\)"
                + "|[\"“'‘](?<quoted>[^\"”'’(){}\\n]{1,80})[\"”'’]"
                + "|(?<bare>"
                + name
                + ")(?:\\s*\\((?<behind>\\d{1,4})\\))?");
  }

  /** The names of a set as a pattern, the longest first, for one may begin like another. */
  private static String names(PrincipleSet principles) {
    return principles.isEmpty()
        ? "(?!)"
        : principles.names().stream()
            .map(Principle::key)
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(PrincipleReferences::pattern)
            .collect(Collectors.joining("|"));
  }

  private static String pattern(String key) {
    return List.of(key.split(" ", -1)).stream()
        .map(word -> word.equals("and") ? "(?:and|&)" : Pattern.quote(word))
        .collect(Collectors.joining("[\\s\\p{Pd}_]+"));
  }

  /** All items in a text, in order. */
  List<Item> in(String text) {
    List<Item> items = new ArrayList<>();
    Matcher beginning = BEGINNING.matcher(text);
    int from = 0;
    while (beginning.find(from)) {
      boolean colon = beginning.group().contains(":");
      boolean clause = beginning.group("clause") != null;
      from = Math.max(beginning.end(), read(text, beginning.end(), colon, clause, items));
    }
    return items;
  }

  /**
   * Reads the items that stand one after the other, and returns where they end.
   *
   * @param colon whether a colon precedes them
   * @param strict whether a number counts only where it is all of an item
   */
  private int read(String text, int start, boolean colon, boolean strict, List<Item> items) {
    Matcher next = item.matcher(text);
    Matcher between = BETWEEN.matcher(text);
    Matcher other = OTHER.matcher(text);
    boolean wary = strict;
    int end = start;
    int at = start;
    while (at <= text.length()) {
      if (next.region(at, text.length()).lookingAt() && (colon || next.group("bare") == null)) {
        boolean number = isNumber(next);
        boolean whole = END.matcher(text).region(next.end(), text.length()).lookingAt();
        if (number && wary && !(whole && (colon || strict))) {
          break; // "rule 13 (step-by-step) and 3 examples"
        }
        items.add(item(next));
        wary |= !number;
        end = next.end();
      } else if (colon && other.region(at, text.length()).lookingAt()) {
        wary = true;
        end = other.end();
      } else {
        break;
      }
      if (!between.region(end, text.length()).lookingAt()) {
        break;
      }
      at = between.end();
    }
    return end;
  }

  private static boolean isNumber(Matcher item) {
    return item.group("number") != null
        && item.group("named") == null
        && item.group("after") == null;
  }

  private static Item item(Matcher match) {
    Optional<String> number =
        Optional.ofNullable(match.group("number"))
            .or(() -> Optional.ofNullable(match.group("behind")));
    Optional<String> name =
        List.of("named", "after", "brackets", "quoted", "bare").stream()
            .flatMap(group -> Optional.ofNullable(match.group(group)).stream())
            .findFirst();
    return new Item(number.map(Integer::valueOf), name, match.group().strip());
  }
}
