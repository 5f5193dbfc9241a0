package io.selfalign.instruct;

import io.selfalign.model.Requests;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * How instructions on given topics are asked for: an introduction, the hints (a topic and a type of
 * question each) of all lines of a list, and the list's first lines, each of which repeats its hint
 * before the question. The last of them has its hint alone: the model goes on with its question,
 * and with the lines of the hints that are left. Immutable.
 *
 * <pre>
 * ... Plan:
 * 1. (Connecting Flights | Travel and transport)
 * 2. (Tree Frogs | Findings of natural science)
 *
 * List:
 * 1. (Connecting Flights | Travel and transport) How much time should I leave between ...?
 * 2. (Tree Frogs | Findings of natural science)
 * </pre>
 *
 * <p>After SELF-ALIGN (arXiv 2305.03047, section 3.1). The wording is this library's own.
 *
 * @param introduction what stands before everything
 * @param planTitle the line before the hints
 * @param listTitle the line before the list
 */
public record TopicTaskTemplate(String introduction, String planTitle, String listTitle) {
  private static final TopicTaskTemplate STANDARD =
      new TopicTaskTemplate(
          """
          These are questions and requests to an assistant, a program that reads text and answers in text. They are of many kinds, and in several of them it is easy to err.

          Each line of the list repeats one line of the plan, brackets included, and goes on with a question or request on this topic and of this kind. It is in English, one or two sentences long and clear by itself. No two are put in the same way.""",
          "Plan:",
          "List:");

  /** How a line with a hint begins, be it the right one. */
  private static final Pattern ANY_HINT =
      Pattern.compile("[\\s*_`]*+\\((?:[^()|]|\\([^()|]*+\\))*+\\|");

  /** A topic and a type of question, for which the model is to write something. */
  public record Hint(String topic, String questionType) {
    /** How the plan and the list show it. */
    public String text() {
      return "(" + topic + " | " + questionType + ")";
    }
  }

  /** Checks that no text is blank and all are Unicode. */
  public TopicTaskTemplate {
    for (String text : List.of(introduction, planTitle, listTitle)) {
      if (text.isBlank()) {
        throw new IllegalArgumentException("a text of the template is blank; write it");
      }
      Requests.checkUnicode("the template", text);
    }
    introduction = introduction.strip();
  }

  /** The template that this library was written with, in English. */
  public static TopicTaskTemplate standard() {
    return STANDARD;
  }

  /**
   * The prompt.
   *
   * @param shown the hints of the examples
   * @param questions their questions, as many
   * @param wanted the hints that the model is to write for
   */
  public String render(List<Hint> shown, List<String> questions, List<Hint> wanted) {
    if (shown.size() != questions.size()) {
      throw new IllegalArgumentException(
          shown.size() + " hints with " + questions.size() + " questions");
    }
    List<Hint> plan = new ArrayList<>(shown);
    plan.addAll(wanted);
    StringBuilder prompt = new StringBuilder(introduction).append("\n\n");
    prompt.append(planTitle).append('\n');
    for (int i = 0; i < plan.size(); i++) {
      prompt.append(i + 1).append(". ").append(plan.get(i).text()).append('\n');
    }
    prompt.append('\n').append(listTitle).append('\n');
    for (int i = 0; i < shown.size(); i++) {
      prompt.append(i + 1).append(". ").append(shown.get(i).text());
      prompt.append(' ').append(questions.get(i)).append('\n');
    }
    prompt.append(shown.size() + 1).append('.');
    wanted.stream().limit(1).forEach(hint -> prompt.append(' ').append(hint.text()));
    return prompt.toString();
  }

  /** What ends generation: the end of the list, or the line after its last. */
  public List<String> stop(int listLength) {
    return List.of("\n\n", "\n" + (listLength + 1) + ".");
  }

  /**
   * Reads what a model wrote after a prompt.
   *
   * @param text what it wrote
   * @param shown how many examples the prompt shows
   * @param wanted how many lines it asks for
   * @param complete false if the model was stopped by the limit on new tokens
   */
  public List<Piece> parse(String text, int shown, int wanted, boolean complete) {
    return LineListParser.parse(text, shown + 1, shown + wanted, complete);
  }

  /**
   * The question that a line asks, or nothing if the line belongs to another hint.
   *
   * @param hinted whether the prompt has the hint, so that the line need not repeat it
   */
  static Optional<String> question(Hint hint, String line, boolean hinted) {
    Optional<String> after = afterHint(hint, line);
    return after.isEmpty() && hinted && !ANY_HINT.matcher(line).lookingAt()
        ? Optional.of(Markup.unwrap(line))
        : after;
  }

  /**
   * What follows a hint that a line begins with, or nothing if it doesn't begin with it. Upper and
   * lower case, white space and Markdown before the hint don't matter.
   */
  static Optional<String> afterHint(Hint hint, String line) {
    String start = line.replaceFirst("^[\\s*_`]+", "");
    int[] expected = folded(hint.text()).toArray();
    int place = 0;
    int end = 0;
    while (place < expected.length && end < start.length()) {
      int codePoint = start.codePointAt(end);
      end += Character.charCount(codePoint);
      if (!isSpace(codePoint) && folded(codePoint) != expected[place++]) {
        return Optional.empty();
      }
    }
    return place < expected.length
        ? Optional.empty()
        : Optional.of(Markup.unwrap(start.substring(end).replaceFirst("^[\\s*_`:–-]+", "")));
  }

  private static IntStream folded(String text) {
    return text.codePoints().filter(c -> !isSpace(c)).map(TopicTaskTemplate::folded);
  }

  /** A character by itself: the lower case of a whole text depends on what stands beside it. */
  private static int folded(int codePoint) {
    return Character.toLowerCase(Character.toUpperCase(codePoint));
  }

  private static boolean isSpace(int codePoint) {
    return Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint);
  }
}
