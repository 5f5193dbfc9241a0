package io.selfalign.answer;

import io.selfalign.internal.text.CodeBlocks;
import io.selfalign.internal.text.LexicalDiversity;
import io.selfalign.internal.text.Repetition;
import io.selfalign.text.RougeTokenizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds answers that a model has written in a loop. It is one if
 *
 * <ul>
 *   <li>its words come again and again in the same order, of whatever period: twelve words or more
 *       that repeat what stands before them, three times over (twice, if a round has twelve words);
 *   <li>a quarter of its prose or more is of phrases that it has four times and more, or two fifths
 *       of it all are of phrases that it has sixteen times and more: a phrase is four words in a
 *       row, and thirty words at least are looked at;
 *   <li>it goes round in a few words, without saying the same: the {@linkplain LexicalDiversity
 *       lexical diversity} of its prose is under twenty, or over half of its words belong to
 *       phrases of three that stand before, of thirty words of letters at least;
 *   <li>more than half of its letters stand in lines that it has written before, or half of its
 *       words in lines of eight words and more that differ from others in nothing but numbers.
 * </ul>
 *
 * <p>In scripts without spaces two characters stand for a word. Code and tables are left aside but
 * for the last, and for code without an end in the first; so are short lines, three and more under
 * each other, where prose alone is looked at: verses have a refrain, and conjugations and lists of
 * equal form a frame. Numbers and signs at the beginning of lines don't count.
 *
 * <p>Takes time in proportion to the length.
 */
public final class Loops {
  /** A phrase has so many words. */
  private static final int PHRASE = 4;

  private static final int OFTEN_IN_PROSE = 4;
  private static final double SHARE_OF_PROSE = 0.25;
  private static final int OFTEN = 16;
  private static final double SHARE = 0.4;
  private static final double SHARE_IN_LINES = 0.5;

  /** Of 1,740 good answers 2 have less; of 62 that a small model went round in, 54. */
  private static final double LEAST_DIVERSITY = 20;

  /** 2 of those good answers have more, which are lists. */
  private static final double SHARE_WRITTEN_BEFORE = 0.52;

  private static final int SHORT_PHRASE = 3;

  /** Fewer words tell too little of their diversity. */
  private static final int LEAST_DIVERSE_WORDS = 30;

  /** Below that, a phrase may come often by chance. */
  private static final int LEAST_WORDS = 30 * Words.WORD;

  /** Shorter answers are looked at as a whole: "Yes, no, yes" is none. */
  private static final int LEAST_CHARACTERS = 40;

  /** Shorter lines may differ in numbers alone: "2 kg is 4.4 lb". */
  private static final int LONG_LINE = 8 * Words.WORD;

  /** Half as many words must repeat others. */
  private static final int LEAST_REPEATED = 12 * Words.WORD;

  /** Shorter lines may be verses. */
  private static final int LINE = 60;

  private static final int LEAST_LINES = 3;

  private static final Pattern ITEM =
      Pattern.compile("^(?:[-*+•–>#]+|\\(?\\d{1,3}[.):]|\\(?\\p{Alpha}[.)])\\s+");

  private static final Pattern BLANK_LINE = Pattern.compile("\\R[ \\t]*\\R");
  private static final Pattern SENTENCE_END = Pattern.compile("[.!?…][\"'”’)]*$");

  private Loops() {}

  /**
   * How an answer loops, for people; nothing if it doesn't.
   *
   * @param query what was asked; a round that it has itself may have been asked for
   */
  public static Optional<String> find(String query, String answer) {
    String said = Words.spaced(query);
    List<String> lines = withoutForm(answer, CodeBlocks.all(answer.lines().toList()));
    List<String> prose = prose(lines);
    List<String> words = words(lines);
    return inARow(words(withoutForm(answer, CodeBlocks.closed(answer.lines().toList(), 0))), said)
        .or(() -> often(words(prose), said, OFTEN_IN_PROSE, SHARE_OF_PROSE))
        .or(() -> often(words, said, OFTEN, SHARE))
        .or(() -> inFewWords(answer, said))
        .or(() -> inLines(answer))
        .or(() -> inNumberedLines(lines));
  }

