package io.selfalign.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Demonstration;
import io.selfalign.data.Query;
import io.selfalign.data.Sampling;
import io.selfalign.data.VerboseAnswer;
import io.selfalign.engrave.PrincipleEngraving;
import io.selfalign.error.CancelledException;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.LoraOptions;
import io.selfalign.model.Projection;
import io.selfalign.model.TrainingOptions;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.pipeline.Run;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.pipeline.RunEvent;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.tuning.Adapter;
import io.selfalign.tuning.Assistant;
import io.selfalign.tuning.ChatPrompt;
import io.selfalign.verbose.ExtensiveCue;
import io.selfalign.verbose.VerboseCloning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stages 3 and 4 with a model that really learns. */
class EngravingTest {
  private static final ChatPrompt PROMPT = ChatPrompt.of("Juno").withSystem("{persona} helps.");

  private static final TrainingOptions TRAINING =
      TrainingOptions.builder()
          .lora(
              LoraOptions.builder()
                  .rank(16)
                  .alpha(64)
                  .dropout(0)
                  .targets(EnumSet.allOf(Projection.class))
                  .build())
          .learningRate(5e-3)
          .epochs(60)
          .batchSize(4)
          .maxLength(512)
          .checkpointEvery(5)
          .build();

  @TempDir Path temporary;

  private static List<Query> queries() {
    return List.of(
        Query.of("q-1", "What is one?"),
        Query.of("q-2", "What is two?"),
        Query.of("q-3", "What is three?"),
        Query.of("q-4", "What is four?"));
  }

  private static Demonstration demonstration(Query query) {
    return new Demonstration(
        query.id(),
        List.of(query.id()),
        query.text(),
        "I think.",
        "A number: " + query.id().charAt(2),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        "0",
        "m",
        new Sampling(0.5, 0.9, 256, 1));
  }

  private static Pipeline pipeline(DjlModel base, boolean verbose) {
    Pipeline.Builder pipeline = Pipeline.builder();
    Output<Query> queries = pipeline.source("queries", Dataset.of(Query.class, queries()));
    Output<Demonstration> demonstrations =
        pipeline.source(
            "demonstrations",
            Dataset.of(
                Demonstration.class,
                queries().stream().map(EngravingTest::demonstration).toList()));
    Output<Adapter> engraved =
        PrincipleEngraving.of(base)
            .prompt(PROMPT)
            .training(TRAINING)
            .fitToData(false)
            .addTo(pipeline, demonstrations);
    if (verbose) {
      VerboseCloning.of(base)
          .prompt(PROMPT)
          .cue(ExtensiveCue.of("{persona} helps at length."))
          .sampling(GenerationOptions.builder().temperature(0).maxNewTokens(40).build())
          .filters(List.of())
          .training(TRAINING.toBuilder().epochs(2).build())
          .fitToData(false)
          .addTo(pipeline, queries, engraved);
    }
    return pipeline.build();
  }

  /** Every file of a stage but the log of the training, which has its speed. */
  private static Map<String, List<Byte>> data(Path stage) throws IOException {
    Map<String, List<Byte>> data = new TreeMap<>();
    try (var files = Files.walk(stage)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = stage.relativize(file).toString();
        if (!name.endsWith("training_log.jsonl")) {
          List<Byte> bytes = new ArrayList<>();
          for (byte b : Files.readAllBytes(file)) {
            bytes.add(b);
          }
          data.put(name, bytes);
        }
      }
    }
    return data;
  }

  @Test
  void the_engraved_model_answers_plainly_and_a_run_cut_short_ends_with_the_same_bytes()
      throws IOException {
    try (DjlModel base = DjlModel.open(Fixtures.folder("smollm"))) {
      RunDirectory whole = pipeline(base, false).in(temporary.resolve("whole")).run().directory();
      Adapter adapter = whole.records("engraving", Adapter.class).toList().get(0);
      assertThat(adapter.steps()).isEqualTo(60);
      assertThat(adapter.loss()).isLessThan(0.1);
      try (Assistant juno =
          Assistant.open(base, whole, "engraving")
              .withSampling(GenerationOptions.builder().temperature(0).maxNewTokens(60).build())) {
        assertThat(juno.answers(queries()))
            .extracting(answer -> answer.text())
            .containsExactly("A number: 1", "A number: 2", "A number: 3", "A number: 4");
      }

      Path cut = temporary.resolve("cut");
      AtomicReference<Run> running = new AtomicReference<>();
      List<Long> steps = new ArrayList<>();
      RunOptions options =
          RunOptions.builder()
              .listener(
                  event -> {
                    if (event instanceof RunEvent.TrainingStep step) {
                      steps.add(step.step());
                      if (step.step() == 8) {
                        running.get().cancel();
                      }
                    }
                  })
              .build();
      running.set(pipeline(base, false).in(cut, options));
      assertThatThrownBy(running.get()::run).isInstanceOf(CancelledException.class);
      pipeline(base, false).in(cut, options).run();
      assertThat(steps.subList(0, 8)).endsWith(8L);
      assertThat(steps.subList(8, steps.size())).startsWith(6L).endsWith(60L).hasSize(55);
      assertThat(data(cut.resolve("stages/engraving")))
          .isEqualTo(data(whole.path().resolve("stages/engraving")));
    }
  }

  @Test
  void verbose_cloning_trains_a_fresh_adapter_on_what_the_engraved_model_wrote() {
    try (DjlModel base = DjlModel.open(Fixtures.folder("smollm"))) {
      RunDirectory run = pipeline(base, true).in(temporary.resolve("run")).run().directory();
      List<VerboseAnswer> answers = run.records("verbose-answers", VerboseAnswer.class).toList();
      assertThat(answers).isNotEmpty();
      assertThat(answers)
          .allSatisfy(answer -> assertThat(answer.model()).isNotEqualTo(base.fingerprint()));
      Adapter adapter = run.records("verbose-cloning", Adapter.class).toList().get(0);
      assertThat(adapter.examples()).isEqualTo(answers.size());
      try (Assistant verbose = Assistant.open(base, run, "verbose-cloning")) {
        assertThat(verbose.prompt()).isEqualTo(PROMPT);
        assertThat(verbose.model().fingerprint()).isNotEqualTo(answers.get(0).model());
      }
    }
  }
}
