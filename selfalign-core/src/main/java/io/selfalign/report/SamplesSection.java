package io.selfalign.report;

import io.selfalign.data.AppliedPrinciple;
import io.selfalign.data.Demonstration;
import io.selfalign.data.VerboseAnswer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A few demonstrations, walked back to the seeds. */
final class SamplesSection implements Section {
  private static final int SAMPLES = 4;

  /** The first in the order of the sample that name a principle come first. */
  private static final int CANDIDATES = 40;

  private static final int TEXT_LENGTH = 1_600;

  /**
   * The data.
   *
   * @param stage the stage that the demonstrations are of
   */
  record Data(String stage, List<Shown> samples) {}

  /**
   * A demonstration with where it comes from and what became of it.
   *
   * @param generations its ancestors, the oldest first
   */
  record Shown(
      String id,
      String query,
      Optional<String> source,
      Optional<String> questionType,
      String thoughts,
      List<String> principles,
      String answer,
      Optional<String> verboseAnswer,
      String model,
      List<Ancestry.Generation> generations) {}

  @Override
  public String name() {
    return "samples";
  }

  @Override
  public Record collect(RunData run) {
    Optional<String> stage = run.lastStage(Demonstration.class);
    if (stage.isEmpty()) {
      return new Missing("This run has no demonstrations to walk back from.");
    }
    List<Demonstration> samples = choose(run, stage.get());
    Map<String, String> verbose = verboseAnswers(run, samples);
    Map<String, List<Ancestry.Generation>> ancestry = Ancestry.of(run, stage.get(), samples);
    return new Data(
        stage.get(),
        samples.stream()
            .map(sample -> shown(sample, verbose, ancestry.getOrDefault(sample.id(), List.of())))
            .toList());
  }

  /** From different sources as far as there are, and with principles named. */
  private static List<Demonstration> choose(RunData run, String stage) {
    Map<String, Sample<Demonstration>> bySource = new TreeMap<>();
    try (Stream<Demonstration> all = run.records(stage, Demonstration.class).stream()) {
      all.forEach(
          demonstration -> {
            String source = demonstration.source().orElse("");
            if (bySource.containsKey(source) || bySource.size() < SAMPLES) {
              bySource
                  .computeIfAbsent(source, name -> new Sample<>(CANDIDATES))
                  .add(demonstration.id(), demonstration);
            }
          });
    }
    List<List<Demonstration>> sources =
        bySource.values().stream()
            .map(
                sample ->
                    Stream.concat(
                            sample.values().stream().filter(d -> !d.principles().isEmpty()),
                            sample.values().stream().filter(d -> d.principles().isEmpty()))
                        .toList())
            .toList();
    List<Demonstration> chosen = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      for (List<Demonstration> source : sources) {
        if (i < source.size() && chosen.size() < SAMPLES) {
          chosen.add(source.get(i));
        }
      }
    }
    return chosen;
  }

  /** The answers of stage 4 to the same queries, by the query's id. */
  private static Map<String, String> verboseAnswers(RunData run, List<Demonstration> samples) {
    Set<String> queries = samples.stream().map(Demonstration::id).collect(Collectors.toSet());
    Map<String, String> answers = new HashMap<>();
    run.last(VerboseAnswer.class)
        .ifPresent(
            dataset -> {
              try (Stream<VerboseAnswer> all = dataset.stream()) {
                all.forEach(
                    answer ->
                        answer.parents().stream()
                            .filter(queries::contains)
                            .forEach(query -> answers.put(query, answer.answer())));
              }
            });
    return answers;
  }

  private static Shown shown(
      Demonstration sample, Map<String, String> verbose, List<Ancestry.Generation> generations) {
    return new Shown(
        ShownText.label(sample.id(), 100),
        ShownText.clip(sample.query(), TEXT_LENGTH),
        sample.source().map(source -> ShownText.label(source, 60)),
        sample.questionType().map(type -> ShownText.label(type, 90)),
        ShownText.clip(sample.thoughts(), TEXT_LENGTH),
        sample.principles().stream()
            .map(AppliedPrinciple::name)
            .map(name -> ShownText.label(name, 60))
            .toList(),
        ShownText.clip(sample.answer(), TEXT_LENGTH),
        Optional.ofNullable(verbose.get(sample.id()))
            .map(answer -> ShownText.clip(answer, TEXT_LENGTH)),
        ShownText.clip(sample.model(), 200),
        generations);
  }
}
