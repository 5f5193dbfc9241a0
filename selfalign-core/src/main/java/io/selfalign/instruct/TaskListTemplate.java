package io.selfalign.instruct;

import io.selfalign.model.Requests;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How Self-Instruct asks for tasks: an introduction that states what the tasks are like, then a
 * numbered list of examples, up to the label at which the model goes on. {@link TaskListParser}
 * reads what the model writes then. Immutable.
 *
 * <pre>
 * This is a list of 20 tasks ...
 *
 * 1. Instruction: Is an egg that floats in water always bad?
 * Input: &lt;noinput&gt;
 * Output: No. It floats because ...
 *
 * 2. Instruction: ...
 *
 * 6. Instruction:
 * </pre>
 *
 * <p>After Self-Instruct (arXiv 2212.10560, section 2.2) as SELF-ALIGN uses it (arXiv 2305.03047,
 * section 3.1). The wording is this library's own.
 *
 * @param introduction what stands before the list; {@code {count}} in it becomes {@code listLength}
 * @param listLength how many tasks the list is said to have, examples included; where the next
 *     would begin, generation stops
 * @param instructionLabel what a task's instruction follows, without the colon
 * @param inputLabel what its input follows
 * @param outputLabel what its output follows
 * @param noInput what stands for an input that isn't needed
 */
public record TaskListTemplate(
    String introduction,
    int listLength,
    String instructionLabel,
    String inputLabel,
    String outputLabel,
    String noInput) {
  private static final Pattern LABEL = Pattern.compile("\\p{L}[\\p{L}\\p{M} ]*");

  private static final TaskListTemplate STANDARD =
      new TaskListTemplate(
          """
          This is a list of {count} tasks for a general assistant: a program that reads text and answers in text. Those who put the list together kept to these rules:

          - No two tasks ask for the same thing. They begin with different verbs and come from all parts of life: home, work, school, travel, health, money, science, numbers, code, language, the arts and many more.
          - Some tasks are questions, some are requests or orders, and some describe a situation first and then ask.
          - All kinds of work occur: explaining, advising, planning, comparing, sorting into given classes, rewriting, shortening, correcting, inventing, calculating, playing a role.
          - Text is all that a task needs, and all that comes out. No task wants the assistant to look at, draw, play, open or send something, to wake somebody up, or to know what day it is.
          - An instruction is one or two sentences in English, clear without further questions.
          - An input is what the instruction is about, such as a message, a table, a program or a passage. It looks as it would in real life, says everything in full without blanks to fill in, and has at most 100 words. Where the instruction needs no input, <noinput> stands in its place.
          - An output is a right answer to the instruction and its input, in at most 100 words.""",
          20,
          "Instruction",
          "Input",
          "Output",
          "<noinput>");

  /**
   * Checks the texts.
   *
   * @throws IllegalArgumentException if one is blank or not Unicode, the labels aren't different
   *     words, or the list length is under 2
   */
  public TaskListTemplate {
    checkText("introduction", introduction);
    checkText("noInput", noInput);
    for (String label : List.of(instructionLabel, inputLabel, outputLabel)) {
      if (!LABEL.matcher(label).matches()) {
        throw new IllegalArgumentException(
            "label '" + label + "' must be letters, without colon or markup");
      }
    }
    if (instructionLabel.equalsIgnoreCase(inputLabel)
        || instructionLabel.equalsIgnoreCase(outputLabel)
        || inputLabel.equalsIgnoreCase(outputLabel)) {
      throw new IllegalArgumentException(
          String.format(
              "labels '%s', '%s' and '%s' must differ", instructionLabel, inputLabel, outputLabel));
    }
    if (listLength < 2) {
      throw new IllegalArgumentException("listLength is " + listLength + ", but must be 2 up");
    }
    introduction = introduction.strip();
  }

  /** The template that this library was written with, in English. */
  public static TaskListTemplate standard() {
    return STANDARD;
  }

  /** This template with another introduction. */
  public TaskListTemplate withIntroduction(String newIntroduction) {
    return new TaskListTemplate(
        newIntroduction, listLength, instructionLabel, inputLabel, outputLabel, noInput);
  }

  /** This template with another length of the list. */
  public TaskListTemplate withListLength(int newListLength) {
    return new TaskListTemplate(
        introduction, newListLength, instructionLabel, inputLabel, outputLabel, noInput);
  }

  /** The prompt that shows these examples, up to {@link #cue}. */
  public String render(List<Example> examples) {
    StringBuilder prompt = new StringBuilder();
    prompt.append(introduction.replace("{count}", String.valueOf(listLength))).append("\n\n");
    int number = 1;
    for (Example example : examples) {
      prompt.append(cue(number++)).append(' ').append(example.instruction().strip()).append('\n');
      prompt.append(inputLabel).append(": ");
      prompt.append(example.input().map(String::strip).orElse(noInput)).append('\n');
      prompt.append(outputLabel).append(": ").append(example.output().strip()).append("\n\n");
    }
    return prompt.append(cue(number)).toString();
  }

  /** What the n-th task of the list begins with, such as {@code 6. Instruction:}. */
  public String cue(int number) {
    return number + ". " + instructionLabel + ":";
  }

  /** What the task after the last of the list would begin with; stops generation. */
  public String stop() {
    return "\n" + cue(listLength + 1);
  }

  private static void checkText(String field, String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException(field + " is blank; write its text");
    }
    Requests.checkUnicode(field, text);
  }
}
