package io.selfalign.report;

import io.selfalign.eval.EvaluationResult;
import io.selfalign.eval.Interval;
import io.selfalign.eval.Metric;
import io.selfalign.eval.ModelTable;
import io.selfalign.eval.Opponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The evaluation results that were added to the run, models side by side. */
final class EvaluationSection implements Section {
  private static final int MOST_MODELS = 12;
  private static final int MOST_ROWS = 60;

  /**
   * The data.
   *
   * @param models in the order in which they were added
   * @param rows figures over all items
   * @param groups figures of groups
   */
  record Data(List<Model> models, List<Row> rows, List<GroupRow> groups) {}

  /** A model and what was measured of it. */
  record Model(String name, List<Measurement> measurements) {}

  /** A benchmark of a model. */
  record Measurement(
      String benchmark,
      String fingerprint,
      String promptStyle,
      int items,
      Map<String, Long> skipped) {}

  /**
   * A figure of each model.
   *
   * @param share whether it is a share of the items, so that 1 is 100%
   * @param changes the difference to the model before, null for the first
   */
  record Row(
      String benchmark,
      String figure,
      boolean share,
      Optional<Double> chance,
      List<Optional<Value>> values,
      List<Optional<Interval>> changes) {}

  /** A figure's value and interval. */
  record Value(double value, double low, double high, int items) {}

  /** A figure of each model over the items of a group. */
  record GroupRow(
      String benchmark, String figure, String group, boolean share, List<Optional<Value>> values) {}

  /** Tells figures of groups apart. */
  private record Key(String benchmark, Optional<Opponent> opponent, String figure, String group) {}

  @Override
  public String name() {
    return "evaluation";
  }

  @Override
  public Record collect(RunData run) {
    Map<String, List<EvaluationResult>> results = new LinkedHashMap<>();
    RunReport.of(run.directory()).evaluations().entrySet().stream()
        .limit(MOST_MODELS)
        .forEach(entry -> results.put(entry.getKey(), entry.getValue()));
    if (results.isEmpty()) {
      return new Missing(
          "No evaluation was added to this run; selfalign report --result MODEL=FILE adds one.");
    }
    List<Model> models = new ArrayList<>();
    results.forEach(
        (name, of) ->
            models.add(
                new Model(
                    ShownText.label(name, 60),
                    of.stream().map(EvaluationSection::measurement).toList())));
    List<Row> rows =
        ModelTable.of(results).rows().stream()
            .limit(MOST_ROWS)
            .map(EvaluationSection::row)
            .toList();
    return new Data(models, rows, groups(results));
  }

  private static String benchmark(String name, Optional<Opponent> opponent) {
    return name + opponent.map(o -> " against " + ShownText.label(o.name(), 60)).orElse("");
  }

  private static Measurement measurement(EvaluationResult result) {
    return new Measurement(
        benchmark(result.benchmark(), result.opponent()),
        ShownText.clip(result.fingerprint(), 200),
        ShownText.label(result.promptStyle(), 80),
        result.measured().size(),
        result.skippedByReason());
  }

  private static Row row(ModelTable.Row row) {
    List<Optional<Value>> values =
        row.figures().stream().map(figure -> figure.map(EvaluationSection::value)).toList();
    return new Row(
        benchmark(row.benchmark(), row.opponent()),
        ShownText.label(row.figure(), 60),
        isShare(values),
        row.figures().stream()
            .flatMap(Optional::stream)
            .flatMap(figure -> figure.chance().stream())
            .findFirst(),
        values,
        row.changes());
  }

  private static List<GroupRow> groups(Map<String, List<EvaluationResult>> results) {
    int models = results.size();
    Map<Key, List<Optional<Value>>> rows = new LinkedHashMap<>();
    int model = 0;
    for (List<EvaluationResult> of : results.values()) {
      for (EvaluationResult result : of) {
        for (Metric figure : result.figures()) {
          if (figure.group().isPresent()) {
            Key key =
                new Key(result.benchmark(), result.opponent(), figure.name(), figure.group().get());
            rows.computeIfAbsent(
                    key,
                    k ->
                        new ArrayList<>(
                            Stream.generate(Optional::<Value>empty).limit(models).toList()))
                .set(model, Optional.of(value(figure)));
          }
        }
      }
      model++;
    }
    return rows.entrySet().stream()
        .limit(MOST_ROWS)
        .map(
            row ->
                new GroupRow(
                    benchmark(row.getKey().benchmark(), row.getKey().opponent()),
                    ShownText.label(row.getKey().figure(), 60),
                    ShownText.label(row.getKey().group(), 60),
                    isShare(row.getValue()),
                    row.getValue()))
        .toList();
  }

  private static Value value(Metric figure) {
    Interval interval = figure.interval();
    return new Value(interval.value(), interval.low(), interval.high(), figure.items());
  }

  /** What is between 0 and 1 for every model, intervals included. */
  private static boolean isShare(List<Optional<Value>> values) {
    return values.stream()
        .flatMap(Optional::stream)
        .allMatch(value -> value.low() >= 0 && value.high() <= 1);
  }
}
