package io.selfalign.eval;

import io.selfalign.internal.text.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Benchmarks of several models side by side, with the change from each model to the next. Of the
 * base, the engraved and the final model, the last column of changes is the verbose tax: what
 * multiple choice loses by verbose cloning.
 *
 * @param models the names of the models, in order
 * @param rows a row for each figure over all items, in the order of the benchmarks
 */
public record ModelTable(List<String> models, List<Row> rows) {
  /**
   * A figure of each model.
   *
   * @param benchmark the benchmark's name
   * @param opponent the system that answers were compared with, where that is the benchmark
   * @param figure the figure's name
   * @param figures the models' figures, in order; nothing where a model has none
   * @param changes for each model the paired difference to the model before; nothing for the first,
   *     where one of both has no figure, and where the two can't be compared, as they have no item
   *     in common or were measured against different systems
   */
  public record Row(
      String benchmark,
      Optional<Opponent> opponent,
      String figure,
      List<Optional<Metric>> figures,
      List<Optional<Interval>> changes) {
    /** Copies the lists. */
    public Row {
      figures = List.copyOf(figures);
      changes = List.copyOf(changes);
    }
  }

  /** Copies the lists. */
  public ModelTable {
    models = List.copyOf(models);
    rows = List.copyOf(rows);
  }

  /**
   * The table of models and their results, in the map's order.
   *
   * @throws IllegalArgumentException if there is no model, or a model has two results of a
   *     benchmark against the same opponent, or none
   */
  public static ModelTable of(Map<String, List<EvaluationResult>> results) {
    if (results.isEmpty()) {
      throw new IllegalArgumentException("there are no models; give the results of at least one");
    }
    List<EvaluationResult> benchmarks = new ArrayList<>(); // the first result of each
    results.forEach(
        (model, of) -> {
          for (int i = 0; i < of.size(); i++) {
            EvaluationResult result = of.get(i);
            if (find(of.subList(0, i), result).isPresent()) {
              throw new IllegalArgumentException(
                  "'" + model + "' has two results of '" + result.benchmark() + "'; give one");
            }
            if (find(benchmarks, result).isEmpty()) {
              benchmarks.add(result);
            }
          }
        });
    List<Row> rows = new ArrayList<>();
    for (EvaluationResult benchmark : benchmarks) {
      List<Optional<EvaluationResult>> of =
          results.values().stream().map(list -> find(list, benchmark)).toList();
      Set<String> figures = new LinkedHashSet<>();
      of.forEach(result -> result.ifPresent(r -> figures.addAll(names(r))));
      figures.forEach(figure -> rows.add(row(benchmark, figure, of)));
    }
    return new ModelTable(List.copyOf(results.keySet()), rows);
  }

  private static Optional<EvaluationResult> find(
      List<EvaluationResult> results, EvaluationResult benchmark) {
    return results.stream().filter(result -> result.isOfSameBenchmarkAs(benchmark)).findFirst();
  }

  private static List<String> names(EvaluationResult result) {
    return result.figures().stream()
        .filter(figure -> figure.group().isEmpty())
        .map(Metric::name)
        .toList();
  }

  private static Row row(
      EvaluationResult benchmark, String figure, List<Optional<EvaluationResult>> results) {
    List<Optional<Metric>> figures = new ArrayList<>();
    List<Optional<Interval>> changes = new ArrayList<>();
    Optional<EvaluationResult> before = Optional.empty();
    for (Optional<EvaluationResult> result : results) {
      figures.add(result.filter(r -> names(r).contains(figure)).map(r -> r.figure(figure)));
      changes.add(before.flatMap(b -> result.flatMap(r -> change(b, r, figure))));
      before = result;
    }
    return new Row(benchmark.benchmark(), benchmark.opponent(), figure, figures, changes);
  }

  private static Optional<Interval> change(
      EvaluationResult before, EvaluationResult after, String figure) {
    if (!Comparison.isPossible(before, after)) {
      return Optional.empty();
    }
    return Comparison.of(before, after).differences().stream()
        .filter(d -> d.group().isEmpty() && d.name().equals(figure))
        .map(Comparison.Difference::interval)
        .findFirst();
  }

  /** The table as text: a value with its interval, and the change with its own. */
  @Override
  public String toString() {
    TextTable table = new TextTable();
    List<String> header = new ArrayList<>(List.of("", "chance"));
    for (int i = 0; i < models.size(); i++) {
      header.add(models.get(i));
      if (i > 0) {
        header.add("change");
      }
    }
    table.row(header);
    rows.forEach(row -> table.row(cells(row)));
    return table.toString();
  }

  private static List<String> cells(Row row) {
    List<String> cells = new ArrayList<>();
    cells.add(
        row.benchmark()
            + row.opponent().map(other -> " against " + other.name()).orElse("")
            + " "
            + row.figure());
    cells.add(
        row.figures().stream()
            .flatMap(Optional::stream)
            .flatMap(figure -> figure.chance().stream())
            .findFirst()
            .map(chance -> number("%.3f", chance))
            .orElse("-"));
    for (int i = 0; i < row.figures().size(); i++) {
      cells.add(row.figures().get(i).map(f -> shown("%.3f", f.interval())).orElse("-"));
      if (i > 0) {
        cells.add(row.changes().get(i).map(change -> shown("%+.3f", change)).orElse("-"));
      }
    }
    return cells;
  }

  private static String shown(String format, Interval interval) {
    return number(format, interval.value())
        + " ["
        + number(format, interval.low())
        + ", "
        + number(format, interval.high())
        + "]";
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
