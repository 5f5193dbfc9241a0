package io.selfalign.eval;

import io.selfalign.pipeline.Settings;

/**
 * How a question is put to a model: a text with the question in it, after which an answer is scored
 * or generated.
 *
 * <p>Spaces at the end of the template go before the answer instead: tokenizers keep a word and the
 * space before it in one token.
 *
 * @param name what results call the style, such as {@code plain}
 * @param template the text, with {@value #QUESTION} once where the question goes
 */
public record PromptStyle(String name, String template) {
  /** Where the question goes. */
  public static final String QUESTION = "{question}";

  private static final String PLAIN = "Q: " + QUESTION + "\nA: ";
  private static final String DIALOGUE = "\n\n## User\n" + QUESTION + "\n\n## Assistant\n";

  /**
   * Checks both.
   *
   * @throws IllegalArgumentException if the name is blank, or the question is not once in the
   *     template
   */
  public PromptStyle {
    if (name.isBlank()) {
      throw new IllegalArgumentException("the name of a prompt style is blank");
    }
    int first = template.indexOf(QUESTION);
    if (first < 0 || template.indexOf(QUESTION, first + 1) >= 0) {
      throw new IllegalArgumentException(
          "the template of prompt style '" + name + "' must have " + QUESTION + " once");
    }
  }

  /** The question alone, between the {@code Q:} and {@code A:} of TruthfulQA's format. */
  public static PromptStyle plain() {
    return new PromptStyle("plain", PLAIN);
  }

  /**
   * The question after questions with their answers in the same form. TruthfulQA's own preamble is
   * published with it, and not part of this library.
   *
   * @param preamble the examples, with a blank line between one and the next
   */
  public static PromptStyle fewShot(String preamble) {
    return new PromptStyle("few-shot", preamble.strip() + "\n\n" + PLAIN);
  }

  /**
   * The question to an assistant that a text describes.
   *
   * @param persona the description, after which the question follows as a user's turn; or the whole
   *     prompt, if it has {@value #QUESTION} in it
   */
  public static PromptStyle persona(String persona) {
    return new PromptStyle(
        "persona", persona.contains(QUESTION) ? persona : persona.strip() + DIALOGUE);
  }

  /** The prompt: the template with a question in it, without spaces at its end. */
  public String prompt(String question) {
    return template.substring(0, end()).replace(QUESTION, question.strip());
  }

  /** An answer as the prompt's continuation: after the spaces that end the template. */
  public String continuation(String answer) {
    return template.substring(end()) + answer;
  }

  Settings settings() {
    return Settings.builder().add("name", name).add("template", template).build();
  }

  private int end() {
    int end = template.length();
    while (template.charAt(end - 1) == ' ') {
      end--;
    }
    return end;
  }
}
