package io.selfalign.answer;

import com.google.common.base.CharMatcher;
import io.selfalign.text.RougeTokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds where a text cites principles: a number with a name in brackets, as "7 (candor)", and the
 * word that the frame has for principles with a number or a name, as "rule 7" or "the dated
 * knowledge principle".
 */
final class Citations {
  private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
  private static final String BEFORE = "(?<![\\p{L}\\p{M}\\p{N}])";
  private static final String AFTER = "(?![\\p{L}\\p{M}\\p{N}])";
  private static final String NUMBER = "(\\d{1,3})(?![\\p{L}\\p{N}(]|[.,]\\d)";

  /** White space within a line: a number on the next line is that of a list's item. */
  private static final String BLANKS = "[ \\t\\u00A0]*";

  /** Endings that another number or case of a word may have. */
  private static final List<String> ENDINGS = List.of("es", "s", "en", "n");

  /** A stem is at least as long as this; the last vowel of a longer one may be another. */
  private static final int STEM = 4;

  private static final String VOWELS = "aeio";

  private final int principles;
  private final List<Pattern> always = new ArrayList<>();
  private final List<Pattern> byWord = new ArrayList<>();
  private final Pattern word;

  /**
   * For names of principles in the order of their numbers.
   *
   * @param words what the frame calls a principle, in any form
   */
  Citations(List<String> names, List<String> words) {
    principles = names.size();
    String principleWord = alternatives(words.stream().map(Citations::anyForm).toList());
    word = Pattern.compile(principleWord, FLAGS);
    if (names.isEmpty()) {
      return;
    }
    String anyName = alternatives(names.stream().map(Citations::spelling).toList());
    always.add(compile(BEFORE + "(\\d{1,3})\\s*[(（\\[]\\s*" + anyName + "\\s*[)）\\]]"));
    if (words.isEmpty()) {
      return;
    }
    byWord.add(compile(principleWord + BLANKS + "[#№]?" + BLANKS + NUMBER));
    byWord.add(compile(principleWord + BLANKS + "[(（\\[\"“'‘«]\\s*" + anyName + AFTER));
    List<String> longNames = names.stream().filter(Citations::hasSpace).toList();
    if (!longNames.isEmpty()) {
      String longName = alternatives(longNames.stream().map(Citations::spelling).toList());
      byWord.add(compile(BEFORE + longName + "[\"”'’»)]?\\s+" + principleWord));
      byWord.add(compile(principleWord + "[:\\s]\\s*(?:\\S{1,4}\\s+)?" + longName + AFTER));
    }
  }

  /**
   * The citation as the text has it. A query that has the word for principles itself may be
   * answered with it; one that cites itself is answered with anything.
   */
  Optional<String> find(String query, String answer) {
    return first(always, query, answer)
        .or(
            () ->
                byWord.isEmpty() || hasWord(query)
                    ? Optional.empty()
                    : first(byWord, query, answer));
  }

  /** Whether a text has the word for principles. */
  boolean hasWord(String text) {
    return !word.pattern().isEmpty() && word.matcher(text).find();
  }

  private Optional<String> first(List<Pattern> patterns, String query, String answer) {
    for (Pattern pattern : patterns) {
      if (!pattern.matcher(query).find()) {
        Matcher matcher = pattern.matcher(answer);
        while (matcher.find()) {
          if (matcher.groupCount() == 0 || isPrinciple(matcher.group(1))) {
            return Optional.of(matcher.group());
          }
        }
      }
    }
    return Optional.empty();
  }

  private boolean isPrinciple(String number) {
    int value = Integer.parseInt(number);
    return value >= 1 && value <= principles;
  }

  private static Pattern compile(String pattern) {
    return Pattern.compile(pattern, FLAGS);
  }

  private static boolean hasSpace(String name) {
    return name.strip().chars().anyMatch(Character::isWhitespace);
  }

  /** A name, whatever stands between its words: "multi-aspect", "multi aspect". */
  private static String spelling(String name) {
    return RougeTokenizer.UNICODE.tokenize(name).stream()
        .map(Pattern::quote)
        .collect(Collectors.joining("[^\\p{L}\\p{N}]*(?:and\\b[^\\p{L}\\p{N}]*)?"));
  }

  private static String anyForm(String word) {
    List<String> tokens = RougeTokenizer.UNICODE.tokenize(word);
    String whole = String.join("", tokens);
    if (Words.size(tokens.get(0)) < Words.WORD) {
      return Pattern.quote(whole); // scripts without spaces have no endings
    }
    if (!CharMatcher.ascii().matchesAllOf(whole) && whole.length() > STEM) {
      return BEFORE + Pattern.quote(whole.substring(0, whole.length() - 1)) + "\\p{L}{0,2}" + AFTER;
    }
    return BEFORE + alternatives(forms(whole).stream().map(Pattern::quote).toList()) + AFTER;
  }

  /** A word in singular and plural, as far as endings tell: rule, rules; Regel, Regeln. */
  private static Set<String> forms(String word) {
    Set<String> stems = new LinkedHashSet<>(List.of(word));
    for (String ending : ENDINGS) {
      if (word.endsWith(ending) && word.length() - ending.length() >= STEM) {
        stems.add(word.substring(0, word.length() - ending.length()));
      }
    }
    Set<String> forms = new LinkedHashSet<>(stems);
    for (String stem : stems) {
      ENDINGS.forEach(ending -> forms.add(stem + ending));
      int last = stem.length() - 1;
      if (last > STEM && VOWELS.indexOf(stem.charAt(last)) >= 0) {
        VOWELS.chars().forEach(vowel -> forms.add(stem.substring(0, last) + (char) vowel));
      }
    }
    return forms;
  }

  private static String alternatives(List<String> patterns) {
    return patterns.isEmpty()
        ? ""
        : patterns.stream()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .collect(Collectors.joining("|", "(?:", ")"));
  }
}
