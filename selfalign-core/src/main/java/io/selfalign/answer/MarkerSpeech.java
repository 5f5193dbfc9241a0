package io.selfalign.answer;

import io.selfalign.internal.text.CodeBlocks;
import io.selfalign.text.RougeTokenizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds a turn marker in a text, also within a line and spelt in another way: with more signs or
 * fewer, in bold, in capitals.
 */
final class MarkerSpeech {
  private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
  private static final String NO_LETTER_BEFORE = "(?<![\\p{L}\\p{M}\\p{N}])";
  private static final String NO_LETTER_AFTER = "(?![\\p{L}\\p{M}\\p{N}])";
  private static final String GAP = "[^\\p{L}\\p{N}\\r\\n]{1,3}";
  private static final Pattern BRACKETS = Pattern.compile("[(（\\[]([^()（）\\[\\]]+)[)）\\]]");

  /** So many words in a row are a marker wherever they stand. */
  private static final int TELLING = 3;

  private final String words;

  /** Whether it begins with a sign, as {@code ## User}. Then the word alone is no mention of it. */
  private final boolean signed;

  private final List<Pattern> patterns = new ArrayList<>();

  /** For a marker without the white space around it, such as {@code ## User}. */
  MarkerSpeech(String marker) {
    List<String> tokens = RougeTokenizer.UNICODE.tokenize(marker);
    words = Words.join(tokens);
    if (tokens.isEmpty()) {
      signed = false;
      return;
    }
    String spelt = String.join(GAP, tokens.stream().map(Pattern::quote).toList());
    char first = marker.charAt(0);
    signed = !Character.isLetterOrDigit(first);
    if (signed) {
      String sign = Pattern.quote(String.valueOf(first));
      add("(?m)^[ \\t]*+" + sign + "++[ \\t]*+[*_]{0,4}" + spelt + "[^\\p{L}\\p{N}\\r\\n]*+$");
      add(
          "(?<=\\S[ \\t]{0,8})(?<!"
              + sign
              + ")"
              + sign
              + "{2,}+[ \\t]*+"
              + spelt
              + NO_LETTER_AFTER);
    } else if (marker.endsWith(":") || marker.endsWith("：")) {
      String colon = "[*_]*\\s?[:：]";
      add("(?m)^[^\\p{L}\\p{N}\\r\\n]{0,4}" + spelt + colon);
      patterns.add(Pattern.compile("[.!?…。！？\"”)]\\s*" + spelling(marker) + "[:：]\\s"));
    }
    if (tokens.size() >= TELLING) {
      add(NO_LETTER_BEFORE + spelt + NO_LETTER_AFTER);
    }
    bracketed(marker);
  }

  /** In brackets stands what sets thoughts apart, such as "internal thoughts". */
  private void bracketed(String marker) {
    Matcher brackets = BRACKETS.matcher(marker);
    while (brackets.find()) {
      List<String> inside = RougeTokenizer.UNICODE.tokenize(brackets.group(1));
      if (Words.size(inside) >= 2 * Words.WORD) {
        String spelt = String.join(GAP, inside.stream().map(Pattern::quote).toList());
        add(NO_LETTER_BEFORE + spelt + NO_LETTER_AFTER);
      }
    }
  }

  private static String spelling(String marker) {
    return Pattern.quote(marker.substring(0, marker.length() - 1).strip());
  }

  private void add(String pattern) {
    patterns.add(Pattern.compile(pattern, FLAGS));
  }

  /**
   * The marker as the text has it, outside of code, if the query does not speak of it.
   *
   * @param query what was asked
   * @param said the query's words between spaces
   */
  Optional<String> find(String query, String said, String answer) {
    boolean mentioned =
        signed
            ? patterns.stream().anyMatch(pattern -> pattern.matcher(query).find())
            : Words.says(said, words);
    if (mentioned) {
      return Optional.empty();
    }
    for (Pattern pattern : patterns) {
      Matcher matcher = pattern.matcher(answer);
      while (matcher.find()) {
        String found = matcher.group().strip();
        if (signed || !Words.says(said, Words.join(RougeTokenizer.UNICODE.tokenize(found)))) {
          return Optional.of(found);
        }
      }
    }
    return Optional.empty();
  }

  /** A text without its code. */
  static String prose(String text) {
    List<String> lines = text.lines().toList();
    BitSet code = CodeBlocks.all(lines);
    StringBuilder prose = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      prose.append(code.get(i) ? "" : lines.get(i)).append('\n');
    }
    return prose.toString();
  }
}
