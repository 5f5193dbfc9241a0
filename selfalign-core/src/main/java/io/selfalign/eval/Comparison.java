package io.selfalign.eval;

import io.selfalign.internal.text.TextTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A benchmark's figures of two models, with their difference on the items that both were measured
 * on.
 *
 * @param benchmark the benchmark's name
 * @param before the name of the first model
 * @param after the name of the second
 * @param differences over all items first, then by group, each in alphabetical order
 * @param unpaired how many items were measured with one of the models alone, and do not count
 */
public record Comparison(
    String benchmark, String before, String after, List<Difference> differences, int unpaired) {
  /**
   * How much a figure changes from one model to the other.
   *
   * @param name the figure's name
   * @param group the category or subtask; none for all items
   * @param items how many items were measured with both
   * @param before the first model's figure on these items
   * @param after the second model's figure on these items
   * @param interval {@code after - before} with its 95% interval, of a paired bootstrap
   */
  public record Difference(
      String name,
      Optional<String> group,
      int items,
      double before,
      double after,
      Interval interval) {
    /** Whether the interval does not have 0 in it. */
    public boolean isSignificant() {
      return interval.low() > 0 || interval.high() < 0;
    }
  }

  /** Copies the list. */
  public Comparison {
    differences = List.copyOf(differences);
  }

  /**
   * Compares two results.
   *
   * @throws IllegalArgumentException if they are of different benchmarks or against different
   *     systems, or have no item in common
   */
  public static Comparison of(EvaluationResult before, EvaluationResult after) {
    if (!before.benchmark().equals(after.benchmark())) {
      throw new IllegalArgumentException(
          String.format(
              "the results are of different benchmarks, '%s' and '%s'; compare like with like",
              before.benchmark(), after.benchmark()));
    }
    checkOpponents(before, after);
    Map<String, EvaluationResult.Item> second = new LinkedHashMap<>();
    after.measured().forEach(item -> second.put(item.id(), item));
    SortedMap<String, Pairs> all = new TreeMap<>();
    SortedMap<String, SortedMap<String, Pairs>> groups = new TreeMap<>();
    int paired = 0;
    for (EvaluationResult.Item item : before.measured()) {
      EvaluationResult.Item other = second.get(item.id());
      if (other != null) {
        paired++;
        add(all, item, other);
        item.group()
            .ifPresent(g -> add(groups.computeIfAbsent(g, n -> new TreeMap<>()), item, other));
      }
    }
    if (paired == 0) {
      throw new IllegalArgumentException(
          "the results have no item in common; measure both models on the same data");
    }
    List<Difference> differences = new ArrayList<>();
    all.forEach((name, pairs) -> differences.add(pairs.difference(name, Optional.empty())));
    groups.forEach(
        (group, figures) ->
            figures.forEach(
                (name, pairs) -> differences.add(pairs.difference(name, Optional.of(group)))));
    int unpaired = before.measured().size() + after.measured().size() - 2 * paired;
    return new Comparison(
        before.benchmark(), label(before, after), label(after, before), differences, unpaired);
  }

  /** Whether {@link #of} compares two results of a benchmark, and does not refuse to. */
  static boolean isPossible(EvaluationResult before, EvaluationResult after) {
    Set<String> first = new HashSet<>();
    before.measured().forEach(item -> first.add(item.id()));
    return haveSameOpponent(before, after)
        && after.measured().stream().anyMatch(item -> first.contains(item.id()));
  }

  /** What is better than one system need not be better than another. */
  private static boolean haveSameOpponent(EvaluationResult before, EvaluationResult after) {
    return before.opponent().isEmpty()
        || after.opponent().isEmpty()
        || before.opponent().get().isSameAs(after.opponent().get());
  }

  private static void checkOpponents(EvaluationResult before, EvaluationResult after) {
    if (!haveSameOpponent(before, after)) {
      throw new IllegalArgumentException(
          String.format(
              "the results of '%s' are against different systems, %s and %s; compare both models"
                  + " with the same",
              before.benchmark(), before.opponent().orElseThrow(), after.opponent().orElseThrow()));
    }
  }

  /** The model's name, with its prompt style where the two differ in that. */
  private static String label(EvaluationResult result, EvaluationResult other) {
    return result.promptStyle().equals(other.promptStyle())
        ? result.model()
        : result.model() + " (" + result.promptStyle() + ")";
  }

  private static void add(
      Map<String, Pairs> pairs, EvaluationResult.Item before, EvaluationResult.Item after) {
    before
        .figures()
        .forEach(
            (name, value) -> {
              Double other = after.figures().get(name);
              if (other != null) {
                pairs.computeIfAbsent(name, n -> new Pairs()).add(value, other);
              }
            });
  }

  /**
   * The difference of a figure over all items.
   *
   * @throws IllegalArgumentException if there is none of this name, naming those there are
   */
  public Difference difference(String name) {
    return differences.stream()
        .filter(d -> d.name().equals(name) && d.group().isEmpty())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no figure '"
                        + name
                        + "'; there are "
                        + differences.stream().map(Difference::name).distinct().toList()));
  }

  /** A table as text: a line for each figure, with both values and the difference's interval. */
  @Override
  public String toString() {
    TextTable table = new TextTable();
    table.row(List.of(benchmark, before, after, "difference", "95% interval", "items"));
    for (Difference d : differences) {
      table.row(
          List.of(
              d.group().map(group -> d.name() + ", " + group).orElse(d.name()),
              Texts.figure(d.before()),
              Texts.figure(d.after()),
              Texts.signed(d.interval().value()),
              Texts.signed(d.interval().low()) + " to " + Texts.signed(d.interval().high()),
              String.valueOf(d.items())));
    }
    return table.toString();
  }

  private static final class Pairs {
    private final List<Double> before = new ArrayList<>();
    private final List<Double> after = new ArrayList<>();

    void add(double first, double second) {
      before.add(first);
      after.add(second);
    }

    Difference difference(String name, Optional<String> group) {
      double[] first = before.stream().mapToDouble(Double::doubleValue).toArray();
      double[] second = after.stream().mapToDouble(Double::doubleValue).toArray();
      return new Difference(
          name,
          group,
          first.length,
          Interval.mean(first),
          Interval.mean(second),
          Interval.ofDifference(first, second));
    }
  }
}
