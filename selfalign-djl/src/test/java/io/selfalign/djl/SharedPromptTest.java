package io.selfalign.djl;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.model.FinishReason;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.pipeline.RunResult;
import io.selfalign.principle.Candidate;
import io.selfalign.principle.Exemplar;
import io.selfalign.principle.ExemplarSelector;
import io.selfalign.principle.Principle;
import io.selfalign.principle.PrincipleCheck;
import io.selfalign.principle.PrincipleDrivenAlignment;
import io.selfalign.principle.PrincipleMentions;
import io.selfalign.principle.PrincipleSet;
import io.selfalign.principle.Prompt;
import io.selfalign.principle.PromptFrame;
import io.selfalign.principle.SafetyFilter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That stage 2 computes what all its prompts share once a run, shown by the model's counters. */
class SharedPromptTest {
  private static final PromptFrame FRAME =
      PromptFrame.builder()
          .principles(
              PrincipleSet.of(
                  new Principle("candor", "Say openly what is unknown or uncertain."),
                  new Principle(
                      "kind", "Be friendly to all who ask, and to those they ask about.")))
          .exemplars(
              ExemplarSelector.all(
                  List.of(
                      new Exemplar(
                          "one",
                          List.of(
                              new Exemplar.Turn(
                                  "Who lives next door?",
                                  List.of("By my {principle: candor} I say that I can't know."),
                                  "I don't know who lives there; you could ring the bell."))))))
          .build();

  private static final List<Query> QUERIES =
      IntStream.range(0, 24).mapToObj(i -> Query.of("q" + i, i + " times what is ten?")).toList();

  @TempDir Path temporary;

  private static DjlModel open(DjlModelOptions.Builder options) {
    return DjlModel.open(Fixtures.folder("mistral-long"), options.build());
  }

  private static String prompt(Query query) {
    return FRAME.prompt(query, RecordRandom.of(0, "stage", query.id())).text();
  }

  /** How many tokens the prompts have, if what they share counts once. */
  private static long onceShared(DjlModel model) {
    String any = prompt(QUERIES.get(0));
    // A token less, for the last one may merge with the query's first.
    int shared = model.countTokens(any.substring(0, any.indexOf(QUERIES.get(0).text()))) - 1;
    return shared
        + QUERIES.stream().mapToLong(query -> model.countTokens(prompt(query)) - shared).sum();
  }

  @ParameterizedTest
  @CsvSource({"64, 64, 1", "5, 3, 1", "1, 64, 1", "5, 64, 2"})
  void the_stage_computes_the_shared_prompt_once_whatever_the_units_batches_and_workers(
      int unitSize, int batchSize, int workers) {
    try (DjlModel model = open(DjlModelOptions.builder().maxBatchSize(batchSize))) {
      PrincipleDrivenAlignment stage =
          PrincipleDrivenAlignment.builder(model)
              .frame(FRAME)
              .safety(SafetyFilter.none())
              .sampling(
                  PrincipleDrivenAlignment.defaultSampling().toBuilder().maxNewTokens(4).build())
              .unitSize(unitSize)
              .build();
      RunResult result =
          Pipeline.of(stage, Dataset.of(Query.class, QUERIES))
              .in(temporary.resolve("run"), RunOptions.builder().workers(workers).build())
              .run();
      assertThat(result.stages().get(1).drops().values().stream().mapToLong(n -> n).sum())
          .isEqualTo(QUERIES.size());
      assertThat(model.prefilledTokens()).isLessThanOrEqualTo(onceShared(model));
    }
  }

  @Test
  void the_check_of_answers_runs_little_more_than_its_question() {
    try (DjlModel model = open(DjlModelOptions.builder())) {
      PrincipleCheck check = PrincipleCheck.builder(model, FRAME).minAuc(0).build();
      // Always the same word, so that the text has the tokens with which it was written.
      GenerationOptions knowing =
          GenerationOptions.builder()
              .temperature(0)
              .maxNewTokens(80)
              .logitBias(" know", 100)
              .build();
      List<Candidate> candidates = new ArrayList<>();
      for (Query query : QUERIES) {
        Prompt prompt = FRAME.prompt(query, RecordRandom.of(0, "stage", query.id()));
        String thoughts = "I think.\n\n## Alina\n";
        String written = thoughts + model.generate(prompt.text() + thoughts, knowing);
        candidates.add(
            new Candidate(
                query,
                prompt,
                written,
                FRAME.parse(written, FinishReason.LENGTH),
                new PrincipleMentions(List.of(), List.of()),
                FRAME.speech()));
      }
      check.judge(candidates.subList(0, 1)); // which also measures the check
      long before = model.prefilledTokens();
      check.judge(candidates.subList(1, candidates.size()));
      long each = (model.prefilledTokens() - before) / (candidates.size() - 1);
      int question = model.countTokens("\n\n# Review\nDoes this answer break one of the rules?");
      assertThat(each).isLessThanOrEqualTo(2L * (question + 1));
    }
  }
}
