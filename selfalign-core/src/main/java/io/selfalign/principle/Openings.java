package io.selfalign.principle;

import io.selfalign.text.RougeTokenizer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the first words of an answer tell. English, but for the echo. */
final class Openings {
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

  static Optional<String> apology(String query, String answer) {
    Matcher apology = APOLOGY.matcher(answer);
    return AnswerFilters.reason(apology.find() && !ASKED_FOR.matcher(query).find(), "opening")
        .map(opening -> "'" + apology.group().strip() + "'");
  }

  /** Whether an answer opens by declining, or by telling that it does not know. */
  static boolean isRefusal(String answer) {
    return REFUSAL.matcher(answer).find() || APOLOGY.matcher(answer).find();
  }

  static Optional<String> echo(String query, String answer, double threshold) {
    List<String> asked = RougeTokenizer.UNICODE.tokenize(query);
    List<String> answered = RougeTokenizer.UNICODE.tokenize(answer);
    int opening = Math.min(COMMON_OPENING, asked.size());
    if (opening == 0
        || answered.size() < opening
        || !answered.subList(0, opening).equals(asked.subList(0, opening))) {
      return Optional.empty();
    }
    Set<String> words = new HashSet<>(asked);
    double share = (double) answered.stream().filter(words::contains).count() / answered.size();
    return AnswerFilters.reason(
        share > threshold, AnswerFilters.figure(share) + " of its words are the query's");
  }
}
