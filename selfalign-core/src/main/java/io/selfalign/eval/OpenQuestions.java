package io.selfalign.eval;

import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads questions to be answered in one's own words, and other systems' answers to them. */
public final class OpenQuestions {
  private static final List<String> IDS = List.of("question_id", "id");
  private static final List<String> QUESTIONS = List.of("question", "prompt", "instruction");
  private static final List<String> GROUPS = List.of("category", "group");
  private static final List<String> ANSWERS = List.of("text", "answer", "output");

  private OpenQuestions() {}

  /**
   * Reads questions from JSON Lines, such as those of the Vicuna benchmark:
   *
   * <pre>{@code
   * {"question_id": 1, "category": "generic", "turns": ["..."]}
   * {"id": "a", "group": "mine", "question": "..."}
   * }</pre>
   *
   * <p>Of several turns the first counts. The question may also be in {@code prompt} or {@code
   * instruction}; a line without an id has that of its line, as {@code line-1}.
   *
   * @throws InvalidDataException naming file, line and field of what is wrong
   * @throws SelfAlignException if the file can't be read
   */
  public static List<OpenQuestion> read(Path file) {
    List<OpenQuestion> questions = new ArrayList<>();
    eachLine(
        file,
        (id, line) ->
            questions.add(
                new OpenQuestion(
                    id,
                    first(line, GROUPS),
                    turn(line.object(), line)
                        .or(() -> first(line, QUESTIONS))
                        .orElseThrow(() -> missing(line, "turns", QUESTIONS)),
                    List.of(),
                    List.of())));
    if (questions.isEmpty()) {
      throw new InvalidDataException(file + ": has no questions; write one {...} per line");
    }
    return questions;
  }

  /**
   * Reads another system's answers from JSON Lines:
   *
   * <pre>{@code
   * {"question_id": 1, "text": "..."}
   * {"question_id": 1, "choices": [{"turns": ["..."]}]}
   * }</pre>
   *
   * <p>The answer may also be in {@code answer} or {@code output}. Answers to other questions are
   * passed over; a question without an answer is left out.
   *
   * @param questions what was asked
   * @param system what results call the system
   * @throws InvalidDataException naming file, line and field of what is wrong, or if none of the
   *     questions is answered
   * @throws SelfAlignException if the file can't be read
   */
  public static List<GeneratedAnswer> readAnswers(
      Path file, List<OpenQuestion> questions, String system) {
    Map<String, String> answers = new LinkedHashMap<>();
    eachLine(
        file,
        (id, line) ->
            answers.put(
                id,
                choice(line)
                    .or(() -> first(line, ANSWERS))
                    .orElseThrow(() -> missing(line, "choices", ANSWERS))));
    List<GeneratedAnswer> found = new ArrayList<>();
    for (OpenQuestion question : questions) {
      String answer = answers.get(question.id());
      if (answer != null) {
        found.add(GeneratedAnswer.of(question, answer, system));
      }
    }
    if (found.isEmpty()) {
      throw new InvalidDataException(
          file + ": answers none of the questions; give answers the ids of their questions");
    }
    return found;
  }

  private interface LineConsumer {
    void accept(String id, JsonLine line);
  }

  private static void eachLine(Path file, LineConsumer consumer) {
    Map<String, String> places = new HashMap<>();
    try (JsonLinesReader lines = JsonLines.read(file)) {
      lines.stream()
          .forEach(
              line -> {
                String id = id(line);
                String earlier = places.putIfAbsent(id, line.place());
                if (earlier != null) {
                  throw line.error("id '" + id + "' is also at " + earlier + "; make ids unique");
                }
                try {
                  consumer.accept(id, line);
                } catch (IllegalArgumentException e) {
                  throw new InvalidDataException(line.place() + ": " + e.getMessage(), e);
                }
              });
    }
  }

  private static String id(JsonLine line) {
    for (String field : IDS) {
      JsonNode id = line.object().get(field);
      if (id != null && !id.isNull()) {
        return id.isNumber() ? id.toString() : line.nonBlankText(field);
      }
    }
    return "line-" + line.line();
  }

  /** The first of the fields that is there. */
  private static Optional<String> first(JsonLine line, List<String> fields) {
    return fields.stream().flatMap(field -> line.optionalText(field).stream()).findFirst();
  }

  private static Optional<String> turn(JsonNode object, JsonLine line) {
    JsonNode turns = object.get("turns");
    if (turns == null || turns.isNull()) {
      return Optional.empty();
    }
    if (!turns.isArray() || turns.isEmpty() || !turns.get(0).isString()) {
      throw line.error("field 'turns' must be an array of strings that is not empty");
    }
    return Optional.of(turns.get(0).stringValue());
  }

  private static Optional<String> choice(JsonLine line) {
    JsonNode choices = line.object().get("choices");
    if (choices == null || choices.isNull()) {
      return Optional.empty();
    }
    if (!choices.isArray() || choices.isEmpty() || !choices.get(0).isObject()) {
      throw line.error("field 'choices' must be an array of objects that is not empty");
    }
    return turn(choices.get(0), line);
  }

  private static InvalidDataException missing(JsonLine line, String list, List<String> fields) {
    return line.error("field '" + list + "' is missing, and so are " + fields);
  }
}
