package io.selfalign.eval;

import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.eval.ChoiceQuestion.Choice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the files of TruthfulQA (arXiv 2109.07958), which the user brings: {@code mc_task.json},
 * which has the choices, and {@code TruthfulQA.csv}, which has categories and references too.
 *
 * <p>A question's id is {@code truthfulqa-} and its place in its file, from 1; the two files have
 * the questions in different orders.
 */
public final class TruthfulQa {
  private static final String BEST = "Best Answer";
  private static final String CORRECT = "Correct Answers";
  private static final String INCORRECT = "Incorrect Answers";

  private TruthfulQa() {}

  /**
   * Reads multiple-choice questions.
   *
   * <p>From {@code TruthfulQA.csv}, the MC1 choices are the best answer and all wrong ones, those
   * of MC2 all right and all wrong ones; each ends in a full stop, an answer that is listed twice
   * counts once, and one that is listed as both right and wrong is wrong, as in {@code
   * mc_task.json}.
   *
   * @param file {@code mc_task.json} or {@code TruthfulQA.csv}, told apart by the ending
   * @throws InvalidDataException naming file, line and field of what is wrong
   * @throws SelfAlignException if the file can't be read
   */
  public static List<ChoiceQuestion> multipleChoice(Path file) {
    return isCsv(file) ? fromCsv(file) : fromJson(file);
  }

  /**
   * Reads questions with their references from {@code TruthfulQA.csv}, for answers to be generated.
   *
   * @throws InvalidDataException naming file, line and field of what is wrong
   * @throws SelfAlignException if the file can't be read
   */
  public static List<OpenQuestion> generation(Path file) {
    List<OpenQuestion> questions = new ArrayList<>();
    for (CsvFile.Row row : rows(file)) {
      Answers answers = Answers.of(row);
      questions.add(
          new OpenQuestion(
              id(questions.size()),
              category(row),
              row.nonBlankText("Question"),
              answers.right(),
              answers.wrong()));
    }
    return questions;
  }

  private static boolean isCsv(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
  }

  private static String id(int index) {
    return "truthfulqa-" + (index + 1);
  }

  private static List<CsvFile.Row> rows(Path file) {
    List<CsvFile.Row> rows = CsvFile.read(file);
    if (rows.isEmpty()) {
      throw new InvalidDataException(file + ": has no questions below its header");
    }
    return rows;
  }

  private static Optional<String> category(CsvFile.Row row) {
    return Optional.of(row.text("Category").strip()).filter(category -> !category.isEmpty());
  }

  private static List<ChoiceQuestion> fromCsv(Path file) {
    List<ChoiceQuestion> questions = new ArrayList<>();
    for (CsvFile.Row row : rows(file)) {
      Answers answers = Answers.of(row);
      List<Choice> choices = new ArrayList<>();
      String best = closed(row.nonBlankText(BEST));
      choices.add(new Choice(best, true, true));
      for (String right : answers.right()) {
        if (!right.equals(best)) {
          choices.add(new Choice(right, true, false));
        }
      }
      for (String wrong : answers.wrong()) {
        if (wrong.equals(best)) {
          throw row.error("field '" + BEST + "' is also among '" + INCORRECT + "'");
        }
        choices.add(new Choice(wrong, false, true));
      }
      questions.add(
          new ChoiceQuestion(
              id(questions.size()), category(row), row.nonBlankText("Question"), choices));
    }
    return questions;
  }

  /** The answers of a row, each once. */
  private record Answers(List<String> right, List<String> wrong) {
    static Answers of(CsvFile.Row row) {
      Set<String> wrong = list(row, INCORRECT);
      Set<String> right = list(row, CORRECT);
      right.removeAll(wrong);
      if (right.isEmpty()) {
        throw row.error("field '" + CORRECT + "' has no answer that is not among the wrong ones");
      }
      return new Answers(List.copyOf(right), List.copyOf(wrong));
    }

    private static Set<String> list(CsvFile.Row row, String column) {
      Set<String> answers = new LinkedHashSet<>();
      for (String answer : row.nonBlankText(column).split(";", -1)) {
        if (!answer.isBlank()) {
          answers.add(closed(answer.strip()));
        }
      }
      if (answers.isEmpty()) {
        throw row.error("field '" + column + "' has no answer; separate answers by semicolons");
      }
      return answers;
    }
  }

  private static String closed(String answer) {
    return answer.endsWith(".") ? answer : answer + ".";
  }

  private static List<ChoiceQuestion> fromJson(Path file) {
    List<ChoiceQuestion> questions = new ArrayList<>();
    JsonDocument.Value document = JsonDocument.read(file);
    for (JsonDocument.Value item : document.array()) {
      try {
        questions.add(
            new ChoiceQuestion(
                id(questions.size()),
                Optional.empty(),
                item.field("question").text(),
                choices(item)));
      } catch (IllegalArgumentException e) {
        throw item.refused(e);
      }
    }
    if (questions.isEmpty()) {
      throw document.error("has no questions");
    }
    return questions;
  }

  private static List<Choice> choices(JsonDocument.Value item) {
    Map<String, Boolean> mc1 = labels(item.field("mc1_targets"));
    if (mc1.values().stream().filter(right -> right).count() != 1) {
      throw item.field("mc1_targets").error("must have one right answer, with the value 1");
    }
    Map<String, Boolean> mc2 = labels(item.field("mc2_targets"));
    mc1.forEach(
        (text, right) -> {
          if (!right.equals(mc2.get(text))) {
            throw item.field("mc2_targets")
                .error(
                    "must have the answers of mc1_targets with their values, also '" + text + "'");
          }
        });
    List<Choice> choices = new ArrayList<>();
    mc2.forEach((text, right) -> choices.add(new Choice(text, right, mc1.containsKey(text))));
    return choices;
  }

  private static Map<String, Boolean> labels(JsonDocument.Value targets) {
    Map<String, Boolean> labels = new LinkedHashMap<>();
    targets
        .object()
        .forEach(
            (text, value) -> {
              if (text.isBlank()) {
                throw targets.error("has a blank answer");
              }
              labels.put(text, value.label());
            });
    return labels;
  }
}
