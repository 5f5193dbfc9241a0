package io.selfalign.internal.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts sentences that an answer has written before, as models do that are caught in a loop. Only
 * prose is looked at: in code, lists, tables, headings, quotations and verse, repetition is part of
 * the form. A sentence counts from {@value #LEAST_CHARACTERS} visible characters on; the first of
 * equals stays.
 *
 * @param text what is left
 * @param cut what was cut, with a space between its parts; empty if nothing was
 */
public record Repetition(String text, String cut) {
  /** Shorter ones, as "Yes." or "It depends.", may come twice. */
  public static final int LEAST_CHARACTERS = 15;

  /** Lines of verse are shorter than this. */
  private static final int VERSE_LENGTH = 60;

  /** So many in one block, or one less in several blocks. */
  private static final int LEAST_VERSES = 3;

  private static final Pattern STRUCTURED =
      Pattern.compile(
          "(?:[-*+•–|>#]|\\(?(?:\\d{1,3}|\\p{Alpha}|[ivx]{2,4})[.)])(?:\\s.*|$)|\\|.*|#+ .*|.{0,40}:");

  private static final Pattern NUMBER = Pattern.compile("^\\(?\\d+[.):]*");

  /**
   * Up to the end of a sentence, with closing quotes, and the white space after it. The end is
   * looked for behind, so that a long row of dots is not read once for each of them.
   */
  private static final Pattern SENTENCE =
      Pattern.compile(
          "(?s).+?(?:(?<=[.!?…])[\"'”’)\\]]*+(?=\\s|$)|(?<=[。！？])(?![。！？])[」』”’）]*+|$)\\s*");

  private static final Pattern NO_LETTER = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]+");

  /** What two spellings of one sentence may differ in, besides case. */
  private static final Pattern INCIDENTAL =
      Pattern.compile("[\\s,;:!?…。、，；：！？\"“”]+|[.'‘’](?!\\d)");

  /**
   * Cuts an answer's repetitions.
   *
   * @param closed whether the answer came to its end; if not, its last sentence may be the
   *     beginning of one it repeats
   */
  public static Repetition cut(String answer, boolean closed) {
    List<String> lines = List.of(answer.split("\n", -1));
    BitSet form = form(lines);
    Set<String> seen = new HashSet<>();
    List<String> cut = new ArrayList<>();
    List<String> left = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      boolean last = !closed && i == lines.size() - 1;
      String kept = form.get(i) ? lines.get(i) : withoutRepeated(lines.get(i), last, seen, cut);
      if (!kept.isBlank() || lines.get(i).isBlank()) {
        left.add(kept);
      }
    }
    if (cut.isEmpty()) {
      return new Repetition(answer, "");
    }
    String text = String.join("\n", left).replaceAll("\n{3,}", "\n\n").strip();
    return new Repetition(text, String.join(" ", cut));
  }

  /**
   * The share of a text in lines that stand in it before, 0 to 1: of its letters and digits, and of
   * the signs in lines that have none.
   */
  public static double repeatedShare(String text) {
    Set<String> seen = new HashSet<>();
    long all = 0;
    long repeated = 0;
    for (String line : text.split("\n", -1)) {
      String key = letters(NUMBER.matcher(line.strip()).replaceFirst(""));
      all += key.length();
      repeated += seen.add(key) ? 0 : key.length();
    }
    return all == 0 ? 0 : (double) repeated / all;
  }

  private static String withoutRepeated(
      String line, boolean last, Set<String> seen, List<String> cut) {
    StringBuilder left = new StringBuilder();
    Matcher sentences = SENTENCE.matcher(line);
    while (sentences.find()) {
      String sentence = sentences.group();
      String key = key(sentence);
      boolean counts = key.length() >= LEAST_CHARACTERS;
      boolean begun = last && sentences.end() == line.length() && isBegun(key, seen);
      if (counts && (seen.contains(key) || begun)) {
        cut.add(sentence.strip());
      } else {
        left.append(sentence);
        seen.add(key);
      }
    }
    return cut.isEmpty() ? line : left.toString().stripTrailing();
  }

  private static boolean isBegun(String key, Set<String> seen) {
    return seen.stream().anyMatch(other -> other.startsWith(key));
  }

  /** A sentence without what does not matter; signs and accents do, as in 'x - 1' and 'x + 1'. */
  private static String key(String sentence) {
    return INCIDENTAL.matcher(sentence.toLowerCase(Locale.ROOT)).replaceAll("");
  }

  private static String letters(String line) {
    String letters = NO_LETTER.matcher(line.toLowerCase(Locale.ROOT)).replaceAll("");
    return letters.isEmpty() ? line.strip() : letters;
  }

  /** The lines that are no prose. */
  private static BitSet form(List<String> lines) {
    BitSet form = CodeBlocks.all(lines);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean indented = line.startsWith("    ") || line.startsWith("\t");
      boolean continued = i > 0 && form.get(i - 1) && line.startsWith(" ");
      if (indented || continued || STRUCTURED.matcher(line.strip()).matches()) {
        form.set(i);
      }
    }
    markVerse(lines, form);
    return form;
  }

  /** Lines that end long before a page does, several under each other. */
  private static void markVerse(List<String> lines, BitSet form) {
    BitSet stanzas = new BitSet();
    int blocks = 0;
    int longest = 0;
    int start = 0;
    for (int i = 0; i <= lines.size(); i++) {
      if (i == lines.size() || lines.get(i).isBlank()) {
        boolean isShort =
            lines.subList(start, i).stream().allMatch(line -> line.strip().length() < VERSE_LENGTH);
        if (isShort && i - start >= LEAST_VERSES - 1) {
          stanzas.set(start, i);
          blocks++;
          longest = Math.max(longest, i - start);
        }
        start = i + 1;
      }
    }
    if (longest >= LEAST_VERSES || blocks > 1) {
      form.or(stanzas);
    }
  }
}
