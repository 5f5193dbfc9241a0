package io.selfalign.report;

import io.selfalign.data.Instruction;
import io.selfalign.pipeline.Dataset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The most frequent root verbs of the instructions, and the nouns that go with them. */
final class VerbsSection implements Section {
  private static final int MOST_VERBS = 20;
  private static final int MOST_NOUNS = 6;

  /** Nouns beyond these are counted together, so that memory is bounded. */
  private static final int MOST_COUNTED = 100_000;

  /**
   * The data.
   *
   * @param withVerb how many instructions have a verb that is known, or begin with a word that asks
   * @param verbs the most frequent first
   * @param different how many verbs there are
   */
  record Data(long instructions, long withVerb, int different, List<Verb> verbs) {}

  /** A verb; its nouns are the most frequent first. */
  record Verb(String verb, long count, List<Noun> nouns) {}

  /** How often a noun goes with a verb. */
  record Noun(String noun, long count) {}

  @Override
  public String name() {
    return "verbs";
  }

  @Override
  public Record collect(RunData run) {
    Optional<Dataset<Instruction>> instructions = run.last(Instruction.class);
    if (instructions.isEmpty()) {
      return new Missing("This run wrote no instructions of its own.");
    }
    Map<String, Map<String, Long>> nouns = new HashMap<>();
    Map<String, Long> verbs = new HashMap<>();
    long[] counted = {0};
    try (Stream<Instruction> all = instructions.get().stream()) {
      all.forEach(
          instruction ->
              RootVerbs.of(instruction.instruction())
                  .ifPresent(
                      root -> {
                        verbs.merge(root.verb(), 1L, Long::sum);
                        Map<String, Long> of =
                            nouns.computeIfAbsent(root.verb(), verb -> new HashMap<>());
                        root.noun()
                            .filter(noun -> of.containsKey(noun) || counted[0]++ < MOST_COUNTED)
                            .ifPresent(noun -> of.merge(noun, 1L, Long::sum));
                      }));
    }
    return new Data(
        instructions.get().size(),
        verbs.values().stream().mapToLong(Long::longValue).sum(),
        verbs.size(),
        frequent(verbs, MOST_VERBS)
            .map(
                verb ->
                    new Verb(
                        verb.getKey(),
                        verb.getValue(),
                        frequent(nouns.getOrDefault(verb.getKey(), Map.of()), MOST_NOUNS)
                            .map(noun -> new Noun(noun.getKey(), noun.getValue()))
                            .toList()))
            .toList());
  }

  private static Stream<Map.Entry<String, Long>> frequent(Map<String, Long> counts, int most) {
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(most);
  }
}
