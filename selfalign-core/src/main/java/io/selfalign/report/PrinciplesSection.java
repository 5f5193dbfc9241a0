package io.selfalign.report;

import io.selfalign.data.Demonstration;
import io.selfalign.pipeline.Dataset;
import io.selfalign.principle.PrincipleUse;
import io.selfalign.principle.PrincipleUse.Counts;
import io.selfalign.principle.SelfCheck;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Which principles the thoughts name, by the source of the query and by its question type. */
final class PrinciplesSection implements Section {
  private static final int MOST_PRINCIPLES = 40;
  private static final int MOST_GROUPS = 24;

  /**
   * The data.
   *
   * @param withoutPrinciple how many demonstrations name no principle
   * @param disagreeing how many name one with another number than its own
   * @param declining how many begin by declining
   * @param selfCheck what the check of answers was measured at, if there was one
   * @param principles the most frequent first
   * @param sources each with its counts, in the order of the principles; the same of types
   */
  record Data(
      long demonstrations,
      long withoutPrinciple,
      long disagreeing,
      long declining,
      Optional<Check> selfCheck,
      List<String> principles,
      List<Long> counts,
      List<Group> sources,
      List<Group> types) {}

  /** A measurement of the check, and whether it is used. */
  record Check(SelfCheck measured, boolean used) {}

  /** The demonstrations of a source or question type. */
  record Group(
      String name, long demonstrations, long withoutPrinciple, long declining, List<Long> counts) {}

  @Override
  public String name() {
    return "principles";
  }

  @Override
  public Record collect(RunData run) {
    Optional<Dataset<Demonstration>> demonstrations = run.last(Demonstration.class);
    if (demonstrations.isEmpty()) {
      return new Missing("This run answered nothing under principles.");
    }
    PrincipleUse use;
    try (Stream<Demonstration> all = demonstrations.get().stream()) {
      use = PrincipleUse.of(all);
    }
    List<String> principles = use.total().mostFrequent().stream().limit(MOST_PRINCIPLES).toList();
    return new Data(
        use.total().demonstrations(),
        use.total().withoutPrinciple(),
        use.total().disagreeing(),
        use.total().declining(),
        run.lastStage(Demonstration.class)
            .flatMap(stage -> SelfCheck.of(run.directory(), stage))
            .map(measured -> new Check(measured, measured.used())),
        principles.stream().map(name -> ShownText.label(name, 60)).toList(),
        counts(use.total(), principles),
        groups(use.bySource(), principles),
        groups(use.byQuestionType(), principles));
  }

  private static List<Group> groups(Map<String, Counts> groups, List<String> principles) {
    return groups.entrySet().stream()
        .sorted(
            Comparator.<Map.Entry<String, Counts>>comparingLong(e -> e.getValue().demonstrations())
                .reversed()
                .thenComparing(Map.Entry::getKey))
        .limit(MOST_GROUPS)
        .map(
            entry ->
                new Group(
                    ShownText.label(entry.getKey(), 90),
                    entry.getValue().demonstrations(),
                    entry.getValue().withoutPrinciple(),
                    entry.getValue().declining(),
                    counts(entry.getValue(), principles)))
        .toList();
  }

  private static List<Long> counts(Counts counts, List<String> principles) {
    return principles.stream().map(p -> counts.byPrinciple().getOrDefault(p, 0L)).toList();
  }
}
