package io.selfalign.internal.text;

import io.selfalign.text.RougeTokenizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the first words of an answer tell. English, but for the echo. */
public final class AnswerOpenings {
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

  private static final Pattern DECLINING_ASKED_FOR =
      Pattern.compile(
          ASKED_FOR.pattern()
              + "|\\bdeclin|\\brefus|\\bturn(?:ing)? \\w+ down|\\bsay(?:ing)? no\\b|\\breject"
              + "|\\b(?:say|tell|write|explain|note|letter|message|e-?mail|text)\\b[^.?!]{0,60}"
              + "\\b(?:can(?:no|['’])t|can not|won['’]t|unable|not able)\\b");

  /** What may come before a sentence says what it has to say. */
  private static final String LEAD =
      "(?i)^\\W*+(?:(?:oh|well|hello|hi|unfortunately|no|however|but|as an? [^.,]{0,60}+[.,]"
          + "|(?:I['’]m|I am)(?: so| very| really| truly)? (?:sorry|afraid)|sorry"
          + "|(?:my )?apologies|I apologi[sz]e)\\b?\\W++(?:but\\b\\W*+|that\\b\\W*+)?){0,4}+";

  private static final String CAN_NOT =
      "(?:I|we)\\s+(?:can(?:no|['’])t|can not|could(?:n['’]t| not)|am (?:not able|unable) to"
          + "|do(?:n['’]t| not) have (?:the|any) (?:ability|way|means) (?:to|of))"
          + "|(?:I['’]m|we['’]re|we are) (?:not able|unable) to";

  /** What people can't do without declining anything: "I can't wait to see you". */
  private static final String IDIOM =
      "(?!\\s+(?:\\w+ly )?(?:wait|believe|imagine|stress|emphasi[sz]e|overstate|thank|complain|deny"
          + "|resist|argue with|stand|bear|help (?:but|\\w+ing)|wish|(?:recommend|praise)\\b[^.]{0,60}"
          + "\\b(?:enough|highly|more)))";

  private static final String HAVE_NOT =
      "(?:I|we)\\s+(?:have (?:no|not|never)\\b|do(?:n['’]t| not) (?:actually |currently )?have\\b"
          + "|lack\\b)";

  /** Verbs of perceiving and knowing: who can't do these doesn't know. */
  private static final Pattern NOT_KNOWING =
      Pattern.compile(
          LEAD
              + "(?:(?:I|we)\\s+(?:(?:really |simply |just |honestly )?do(?:n['’]t| not)"
              + " (?:actually |really )?(?:know|recall|remember)\\b"
              + "|am not (?:sure|aware|certain|familiar)\\b"
              + "|(?:have|['’]ve) (?:never (?:heard|read|come across)|(?:read|heard) nothing))"
              + "|(?:I['’]m) not (?:sure|aware|certain|familiar)\\b"
              + "|(?:"
              + CAN_NOT
              + ")\\s+(?:\\w+ly )?(?:see|know|look|access|browse|check|tell\\b(?! (?:lies|a lie))|say\\b"
              + "|predict|foresee|verify|confirm|observe|find out|determine|remember|recall|guess)"
              + "|(?:"
              + CAN_NOT
              + ")\\s+(?:\\w+\\W+){1,4}?(?:real[- ]time|current|live|up[- ]to[- ]date|latest|today['’]s)\\b"
              + "|(?:"
              + HAVE_NOT
              + ")\\W+(?:\\w+\\W+){0,5}?(?:access|information|knowledge|data|records?|details?|way|means|idea"
              + "|memory|up[- ]to[- ]date|real[- ]time)\\b"
              + "|(?:that|this|it|what[^.,;]{0,60}) (?:is|was) (?:not (?:known|something (?:that )?I)|unknown"
              + "|nothing (?:that )?I|beyond (?:my|what I))"
              + "|(?:my knowledge|what I have read|what I know) (?:ends|stops|only goes))");

  private static final Pattern REFUSAL =
      Pattern.compile(
          LEAD
              + "(?:(?:I|we)\\s+(?:wo(?:n['’]t)|will not|would not|must (?:not|decline|refuse)"
              + "|have to (?:decline|refuse)|refuse|decline|strongly (?:advise|urge)"
              + "|do(?:n['’]t| not) (?:think it (?:is|would be) (?:right|appropriate|ethical)"
              + "|help|assist|provide|support|engage|condone|encourage|promote))"
              + "|(?:I['’]m| ?I am|we are) not (?:going|willing|allowed|comfortable|in a position)\\b"
              + "|(?:"
              + CAN_NOT
              + ")"
              + IDIOM
              + "|(?:it|that|this) (?:is|['’]s|would be) (?:(?:not (?:appropriate|ethical|acceptable"
              + "|possible for me)|inappropriate|unethical)\\b|(?<=would be )(?:illegal|wrong|harmful|not legal)\\b|(?:not (?:legal|right|safe)|illegal|wrong"
              + "|harmful)(?:,? (?:and|so)\\s+I\\b| to (?:do (?:so|that|this|it)|help)\\b)))");

