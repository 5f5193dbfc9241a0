package io.selfalign.eval;

import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.eval.ChoiceQuestion.Choice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A benchmark of one's own, described in a JSON file. Either multiple choice:
 *
 * <pre>{@code
 * {
 *   "name": "capitals",
 *   "type": "multiple-choice",
 *   "prompt": "Q: {question}\nA: ",
 *   "items": [
 *     {"question": "What is the capital of Peru?", "choices": ["Lima.", "Cusco."], "answer": 0}
 *   ]
 * }
 * }</pre>
 *
 * <p>where {@code answer} is the place of the right choice from 0, or an array of several; or
 * answers in the model's own words:
 *
 * <pre>{@code
 * {
 *   "name": "capitals-open",
 *   "type": "generation",
 *   "items": [{"question": "What is the capital of Peru?", "right": ["Lima"], "wrong": ["Cusco"]}]
 * }
 * }</pre>
 *
 * <p>{@code prompt} is the template of the {@link PromptStyle}, plain if it is absent. An item may
 * have an {@code id}, else it is the task's name and the item's place from 1, and a {@code group}.
 *
 * @param name the benchmark's name
 * @param style how questions are put
 * @param choices the questions of multiple choice; empty for the other type
 * @param questions the questions to be answered; empty for multiple choice
 */
public record TaskFile(
    String name, PromptStyle style, List<ChoiceQuestion> choices, List<OpenQuestion> questions) {
  private static final String MULTIPLE_CHOICE = "multiple-choice";
  private static final String GENERATION = "generation";

  /** Copies the lists. */
  public TaskFile {
    choices = List.copyOf(choices);
    questions = List.copyOf(questions);
  }

  /**
   * Reads a task.
   *
   * @throws InvalidDataException naming file, line and field of what is wrong
   * @throws SelfAlignException if the file can't be read
   */
  public static TaskFile read(Path file) {
    JsonDocument.Value task = JsonDocument.read(file);
    String name = task.field("name").text();
    JsonDocument.Value type = task.field("type");
    if (!Set.of(MULTIPLE_CHOICE, GENERATION).contains(type.text())) {
      throw type.error(
          "is '" + type.text() + "', but must be " + MULTIPLE_CHOICE + " or " + GENERATION);
    }
    PromptStyle style = task.optional("prompt").map(TaskFile::style).orElseGet(PromptStyle::plain);
    List<ChoiceQuestion> choices = new ArrayList<>();
    List<OpenQuestion> questions = new ArrayList<>();
    Map<String, String> places = new HashMap<>();
    for (JsonDocument.Value item : task.field("items").array()) {
      String id =
          item.optional("id")
              .map(JsonDocument.Value::text)
              .orElse(name + "-" + (places.size() + 1));
      String earlier = places.putIfAbsent(id, item.place());
      if (earlier != null) {
        throw item.error("has the id '" + id + "', as at " + earlier + "; make ids unique");
      }
      try {
        if (type.text().equals(MULTIPLE_CHOICE)) {
          choices.add(choice(id, item));
        } else {
          questions.add(open(id, item));
        }
      } catch (IllegalArgumentException e) {
        throw item.refused(e);
      }
    }
    if (places.isEmpty()) {
      throw task.field("items").error("has no items");
    }
    return new TaskFile(name, style, choices, questions);
  }

  private static PromptStyle style(JsonDocument.Value prompt) {
    try {
      return new PromptStyle("task", prompt.text());
    } catch (IllegalArgumentException e) {
      throw prompt.refused(e);
    }
  }

  private static ChoiceQuestion choice(String id, JsonDocument.Value item) {
    List<JsonDocument.Value> texts = item.field("choices").array();
    JsonDocument.Value answer = item.field("answer");
    List<JsonDocument.Value> places =
        answer.content() instanceof List<?> ? answer.array() : List.of(answer);
    Set<Integer> right = new HashSet<>();
    for (JsonDocument.Value place : places) {
      if (!(place.content() instanceof Double number)
          || number != Math.rint(number)
          || number < 0
          || number >= texts.size()) {
        throw place.error("must be the place of a choice, from 0 to " + (texts.size() - 1));
      }
      right.add(number.intValue());
    }
    List<Choice> choices = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      choices.add(new Choice(texts.get(i).text(), right.contains(i), true));
    }
    return new ChoiceQuestion(id, group(item), item.field("question").text(), choices);
  }

  private static OpenQuestion open(String id, JsonDocument.Value item) {
    return new OpenQuestion(
        id, group(item), item.field("question").text(), texts(item, "right"), texts(item, "wrong"));
  }

  private static Optional<String> group(JsonDocument.Value item) {
    return item.optional("group").map(JsonDocument.Value::text);
  }

  private static List<String> texts(JsonDocument.Value item, String field) {
    return item.optional(field)
        .map(value -> value.array().stream().map(JsonDocument.Value::text).toList())
        .orElse(List.of());
  }
}