  /** The lines that are neither code nor of a table, without the signs before items of lists. */
  private static List<String> withoutForm(String answer, BitSet code) {
    List<String> lines = answer.lines().toList();
    List<String> left = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      boolean table = line.startsWith("|") || line.indexOf('\t') >= 0;
      if (!code.get(i) && !table && !line.isEmpty()) {
        left.add(ITEM.matcher(line).replaceFirst(""));
      }
    }
    return left;
  }

  /** Without short lines under each other. */
  private static List<String> prose(List<String> lines) {
    List<String> prose = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= lines.size(); i++) {
      if (i == lines.size() || lines.get(i).length() >= LINE) {
        if (i - from < LEAST_LINES) {
          prose.addAll(lines.subList(from, i));
        }
        if (i < lines.size()) {
          prose.add(lines.get(i));
        }
        from = i + 1;
      }
    }
    return prose;
  }

  private static List<String> words(List<String> lines) {
    return RougeTokenizer.UNICODE.tokenize(String.join("\n", lines));
  }

  /** Words that repeat those before them, always as far away. */
  private static Optional<String> inARow(List<String> words, String said) {
    int[] sizes = sizes(words);
    Map<String, Integer> last = new HashMap<>();
    int period = 0;
    int from = 0;
    int repeated = 0;
    for (int i = 0; i + PHRASE <= words.size(); i++) {
      Integer before = last.put(Words.join(words.subList(i, i + PHRASE)), i);
      int distance = before == null ? 0 : i - before;
      if (distance == 0 || distance != period) {
        from = i;
        repeated = distance == 0 ? 0 : sizes[i + PHRASE] - sizes[i];
      } else {
        repeated += Words.size(words.get(i + PHRASE - 1));
      }
      period = distance;
      if (repeated >= LEAST_REPEATED) {
        int round = sizes[i] - sizes[i - period];
        int rounds = round >= LEAST_REPEATED ? 2 : 3;
        if (repeated >= rounds * round) {
          String text = Words.join(words.subList(from - period, from));
          return Words.says(said, text)
              ? Optional.empty()
              : Optional.of("'" + shortened(text) + "' in a row");
        }
      }
    }
    return Optional.empty();
  }

  /** The sizes of the words before each place, summed. */
  private static int[] sizes(List<String> words) {
    int[] sizes = new int[words.size() + 1];
    for (int i = 0; i < words.size(); i++) {
      sizes[i + 1] = sizes[i] + Words.size(words.get(i));
    }
    return sizes;
  }

  /** Phrases that come often, by the share of the words that belong to one. */
  private static Optional<String> often(
      List<String> words, String said, int least, double threshold) {
    Map<String, Integer> counts = new HashMap<>();
    List<String> phrases = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String phrase = phrase(words, i);
      phrases.add(phrase);
      counts.merge(phrase, 1, Integer::sum);
    }
    int all = 0;
    int covered = 0;
    int until = 0;
    String most = "";
    for (int i = 0; i < words.size(); i++) {
      String phrase = phrases.get(i);
      int count = phrase.isEmpty() ? 0 : counts.getOrDefault(phrase, 0);
      if (count >= least) {
        until = Math.max(until, i + (int) phrase.chars().filter(c -> c == ' ').count() + 1);
        most = count > counts.getOrDefault(most, 0) || most.isEmpty() ? phrase : most;
      }
      int size = Words.size(words.get(i));
      all += size;
      covered += i < until ? size : 0;
    }
    double share = all == 0 ? 0 : (double) covered / all;
    return all >= LEAST_WORDS && share >= threshold && !Words.says(said, most)
        ? Optional.of(
            "'" + shortened(most) + "' " + counts.get(most) + " times, share " + figure(share))
        : Optional.empty();
  }

  /** The words of a phrase from a place on; empty if there are too few. */
  private static String phrase(List<String> words, int from) {
    int size = 0;
    int to = from;
    while (to < words.size() && size < PHRASE * Words.WORD) {
      size += Words.size(words.get(to++));
    }
    return size < PHRASE * Words.WORD ? "" : Words.join(words.subList(from, to));
  }

  /**
   * By lexical diversity, and by the share of words in three that stand in the answer before. Words
   * of one letter and numbers are left aside, as of formulas; so are scripts without spaces.
   */
  private static Optional<String> inFewWords(String answer, String said) {
    List<String> words =
        paragraphs(answer).stream()
            .flatMap(paragraph -> Words.sentences(paragraph).stream())
            .map(RougeTokenizer.UNICODE::tokenize)
            .filter(sentence -> !Words.says(said, Words.join(sentence)))
            .flatMap(List::stream)
            .filter(Loops::isWord)
            .toList();
    if (words.size() < LEAST_DIVERSE_WORDS) {
      return Optional.empty();
    }
    double diversity = LexicalDiversity.mtld(words).orElse(Double.MAX_VALUE);
    if (diversity < LEAST_DIVERSITY) {
      return Optional.of("lexical diversity " + figure(diversity));
    }
    double share = shareWrittenBefore(words);
    return share >= SHARE_WRITTEN_BEFORE
        ? Optional.of("share " + figure(share) + " in phrases written before")
        : Optional.empty();
  }

  /** The share of the words that belong to a phrase of three which stands before it too. */
  private static double shareWrittenBefore(List<String> words) {
    Set<List<String>> seen = new HashSet<>();
    BitSet before = new BitSet();
    for (int i = 0; i + SHORT_PHRASE <= words.size(); i++) {
      if (!seen.add(words.subList(i, i + SHORT_PHRASE))) {
        before.set(i, i + SHORT_PHRASE);
      }
    }
    return (double) before.cardinality() / words.size();
  }

  /**
   * Long lines, and short ones that are sentences and stand by themselves: no list and no verse.
   */
  private static List<String> paragraphs(String answer) {
    List<String> paragraphs = new ArrayList<>();
    for (String block : BLANK_LINE.split(answer)) {
      List<String> lines = withoutForm(block, CodeBlocks.all(block.lines().toList()));
      boolean items = block.lines().anyMatch(line -> ITEM.matcher(line.strip()).find());
      boolean few = lines.stream().filter(line -> line.length() < LINE).count() < LEAST_LINES;
      for (String line : lines) {
        boolean sentence = few && !items && SENTENCE_END.matcher(line).find();
        if (line.length() >= LINE || sentence) {
          paragraphs.add(line);
        }
      }
    }
    return paragraphs;
  }

  private static boolean isWord(String word) {
    return word.length() > 1
        && word.codePoints().allMatch(Character::isLetter)
        && Words.size(word) == Words.WORD;
  }

  private static Optional<String> inLines(String answer) {
    double share = Repetition.repeatedShare(answer);
    return share > SHARE_IN_LINES && answer.length() >= LEAST_CHARACTERS
        ? Optional.of("share " + figure(share) + " in lines written before")
        : Optional.empty();
  }

  /** Lines that are the same but for their numbers. */
  private static Optional<String> inNumberedLines(List<String> lines) {
    Set<List<String>> seen = new HashSet<>();
    int all = 0;
    int repeated = 0;
    for (String line : lines) {
      List<String> words = new ArrayList<>(RougeTokenizer.UNICODE.tokenize(line));
      words.removeIf(word -> Character.isDigit(word.charAt(0)));
      int size = Words.size(words);
      all += size;
      repeated += size >= LONG_LINE && !seen.add(words) ? size : 0;
    }
    double share = all == 0 ? 0 : (double) repeated / all;
    return share >= SHARE_IN_LINES
        ? Optional.of("share " + figure(share) + " in lines that differ in numbers alone")
        : Optional.empty();
  }

  private static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, text.offsetByCodePoints(0, 57)) + "...";
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
