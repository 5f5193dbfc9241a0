package io.selfalign.instruct;

import io.selfalign.model.Requests;
import java.util.List;

/**
 * How topics of a type of question are asked for: an introduction, then a numbered list of topics
 * that are known, up to the number at which the model goes on. Immutable.
 *
 * @param introduction what stands before the list; {@code {count}} in it becomes {@code
 *     listLength}, {@code {type}} the type of question
 * @param listLength how many topics the list is said to have, those shown included; where the next
 *     would begin, generation stops
 */
public record TopicListTemplate(String introduction, int listLength) {
  private static final TopicListTemplate STANDARD =
      new TopicListTemplate(
          """
          This is a list of {count} topics. Each is a subject of questions of one kind, which the list's title describes:

          {type}

          A topic names something in particular. It has one to three words, begins with a capital letter and ends without a full stop. No topic occurs twice, and they lie as far apart as the kind of question allows.""",
          30);

  /**
   * Checks the introduction.
   *
   * @throws IllegalArgumentException if it is blank, not Unicode, or lacks {@code {type}}; or the
   *     list length is under 2
   */
  public TopicListTemplate {
    if (!introduction.contains("{type}")) {
      throw new IllegalArgumentException("the introduction must have {type} in it");
    }
    Requests.checkUnicode("introduction", introduction);
    if (listLength < 2) {
      throw new IllegalArgumentException("listLength is " + listLength + ", but must be 2 up");
    }
    introduction = introduction.strip();
  }

  /** The template that this library was written with, in English. */
  public static TopicListTemplate standard() {
    return STANDARD;
  }

  /** The prompt that shows these topics, up to the number of the next. */
  public String render(String questionType, List<String> topics) {
    StringBuilder prompt = new StringBuilder();
    prompt.append(
        introduction
            .replace("{count}", String.valueOf(listLength))
            .replace("{type}", questionType));
    prompt.append("\n\n");
    int number = 1;
    for (String topic : topics) {
      prompt.append(number++).append(". ").append(topic).append('\n');
    }
    return prompt.append(number).append('.').toString();
  }

  /**
   * What ends generation: the end of the list, or the line after its last.
   *
   * @see LineListParser
   */
  public List<String> stop() {
    return List.of("\n\n", "\n" + (listLength + 1) + ".");
  }

  /** Reads what a model wrote after a prompt that shows this many topics. */
  public List<Piece> parse(String text, int shown, boolean complete) {
    return LineListParser.parse(text, shown + 1, listLength, complete);
  }
}