  /** How an answer tells its limit, wherever it does. */
  private static final Pattern LIMIT =
      Pattern.compile(
          "(?i)\\bI\\s+(?:(?:really |simply |just )?do(?:n['’]t| not) (?:actually |really )?know\\b"
              + "|can(?:no|['’])?\\s?(?:t|not)\\s+(?:\\w+ly )?(?:see|know|look|access|browse|check|tell\\b|say\\b"
              + "|predict|foresee|verify|confirm|observe|find out|guess)"
              + "|have (?:no|not) (?:\\w+\\W+){0,4}?(?:access|information|knowledge|data|records?|way|means|idea)\\b"
              + "|have (?:read|heard) nothing|have never (?:heard|read)"
              + "|do(?:n['’]t| not) have (?:\\w+\\W+){0,5}?(?:access|information|knowledge|data|records?|details?"
              + "|way|means)\\b"
              + "|am (?:not (?:sure|aware|certain|able to (?:see|know|look|access|check|tell))|unable to"
              + " (?:see|know|look|access|check|tell)))"
              + "|\\bI['’]m (?:not (?:sure|aware|certain|able to (?:see|know|look|access|check|tell))"
              + "|unable to (?:see|know|look|access|check|tell))"
              + "|\\b(?:not|nothing) (?:something )?(?:that )?I (?:can|could) (?:see|know|look|check|tell|find)"
              + "|\\bbeyond (?:my (?:knowledge|reach)|what I (?:know|have read|can))"
              + "|\\b(?:my (?:knowledge|training|reading)|what I (?:have read|know|learn(?:ed|t)))"
              + " (?:ends?|stops?|only goes|does(?:n['’]t| not) (?:reach|cover|go)|is (?:not|out of date))"
              + "|\\bwould be (?:a guess|invented|made up|speculation)");

  /** More of a sentence is not looked at. */
  private static final int LONGEST_SENTENCE = 400;

  private static final Pattern SENTENCE =
      Pattern.compile("\\G(?s).{1," + LONGEST_SENTENCE + "}?(?:[.!?…](?=\\s|$)|\\R|$)\\s*");

  private static final int DECLINING_SENTENCES = 2;

  /** So few words tell nothing yet: "Interesting question!" */
  private static final int GREETING = 2;

  /** So many words of a query's beginning mark an echo. */
  private static final int COMMON_OPENING = 5;

  private AnswerOpenings() {}

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

  /**
   * How an answer begins by declining, if it does: by refusing in its first two sentences, or by
   * not knowing in the first, or in the second after a word or two or a refusal. English. An answer
   * that first tells what is known, and its limit afterwards, declines nothing: see {@link
   * #admitsLimit}.
   *
   * @param query what was asked; where it asks for an apology, a refusal or the like, an answer
   *     that gives it declines nothing
   */
  public static Declining declining(String query, String answer) {
    return DECLINING_ASKED_FOR.matcher(query).find() ? Declining.NONE : declining(answer);
  }

  private static Declining declining(String answer) {
    Declining declining = Declining.NONE;
    int told = 0;
    List<String> sentences = firstSentences(answer.strip());
    for (int i = 0; i < sentences.size(); i++) {
      String sentence = sentences.get(i);
      boolean begins = i == 0 || told <= GREETING || declining != Declining.NONE;
      if (begins && NOT_KNOWING.matcher(sentence).find()) {
        return Declining.NOT_KNOWING;
      }
      told = TextMeasures.countWords(sentence);
      boolean sorry = i == 0 && APOLOGY.matcher(sentence).find();
      if (sorry || REFUSAL.matcher(sentence).find()) {
        declining = Declining.REFUSAL;
      }
    }
    return declining;
  }

  /** The first sentences; of one that is too long its beginning, and nothing after it. */
  private static List<String> firstSentences(String text) {
    List<String> first = new ArrayList<>();
    Matcher sentences = SENTENCE.matcher(text);
    int end = 0;
    while (first.size() < DECLINING_SENTENCES && end < text.length()) {
      if (!sentences.find()) {
        first.add(text.substring(end, Math.min(text.length(), end + LONGEST_SENTENCE)));
        return first;
      }
      first.add(sentences.group());
      end = sentences.end();
    }
    return first;
  }

  /**
   * Whether an answer says, anywhere, that it does not know or can't find out: "what is happening
   * there now is not something I can see". English.
   */
  public static boolean admitsLimit(String answer) {
    return LIMIT.matcher(answer).find() || declining(answer) == Declining.NOT_KNOWING;
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
