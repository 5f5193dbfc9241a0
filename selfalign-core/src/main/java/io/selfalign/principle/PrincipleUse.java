package io.selfalign.principle;

import com.google.common.collect.ImmutableSortedMap;
import io.selfalign.data.AppliedPrinciple;
import io.selfalign.data.Demonstration;
import io.selfalign.internal.text.AnswerOpenings;
import io.selfalign.internal.text.Declining;
import io.selfalign.internal.text.TextTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which principles the thoughts of demonstrations name, and how often, as figure 4 of the paper
 * shows: in all, by the source of the query, and by its question type.
 *
 * <pre>{@code
 * try (Stream<Demonstration> records = result.records(demonstrations).stream()) {
 *   System.out.println(PrincipleUse.of(records));
 * }
 * }</pre>
 *
 * <p>Immutable.
 *
 * @param total all demonstrations
 * @param bySource those of each source, in alphabetical order; {@value #NOT_TOLD} for those without
 * @param byQuestionType those of each question type, likewise
 */
public record PrincipleUse(
    Counts total, Map<String, Counts> bySource, Map<String, Counts> byQuestionType) {
  /** So many principles the table shows of a question type. */
  private static final int MOST_NAMED = 3;

  /** Stands for the source or question type of demonstrations that have none. */
  public static final String NOT_TOLD = "(not told)";

  /**
   * What a group of demonstrations names.
   *
   * @param demonstrations how many there are
   * @param withoutPrinciple how many of them name no principle
   * @param disagreeing how many name one with another number than its own
   * @param declining how many have an answer that begins by declining; see {@link
   *     AnswerOpenings#declining}
   * @param byPrinciple how many name each principle, by its name
   */
  public record Counts(
      long demonstrations,
      long withoutPrinciple,
      long disagreeing,
      long declining,
      Map<String, Long> byPrinciple) {
    /** Copies the map. */
    public Counts {
      byPrinciple = ImmutableSortedMap.copyOf(byPrinciple);
    }

    /** The share of the demonstrations that name a principle, 0 to 1; 0 if there are none. */
    public double share(String principle) {
      long count = byPrinciple.getOrDefault(principle, 0L);
      return demonstrations == 0 ? 0 : (double) count / demonstrations;
    }

    /** The principles by how often they are named, the most frequent first. */
    public List<String> mostFrequent() {
      return byPrinciple.entrySet().stream()
          .sorted(
              Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                  .thenComparing(Map.Entry.comparingByKey()))
          .map(Map.Entry::getKey)
          .toList();
    }
  }

  /** Copies the maps. */
  public PrincipleUse {
    bySource = ImmutableSortedMap.copyOf(bySource);
    byQuestionType = ImmutableSortedMap.copyOf(byQuestionType);
  }

  /** Counts demonstrations, of which it keeps none in memory. Does not close the stream. */
  public static PrincipleUse of(Stream<Demonstration> demonstrations) {
    Tally total = new Tally();
    SortedMap<String, Tally> sources = new TreeMap<>();
    SortedMap<String, Tally> types = new TreeMap<>();
    demonstrations.forEachOrdered(
        demonstration -> {
          total.add(demonstration);
          tally(sources, demonstration.source()).add(demonstration);
          tally(types, demonstration.questionType()).add(demonstration);
        });
    return new PrincipleUse(total.counts(), counts(sources), counts(types));
  }

  private static Tally tally(Map<String, Tally> groups, Optional<String> group) {
    return groups.computeIfAbsent(group.orElse(NOT_TOLD), name -> new Tally());
  }

  private static Map<String, Counts> counts(Map<String, Tally> tallies) {
    Map<String, Counts> counts = new TreeMap<>();
    tallies.forEach((name, tally) -> counts.put(name, tally.counts()));
    return counts;
  }

  /**
   * A table as text: a line for each principle, the most frequent first, with the count and the
   * share of demonstrations that name it, in all and by source; then those that name none, those
   * that name one with another number than its own, and those that begin by declining. If there are
   * question types, a second table has a line for each of them, with the number of its
   * demonstrations and the principles that they name most often.
   */
  @Override
  public String toString() {
    boolean typed = byQuestionType.keySet().stream().anyMatch(type -> !type.equals(NOT_TOLD));
    return bySourceTable() + (typed ? "\n" + byQuestionTypeTable() : "");
  }

  private TextTable byQuestionTypeTable() {
    TextTable table = new TextTable();
    table.row(List.of("question type", "count", "most named"));
    byQuestionType.forEach(
        (type, counts) -> {
          String most =
              counts.mostFrequent().stream()
                  .limit(MOST_NAMED)
                  .map(name -> name + " " + TextTable.percent(counts.share(name)))
                  .collect(Collectors.joining(", "));
          table.row(
              List.of(
                  type, String.valueOf(counts.demonstrations()), most.isEmpty() ? "(none)" : most));
        });
    return table;
  }

  private TextTable bySourceTable() {
    TextTable table = new TextTable();
    List<String> head = new ArrayList<>(List.of("principle", "count", "share"));
    head.addAll(bySource.keySet());
    table.row(head);
    for (String principle : total.mostFrequent()) {
      table.row(
          line(
              principle,
              String.valueOf(total.byPrinciple().get(principle)),
              counts -> TextTable.percent(counts.share(principle))));
    }
    table.row(
        line(
            "(none)",
            String.valueOf(total.withoutPrinciple()),
            counts -> TextTable.percent(counts.demonstrations(), counts.withoutPrinciple())));
    table.row(
        line(
            "(other number)",
            String.valueOf(total.disagreeing()),
            counts -> TextTable.percent(counts.demonstrations(), counts.disagreeing())));
    table.row(
        line(
            "(declining)",
            String.valueOf(total.declining()),
            counts -> TextTable.percent(counts.demonstrations(), counts.declining())));
    table.row(
        line(
            "demonstrations",
            String.valueOf(total.demonstrations()),
            counts -> String.valueOf(counts.demonstrations())));
    return table;
  }

  private List<String> line(String name, String count, Function<Counts, String> cell) {
    List<String> line = new ArrayList<>(List.of(name, count, cell.apply(total)));
    bySource.values().forEach(counts -> line.add(cell.apply(counts)));
    return line;
  }

  private static final class Tally {
    private long demonstrations;
    private long withoutPrinciple;
    private long disagreeing;
    private long declining;
    private final SortedMap<String, Long> byPrinciple = new TreeMap<>();

    void add(Demonstration demonstration) {
      demonstrations++;
      withoutPrinciple += demonstration.principles().isEmpty() ? 1 : 0;
      disagreeing +=
          demonstration.principles().stream().anyMatch(AppliedPrinciple::disagrees) ? 1 : 0;
      boolean declines =
          AnswerOpenings.declining(demonstration.query(), demonstration.answer()) != Declining.NONE;
      declining += declines ? 1 : 0;
      Set<String> once = new HashSet<>();
      for (AppliedPrinciple principle : demonstration.principles()) {
        if (once.add(principle.name())) {
          byPrinciple.merge(principle.name(), 1L, Long::sum);
        }
      }
    }

    Counts counts() {
      return new Counts(demonstrations, withoutPrinciple, disagreeing, declining, byPrinciple);
    }
  }
}
