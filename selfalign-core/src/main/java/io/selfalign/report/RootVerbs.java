package io.selfalign.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The root verb of an instruction in English and the noun that it is about, without a parser:
 *
 * <ol>
 *   <li>The verb is the first word, if it is in the list {@code verbs.txt}; else the first such
 *       word, among the first twenty, that begins a clause or follows "to", "please", "you" or the
 *       like. Without one, a word that asks, such as "what", is taken if it is the first.
 *   <li>The noun is the last word of the first run of words after it that are no articles,
 *       pronouns, numbers, prepositions and the like: {@code story} of "write me a short story
 *       about". An -s of the plural is taken off.
 * </ol>
 */
final class RootVerbs {
  /** What an instruction asks for; the noun may be missing. */
  record Root(String verb, Optional<String> noun) {}

  private static final int VERB_WITHIN = 20;
  private static final int NOUN_WITHIN = 12;
  private static final int LONGEST_WORD = 30;

  /** Words, and marks that end a clause. */
  private static final Pattern TOKEN = Pattern.compile("[\\p{L}][\\p{L}'’-]*|\\d+|[.,:;!?()\"\\n]");

  private static final Set<String> VERBS = verbs();

  private static final Set<String> ASKING =
      words("what how why who which where when is are can could do does did should would will if");

  private static final Set<String> BEFORE_VERB =
      words("to please you and then also now kindly let's must should can could would will");

  /** They stand before a noun and are none. */
  private static final Set<String> SKIPPED =
      words(
          "a an the this that these those some any all each every both either neither no another"
              + " other such my your his her its our their me you him us them it i we they someone"
              + " yourself one two three four five six seven eight nine ten several many few more"
              + " most much least up out down off back not very how what why who whom whose which"
              + " where when whether if is are was were be been do does did can could should would"
              + " will may might must has have had there given following different new good short"
              + " long brief simple detailed specific between");

  /** They end the words of a noun. */
  private static final Set<String> BOUNDARY =
      words(
          "of about for to in on at by with from into onto over under as using that which who whose"
              + " when where while and or but so because than then through during without within"
              + " against among based describing explaining containing including given below above"
              + " is are was were be has have had can could should would will may might must");

  private RootVerbs() {}

  private static Set<String> words(String words) {
    return ImmutableSet.copyOf(words.split(" "));
  }

  private static Set<String> verbs() {
    try {
      // Asked for by this class: Guava may not read resources of another module.
      URL list = requireNonNull(RootVerbs.class.getResource("verbs.txt"));
      return Resources.readLines(list, UTF_8).stream()
          .filter(line -> !line.startsWith("#"))
          .flatMap(line -> List.of(line.split(" ")).stream())
          .filter(verb -> !verb.isEmpty())
          .collect(ImmutableSet.toImmutableSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The verb and noun of an instruction, if a verb is found. */
  static Optional<Root> of(String instruction) {
    List<String> tokens =
        TOKEN
            .matcher(instruction.substring(0, Math.min(instruction.length(), 2_000)))
            .results()
            .limit(VERB_WITHIN + NOUN_WITHIN)
            .map(match -> match.group().toLowerCase(Locale.ROOT))
            .toList();
    int verb = verb(tokens);
    if (verb >= 0) {
      return Optional.of(new Root(tokens.get(verb), noun(tokens, verb + 1)));
    }
    return tokens.stream()
        .findFirst()
        .filter(ASKING::contains)
        .map(asking -> new Root(asking + " …?", noun(tokens, 1)));
  }

  private static int verb(List<String> tokens) {
    for (int i = 0; i < Math.min(tokens.size(), VERB_WITHIN); i++) {
      if (VERBS.contains(tokens.get(i))
          && (i == 0 || !isWord(tokens.get(i - 1)) || BEFORE_VERB.contains(tokens.get(i - 1)))) {
        return i;
      }
      if (i == 0 && ASKING.contains(tokens.get(i)) && !isRequest(tokens)) {
        return -1;
      }
    }
    return -1;
  }

  /** "Can you write": a task in the form of a question. */
  private static boolean isRequest(List<String> tokens) {
    return tokens.size() > 1 && (tokens.get(1).equals("you") || tokens.get(0).equals("if"));
  }

  private static Optional<String> noun(List<String> tokens, int from) {
    Optional<String> last = Optional.empty();
    for (int i = from; i < Math.min(tokens.size(), from + NOUN_WITHIN); i++) {
      String token = tokens.get(i);
      boolean ends = !isWord(token) || BOUNDARY.contains(token);
      if (ends && last.isPresent()) {
        break;
      }
      if (!ends && !SKIPPED.contains(token) && token.length() <= LONGEST_WORD) {
        last = Optional.of(token);
      }
    }
    return last.map(RootVerbs::singular);
  }

  private static boolean isWord(String token) {
    return Character.isLetter(token.charAt(0));
  }

  private static String singular(String noun) {
    if (noun.length() > 4 && noun.endsWith("ies")) {
      return noun.substring(0, noun.length() - 3) + "y";
    }
    boolean plural =
        noun.length() > 3
            && noun.endsWith("s")
            && !noun.endsWith("ss")
            && !noun.endsWith("us")
            && !noun.endsWith("is")
            && !noun.endsWith("'s");
    return plural ? noun.substring(0, noun.length() - 1) : noun;
  }
}
