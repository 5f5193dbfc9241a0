package io.selfalign.eval;

import com.google.common.collect.ImmutableSortedMap;
import io.selfalign.data.Drop;
import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.internal.text.TextTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a benchmark found out about a model. Printed, it is a table.
 *
 * @param benchmark the benchmark's name
 * @param model the model's name
 * @param fingerprint the model's fingerprint
 * @param promptStyle how items were put to it
 * @param opponent the system that its answers were compared with, where that is the benchmark
 * @param measured the items that were measured, with their figures
 * @param skipped the items that were not, with reasons
 * @param figures over all items first, then by group, each in alphabetical order
 */
public record EvaluationResult(
    String benchmark,
    String model,
    String fingerprint,
    String promptStyle,
    Optional<Opponent> opponent,
    List<Item> measured,
    List<Skipped> skipped,
    List<Metric> figures) {
  /**
   * An item's figures.
   *
   * @param id the item's id
   * @param group its category or subtask, if it has one
   * @param figures its figures by name
   */
  public record Item(String id, Optional<String> group, Map<String, Double> figures) {
    /** Copies the map. */
    public Item {
      figures = ImmutableSortedMap.copyOf(figures);
    }
  }

  /**
   * What a result says without its items: the last line of a file of results.
   *
   * @param benchmark the benchmark's name
   * @param model the model's name
   * @param fingerprint the model's fingerprint
   * @param promptStyle how items were put to it
   * @param opponent the system that its answers were compared with, where that is the benchmark
   * @param items how many items were measured
   * @param skipped how many were not, by reason
   * @param skippedItems those that were not
   * @param figures the figures
   */
  public record Summary(
      String benchmark,
      String model,
      String fingerprint,
      String promptStyle,
      Optional<Opponent> opponent,
      int items,
      Map<String, Long> skipped,
      List<Skipped> skippedItems,
      List<Metric> figures) {
    /** Copies the collections. */
    public Summary {
      skipped = ImmutableSortedMap.copyOf(skipped);
      skippedItems = List.copyOf(skippedItems);
      figures = List.copyOf(figures);
    }
  }

  /** Copies the lists. */
  public EvaluationResult {
    measured = List.copyOf(measured);
    skipped = List.copyOf(skipped);
    figures = List.copyOf(figures);
  }

  /** The result of items that were measured and others that were dropped. */
  public static EvaluationResult of(
      String benchmark,
      String model,
      String fingerprint,
      String promptStyle,
      List<? extends HasMetrics> measured,
      List<Drop> drops) {
    return new EvaluationResult(
        benchmark,
        model,
        fingerprint,
        promptStyle,
        Optional.empty(),
        measured.stream().map(m -> new Item(m.id(), m.group(), m.figures())).toList(),
        drops.stream().map(d -> new Skipped(d.id(), d.reason(), d.detail())).toList(),
        figures(measured));
  }

  /**
   * Writes a file of results, which {@link #read}, {@code eval compare} and tools in other
   * languages read: a line for each measured item, and the {@link #summary} last. Field names are
   * those of {@link Item} and {@link Summary} with underscores; what is absent is {@code null}. An
   * existing file is replaced.
   *
   * @throws SelfAlignException if the file can't be written
   */
  public void write(Path file) {
    try (JsonLinesWriter lines = JsonLines.write(file)) {
      measured.forEach(lines::write);
      lines.write(summary());
    }
  }

  /**
   * Reads a file of results: JSON Lines with the measured items, as a stage or the command line
   * writes them, and the {@link Summary} last.
   *
   * @throws InvalidDataException naming file, line and field of what is wrong
   * @throws SelfAlignException if the file can't be read
   */
  public static EvaluationResult read(Path file) {
    List<Item> measured = new ArrayList<>();
    try (JsonLinesReader lines = JsonLines.read(file)) {
      for (Optional<JsonLine> line = lines.next(); line.isPresent(); line = lines.next()) {
        if (line.get().object().has("benchmark")) {
          Summary summary = line.get().as(Summary.class);
          return new EvaluationResult(
              summary.benchmark(),
              summary.model(),
              summary.fingerprint(),
              summary.promptStyle(),
              summary.opponent(),
              measured,
              summary.skippedItems(),
              summary.figures());
        }
        measured.add(line.get().as(Item.class));
      }
    }
    throw new InvalidDataException(
        file + ": has no summary at its end; give the whole output of an evaluation");
  }

  private static List<Metric> figures(List<? extends HasMetrics> measured) {
    List<Metric> figures = new ArrayList<>(figures(Optional.empty(), measured));
    SortedMap<String, List<HasMetrics>> groups = new TreeMap<>();
    for (HasMetrics item : measured) {
      item.group().ifPresent(g -> groups.computeIfAbsent(g, n -> new ArrayList<>()).add(item));
    }
    groups.forEach((group, items) -> figures.addAll(figures(Optional.of(group), items)));
    return figures;
  }

  private static List<Metric> figures(Optional<String> group, List<? extends HasMetrics> items) {
    SortedMap<String, List<Double>> values = new TreeMap<>();
    Map<String, List<Double>> chances = new LinkedHashMap<>();
    for (HasMetrics item : items) {
      item.figures().forEach((name, v) -> add(values, name, v));
      item.chance().forEach((name, v) -> add(chances, name, v));
    }
    List<Metric> figures = new ArrayList<>();
    values.forEach(
        (name, all) ->
            figures.add(
                new Metric(
                    name,
                    group,
                    all.size(),
                    Interval.ofMean(array(all)),
                    Optional.ofNullable(chances.get(name)).map(c -> Interval.mean(array(c))))));
    return figures;
  }

  private static void add(Map<String, List<Double>> lists, String name, double value) {
    lists.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** The same result with more figures behind those there are. */
  EvaluationResult with(List<Metric> more) {
    List<Metric> all = new ArrayList<>(figures);
    all.addAll(more);
    return new EvaluationResult(
        benchmark, model, fingerprint, promptStyle, opponent, measured, skipped, all);
  }

  /** The same result, measured against another system. */
  EvaluationResult against(Opponent other) {
    return new EvaluationResult(
        benchmark, model, fingerprint, promptStyle, Optional.of(other), measured, skipped, figures);
  }

  /**
   * A figure over all items.
   *
   * @throws IllegalArgumentException if there is none of this name, naming those there are
   */
  public Metric figure(String name) {
    return figure(name, Optional.empty());
  }

  /**
   * A figure over a group's items.
   *
   * @throws IllegalArgumentException if there is none of this name and group, naming those there
   *     are
   */
  public Metric figure(String name, String group) {
    return figure(name, Optional.of(group));
  }

  private Metric figure(String name, Optional<String> group) {
    return figures.stream()
        .filter(figure -> figure.name().equals(name) && figure.group().equals(group))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(
                        "'%s' has no figure '%s'%s; it has %s",
                        benchmark,
                        name,
                        group.map(g -> " of '" + g + "'").orElse(""),
                        figures.stream().map(EvaluationResult::title).toList())));
  }

  /** The result without its items. */
  public Summary summary() {
    return new Summary(
        benchmark,
        model,
        fingerprint,
        promptStyle,
        opponent,
        measured.size(),
        skippedByReason(),
        skipped,
        figures);
  }

  /** How many items were skipped, by reason. */
  public Map<String, Long> skippedByReason() {
    SortedMap<String, Long> counts = new TreeMap<>();
    skipped.forEach(item -> counts.merge(item.reason(), 1L, Long::sum));
    return counts;
  }

  /** A table as text: a line for each figure, with its interval, chance level and items. */
  @Override
  public String toString() {
    TextTable table = new TextTable();
    table.row(List.of(benchmark, "value", "95% interval", "chance", "items"));
    for (Metric figure : figures) {
      Interval interval = figure.interval();
      table.row(
          List.of(
              title(figure),
              Texts.figure(interval.value()),
              Texts.figure(interval.low()) + " to " + Texts.figure(interval.high()),
              figure.chance().map(Texts::figure).orElse("-"),
              String.valueOf(figure.items())));
    }
    return String.format(
        Locale.ROOT,
        "%smodel %s (%s)%s, prompt style %s, %d items, skipped %s%n",
        table,
        model,
        fingerprint,
        opponent.map(other -> " against " + other).orElse(""),
        promptStyle,
        measured.size(),
        skippedByReason());
  }

  /**
   * Whether both are results of the same benchmark, against the same system if it compares answers
   * with another's: what is better than one need not be better than another.
   */
  public boolean isOfSameBenchmarkAs(EvaluationResult other) {
    return benchmark.equals(other.benchmark)
        && opponent.isPresent() == other.opponent.isPresent()
        && (opponent.isEmpty() || opponent.get().isSameAs(other.opponent.orElseThrow()));
  }

  static String title(Metric figure) {
    return figure.group().map(group -> figure.name() + ", " + group).orElse(figure.name());
  }
}
