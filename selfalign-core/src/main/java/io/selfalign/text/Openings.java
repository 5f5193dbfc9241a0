package io.selfalign.text;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the first words of an answer tell. English, but for the echo. */
public final class Openings {
  // Repetitions of groups have a limit: without one, a model caught in a loop ("so so so ...")
  // fills
  // the stack.
  private static final Pattern APOLOGY =
      Pattern.compile(
          "(?i)^\\W*(?:(?:oh|well|hello|hi)\\W+)?"
              + "(?:(?:I(?:['’]m| am)|we(?:['’]re| are))\\s+)?"
              + "(?:(?:so|very|really|truly|terribly|deeply|afraid|but)\\W+){0,4}"
              + "(?:sorry\\b(?!\\s+(?:to hear|to learn|to read|for your|for the loss|that you|about"
              + " your))|(?:please\\s+accept\\s+)?(?:my|our)\\s+(?:sincere(?:st)?\\s+|deepest\\s+)?"
              + "apologies|apologies\\b|(?:I|we)(?:\\s+(?:must|do|sincerely|deeply)){0,4}\\s+apologi[sz]e"
              + "|please\\s+(?:forgive|excuse)\\s+me|forgive\\s+me|pardon\\s+me)");

  private static final Pattern ASKED_FOR =
      Pattern.compile("(?i)\\bapolog|\\bsorry\\b|\\bforgive|\\bregret|\\bexcus");

  private static final Pattern REFUSAL =
      Pattern.compile(
          "(?i)^\\W*(?:(?:unfortunately|no|as an? [^.,]{0,60})\\W+){0,4}(?:but\\W+)?"
              + "(?:I(?:['’]m| am)\\s+(?:not\\s+(?:able|going|willing|allowed|in a position)\\b"
              + "|unable\\b)"
              + "|I\\s+(?:can(?:no|['’])t|can not|could(?:n['’]t| not)|wo(?:n['’]t)|will not"
              + "|must (?:decline|refuse)|have to (?:decline|refuse)|refuse|decline"
              + "|do(?:n['’]t| not) (?:know|have))\\b)");

  /** So many words of a query's beginning mark an echo. */
  private static final int COMMON_OPENING = 5;

  private Openings() {}

  /**
   * The apology that an answer opens with, for what it can't or won't do, if there is one that the
   * query did not ask for. Sympathy is none. English.
   */
  public static Optional<String> apology(String query, String answer) {
    Matcher apology = APOLOGY.matcher(answer);
    return apology.find() && !ASKED_FOR.matcher(query).find()
        ? Optional.of(apology.group().strip())
        : Optional.empty();
  }

  /** Whether an answer opens by declining, or by telling that it does not know. */
  public static boolean isRefusal(String answer) {
    return REFUSAL.matcher(answer).find() || APOLOGY.matcher(answer).find();
  }

  /**
   * The share of an answer's words that the query has too, 0 to 1, if the answer begins with the
   * query's first {@value #COMMON_OPENING} words, or all it has.
   */
  public static OptionalDouble echo(String query, String answer) {
    List<String> asked = RougeTokenizer.UNICODE.tokenize(query);
    List<String> answered = RougeTokenizer.UNICODE.tokenize(answer);
    int opening = Math.min(COMMON_OPENING, asked.size());
    if (opening == 0
        || answered.size() < opening
        || !answered.subList(0, opening).equals(asked.subList(0, opening))) {
      return OptionalDouble.empty();
    }
    Set<String> words = new HashSet<>(asked);
    return OptionalDouble.of(
        (double) answered.stream().filter(words::contains).count() / answered.size());
  }
}
