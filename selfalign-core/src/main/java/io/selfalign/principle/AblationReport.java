package io.selfalign.principle;

import com.google.common.collect.ImmutableSortedMap;
import io.selfalign.data.Demonstration;
import io.selfalign.data.Drop;
import io.selfalign.internal.text.AnswerOpenings;
import io.selfalign.internal.text.Declining;
import io.selfalign.internal.text.TextTable;
import io.selfalign.pipeline.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What changes when parts of the prompt are left out. Printed, it is a table with a column for each
 * variant.
 *
 * @param queries how many queries each variant answered
 * @param variants what each variant did, the whole prompt first
 */
public record AblationReport(int queries, List<Variant> variants) {
  /** The reason of drops that are refusals by themselves. */
  private static final String APOLOGY = "apology";

  /**
   * What a variant did.
   *
   * @param name what it leaves out
   * @param kept how many answers it kept
   * @param drops how many it dropped, by reason
   * @param meanCharacters the mean length of the answers kept, in characters (Unicode code points);
   *     0 if there is none
   * @param refusals how many answers open by declining, by saying that something is not known, or
   *     by an apology (for which they were dropped); English alone
   * @param use the principles that the answers kept name
   */
  public record Variant(
      String name,
      long kept,
      Map<String, Long> drops,
      double meanCharacters,
      long refusals,
      PrincipleUse use) {
    /** Copies the map. */
    public Variant {
      drops = ImmutableSortedMap.copyOf(drops);
    }

    static Variant of(String name, List<Unit<Demonstration>> units) {
      List<Demonstration> kept = new ArrayList<>();
      SortedMap<String, Long> drops = new TreeMap<>();
      for (Unit<Demonstration> unit : units) {
        kept.addAll(unit.records());
        for (Drop drop : unit.drops()) {
          drops.merge(drop.reason(), 1L, Long::sum);
        }
      }
      long refusals =
          kept.stream()
              .filter(d -> AnswerOpenings.declining(d.query(), d.answer()) != Declining.NONE)
              .count();
      return new Variant(
          name,
          kept.size(),
          drops,
          kept.stream().mapToInt(Variant::characters).average().orElse(0),
          refusals + drops.getOrDefault(APOLOGY, 0L),
          PrincipleUse.of(kept.stream()));
    }

    private static int characters(Demonstration demonstration) {
      String answer = demonstration.answer();
      return answer.codePointCount(0, answer.length());
    }

    /** How many answers were dropped. */
    public long dropped() {
      return drops.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** Copies the list. */
  public AblationReport {
    variants = List.copyOf(variants);
  }

  /**
   * The variant of a name.
   *
   * @throws IllegalArgumentException if there is none, naming those there are
   */
  public Variant variant(String name) {
    return variants.stream()
        .filter(variant -> variant.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no variant '"
                        + name
                        + "'; there are "
                        + variants.stream().map(Variant::name).toList()));
  }

  /**
   * A table as text: counts of answers kept and dropped by reason, of refusals, the mean length,
   * and the share of answers kept that name each principle.
   */
  @Override
  public String toString() {
    TextTable table = new TextTable();
    add(table, queries + " queries", Variant::name);
    add(table, "kept", variant -> String.valueOf(variant.kept()));
    add(table, "dropped", variant -> String.valueOf(variant.dropped()));
    Set<String> reasons = new TreeSet<>();
    variants.forEach(variant -> reasons.addAll(variant.drops().keySet()));
    for (String reason : reasons) {
      add(table, "  " + reason, v -> String.valueOf(v.drops().getOrDefault(reason, 0L)));
    }
    add(table, "refusals", variant -> String.valueOf(variant.refusals()));
    add(table, "mean characters", variant -> String.valueOf(Math.round(variant.meanCharacters())));
    Set<String> principles = new TreeSet<>();
    variants.forEach(variant -> principles.addAll(variant.use().total().byPrinciple().keySet()));
    for (String principle : principles) {
      add(table, "names " + principle, v -> TextTable.percent(v.use().total().share(principle)));
    }
    add(
        table,
        "names no principle",
        v -> TextTable.percent(v.kept(), v.use().total().withoutPrinciple()));
    return table.toString();
  }

  private void add(TextTable table, String name, Function<Variant, String> cell) {
    List<String> row = new ArrayList<>(List.of(name));
    variants.forEach(variant -> row.add(cell.apply(variant)));
    table.row(row);
  }
}
