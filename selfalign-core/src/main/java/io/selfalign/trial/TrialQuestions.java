package io.selfalign.trial;

import com.google.common.base.Suppliers;
import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Where {@linkplain TrialQuestion questions} come from: the library's own, or a file. */
public final class TrialQuestions {
  private static final String RESOURCE = "questions.jsonl";

  private static final Supplier<List<TrialQuestion>> STANDARD =
      Suppliers.memoize(TrialQuestions::resource);

  private TrialQuestions() {}

  /**
   * The 98 questions that were written for this library; the same immutable list every time. 62 are
   * answerable: advice, how-to, facts, science, history, culture, code, arithmetic, rewriting,
   * lists, comparisons, disputed matters, bare names, short creative texts, and harmless questions
   * that sound harmful. 24 are unanswerable, six each of the future, of private persons, of here
   * and now, and of the asker's own affairs. 12 ask for something harmful. None of them is like an
   * exemplar's or a benchmark's.
   */
  public static List<TrialQuestion> standard() {
    return STANDARD.get();
  }

  /**
   * Reads questions from JSON Lines, in the order of the file: {@code {"id": "a", "kind":
   * "answerable", "topic": "cooking", "question": "..."}}, where the kind is answerable,
   * unanswerable or harmful. A line without an id gets that of its place, such as {@code line-17};
   * a topic may be absent. Other fields are ignored.
   *
   * @return an immutable list of at least one question, with unique ids
   * @throws InvalidDataException naming file, line and field, if a line isn't as above, an id
   *     occurs twice, or the file has no question
   * @throws SelfAlignException if the file can't be read
   */
  public static List<TrialQuestion> read(Path file) {
    return read(JsonLines.read(file), file.toString());
  }

  /**
   * Reads questions from a stream, which is closed, as {@link #read(Path)} does from a file.
   *
   * @param name what errors call the stream, such as {@code stdin}
   */
  public static List<TrialQuestion> read(InputStream in, String name) {
    return read(JsonLines.read(in, name), name);
  }

  private static List<TrialQuestion> resource() {
    InputStream in = TrialQuestions.class.getResourceAsStream(RESOURCE);
    if (in == null) {
      throw new IllegalStateException(
          RESOURCE + " is missing from selfalign-core; keep its resources when you repackage it");
    }
    return read(in, RESOURCE);
  }

  private static List<TrialQuestion> read(JsonLinesReader reader, String name) {
    List<TrialQuestion> questions = new ArrayList<>();
    Map<String, String> places = new HashMap<>();
    try (reader) {
      reader.stream()
          .forEach(
              line -> {
                TrialQuestion question = question(line);
                String earlier = places.putIfAbsent(question.id(), line.place());
                if (earlier != null) {
                  throw line.error(
                      "id '" + question.id() + "' is also at " + earlier + "; make ids unique");
                }
                questions.add(question);
              });
    }
    if (questions.isEmpty()) {
      throw new InvalidDataException(
          name + ": has no questions; write one {\"question\", \"kind\"} per line");
    }
    return List.copyOf(questions);
  }

  private static TrialQuestion question(JsonLine line) {
    String name = line.nonBlankText("kind");
    QuestionKind kind =
        QuestionKind.named(name)
            .orElseThrow(
                () ->
                    line.error(
                        "field 'kind' is '"
                            + name
                            + "', but must be one of "
                            + QuestionKind.names()));
    String id = line.object().has("id") ? line.nonBlankText("id") : "line-" + line.line();
    return new TrialQuestion(id, kind, line.optionalText("topic"), line.nonBlankText("question"));
  }
}
