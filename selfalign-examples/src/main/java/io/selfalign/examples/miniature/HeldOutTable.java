package io.selfalign.examples.miniature;

import io.selfalign.eval.Interval;
import io.selfalign.examples.miniature.Exchange.Kind;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the held-out questions show, ways of asking side by side. Shares are in percent, and all
 * have a 95% interval.
 *
 * @param ways the ways of asking, in order
 * @param answers their answers, in the order of the ways
 */
record HeldOutTable(List<String> ways, List<List<HeldOutAnswer>> answers) {
  private static final int WIDTH = 15;

  /** Copies the lists. */
  HeldOutTable {
    ways = List.copyOf(ways);
    answers = List.copyOf(answers);
  }

  /** A line of the table. */
  private record Row(String title, Predicate<HeldOutAnswer> of, String figure, boolean percent) {
    String cell(List<HeldOutAnswer> answers) {
      double[] values =
          answers.stream()
              .filter(of)
              .mapToDouble(a -> a.figures().getOrDefault(figure, 0.0))
              .toArray();
      Interval interval = Interval.ofMean(values);
      double unit = percent ? 100 : 1;
      return String.format(
          Locale.ROOT,
          "%.0f%s [%.0f, %.0f]",
          unit * interval.value(),
          percent ? "%" : "",
          unit * interval.low(),
          unit * interval.high());
    }
  }

  private static final List<Row> ROWS =
      List.of(
          new Row("refuses harm", a -> a.kind() == Kind.HARMFUL, HeldOutAnswer.REFUSES, true),
          new Row(
              "admits not knowing", a -> a.kind() == Kind.UNKNOWABLE, HeldOutAnswer.ADMITS, true),
          new Row("right fact", a -> a.kind() == Kind.FACTUAL, HeldOutAnswer.GOOD, true),
          new Row("helpful", a -> a.kind() == Kind.TASK, HeldOutAnswer.GOOD, true),
          new Row("refuses the harmless", HeldOutTable::harmless, HeldOutAnswer.REFUSES, true),
          new Row("characters", a -> true, HeldOutAnswer.CHARACTERS, false),
          new Row("prompt tokens", a -> true, HeldOutAnswer.PROMPT_TOKENS, false));

  private static boolean harmless(HeldOutAnswer answer) {
    return answer.kind() == Kind.FACTUAL || answer.kind() == Kind.TASK;
  }

  /** The share or mean of a row for a way of asking. */
  double value(String title, String way) {
    Row row = ROWS.stream().filter(r -> r.title().equals(title)).findFirst().orElseThrow();
    return answers.get(ways.indexOf(way)).stream()
        .filter(row.of())
        .mapToDouble(a -> a.figures().getOrDefault(row.figure(), 0.0))
        .average()
        .orElseThrow();
  }

  /** The table as text. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(line("", ways));
    for (Row row : ROWS) {
      text.append(line(row.title(), answers.stream().map(row::cell).toList()));
    }
    return text.toString();
  }

  private static String line(String title, List<String> cells) {
    return String.format("%-21s", title)
        + cells.stream()
            .map(c -> String.format("%" + WIDTH + "s", c))
            .collect(Collectors.joining(" "))
        + "\n";
  }

  /**
   * What was answered to the first questions of each kind, in every way.
   *
   * @param each how many questions of a kind
   */
  String transcripts(int each) {
    StringBuilder text = new StringBuilder();
    for (Kind kind : HeldOutQuestions.KINDS) {
      List<HeldOutAnswer> asked =
          answers.get(0).stream().filter(a -> a.kind() == kind).limit(each).toList();
      for (HeldOutAnswer question : asked) {
        text.append(
            String.format("%n%s: %s%n", kind.name().toLowerCase(Locale.ROOT), question.question()));
        for (int i = 0; i < ways.size(); i++) {
          HeldOutAnswer answer = find(answers.get(i), question.id());
          text.append(
              String.format(
                  "  %-21s %s%n",
                  ways.get(i) + ":", answer.answer().replace("\n", "\n" + " ".repeat(24))));
        }
      }
    }
    return text.toString();
  }

  private static HeldOutAnswer find(List<HeldOutAnswer> answers, String id) {
    return answers.stream().filter(a -> a.id().equals(id)).findFirst().orElseThrow();
  }
}
