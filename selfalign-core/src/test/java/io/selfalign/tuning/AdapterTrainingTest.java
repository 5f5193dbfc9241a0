package io.selfalign.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Query;
import io.selfalign.data.TrainingPair;
import io.selfalign.error.CancelledException;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.model.LearningRateSchedule;
import io.selfalign.model.LoraOptions;
import io.selfalign.model.Projection;
import io.selfalign.model.TrainingOptions;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Run;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.pipeline.RunEvent;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.testing.ScriptedModel;
import io.selfalign.testing.ScriptedTrainableModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterTrainingTest {
  private static final ChatPrompt PROMPT = ChatPrompt.standard();

  @TempDir Path temporary;

  private static ScriptedTrainableModel model() {
    return ScriptedTrainableModel.of(ScriptedModel.replying("I have not learnt that."));
  }

  private static AdapterTraining.Builder training(ScriptedTrainableModel model) {
    return AdapterTraining.builder(model, "engraving");
  }

  private static List<TrainingPair> pairs(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new TrainingPair(
                    "pair-" + i,
                    List.of(),
                    "demonstration",
                    PROMPT.text("Question " + i),
                    PROMPT.completion("Answer " + i, true),
                    200))
        .toList();
  }

  private static Pipeline pipeline(AdapterTraining stage, int pairs) {
    return Pipeline.of(stage, Dataset.of(TrainingPair.class, pairs(pairs)));
  }

  private RunDirectory run(AdapterTraining stage, int pairs, String folder) {
    return pipeline(stage, pairs).in(temporary.resolve(folder)).run().directory();
  }

  @Test
  void one_record_describes_the_adapter_that_lies_in_the_stages_files() {
    ScriptedTrainableModel model = model();
    RunDirectory run = run(training(model).build(), 330, "run");
    Adapter adapter = run.records("engraving", Adapter.class).toList().get(0);
    Path folder = run.files("engraving").resolve("adapter");
    assertThat(adapter.id()).isEqualTo("adapter-engraving");
    assertThat(adapter.parents()).hasSize(330).startsWith("pair-0", "pair-1").endsWith("pair-329");
    assertThat(adapter.stage()).isEqualTo("engraving");
    assertThat(adapter.folder()).isEqualTo("adapter");
    assertThat(adapter.locate(run.files("engraving"))).isEqualTo(folder);
    assertThat(folder.resolve("adapter_model.safetensors")).exists();
    assertThat(adapter.model()).isEqualTo("scripted:scripted");
    assertThat(adapter.prompt()).isEqualTo(PROMPT);
    assertThat(adapter.examples()).isEqualTo(330);
    assertThat(adapter.batchSize()).isEqualTo(16);
    assertThat(adapter.epochs()).isEqualTo(3);
    assertThat(adapter.steps()).isEqualTo(63);
    assertThat(adapter.warmupSteps()).isEqualTo(18);
    assertThat(adapter.learningRate()).isEqualTo(4e-4);
    assertThat(adapter.loss()).isEqualTo(4.0 / 63);
  }

  @Test
  void the_model_gets_the_papers_hyperparameters_the_pairs_and_the_runs_seed() {
    ScriptedTrainableModel model = model();
    RunDirectory run = run(training(model).fitToData(false).build(), 5, "run");
    TrainingOptions options = model.trainings().get(0).options();
    assertThat(options.batchSize()).isEqualTo(768);
    assertThat(options.warmupSteps()).isEqualTo(100);
    assertThat(options.epochs()).isEqualTo(1);
    assertThat(options.learningRate()).isEqualTo(4e-4);
    assertThat(options.schedule().name()).isEqualTo("LINEAR");
    assertThat(options.maxLength()).isEqualTo(512);
    LoraOptions lora = options.lora().orElseThrow();
    assertThat(lora.rank()).isEqualTo(16);
    assertThat(lora.alpha()).isEqualTo(16);
    assertThat(lora.dropout()).isEqualTo(0.05);
    assertThat(lora.targets())
        .containsExactlyInAnyOrder(
            Projection.Q_PROJ, Projection.K_PROJ, Projection.V_PROJ, Projection.O_PROJ);
    assertThat(options.endOfSequence()).isFalse();
    assertThat(options.resume()).isTrue();
    assertThat(model.trainings().get(0).examples().get(3).completion())
        .isEqualTo("Answer 3\n\n## User\n");
    long seed = options.seed();
    ScriptedTrainableModel other = model();
    pipeline(training(other).build(), 5)
        .in(temporary.resolve("other"), RunOptions.builder().seed(1).build())
        .run();
    assertThat(other.trainings().get(0).options().seed()).isNotEqualTo(seed);
    assertThat(run.seed()).isZero();
  }

  @Test
  void the_prompt_decides_whether_the_end_of_sequence_is_learnt() {
    ScriptedTrainableModel model = model();
    run(training(model).prompt(PROMPT.closedByEndOfSequence()).build(), 5, "run");
    assertThat(model.trainings().get(0).options().endOfSequence()).isTrue();
  }

  @Test
  void every_step_is_an_event() {
    List<RunEvent.TrainingStep> steps = new ArrayList<>();
    RunOptions options =
        RunOptions.builder()
            .listener(
                event -> {
                  if (event instanceof RunEvent.TrainingStep step) {
                    steps.add(step);
                  }
                })
            .build();
    pipeline(training(model()).build(), 40).in(temporary.resolve("run"), options).run();
    assertThat(steps)
        .extracting(RunEvent.TrainingStep::step)
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    assertThat(steps.get(0).stage()).isEqualTo("engraving");
    assertThat(steps.get(0).steps()).isEqualTo(9);
    assertThat(steps.get(1).loss()).isEqualTo(2.0);
    assertThat(steps.get(1).learningRate()).isEqualTo(4e-4);
  }

  @Test
  void whichever_step_fails_running_again_goes_on_from_the_checkpoint() {
    TrainingOptions options =
        AdapterTraining.paperTraining().toBuilder().checkpointEvery(2).build();
    RunDirectory whole = run(training(model()).training(options).build(), 40, "whole");
    for (int failing = 1; failing <= 9; failing++) {
      int at = failing;
      String folder = "failing-" + failing;
      ScriptedTrainableModel broken =
          model()
              .beforeStep(
                  step -> {
                    if (step == at) {
                      throw new IllegalStateException("no power");
                    }
                  });
      assertThatThrownBy(() -> run(training(broken).training(options).build(), 40, folder))
          .hasMessage("no power");
      ScriptedTrainableModel healthy = model();
      RunDirectory resumed = run(training(healthy).training(options).build(), 40, folder);
      assertThat(TuningSamples.data(resumed.path())).isEqualTo(TuningSamples.data(whole.path()));
      assertThat(healthy.steps()).startsWith((failing - 1) / 2 * 2 + 1).endsWith(9);
    }
  }

  @Test
  void a_training_that_ended_before_it_was_committed_is_not_made_again() throws IOException {
    Path directory = temporary.resolve("run");
    RunDirectory whole = run(training(model()).build(), 40, "run");
    // A kill after the adapter was written and before the commit leaves the journal's first line.
    Path stage = directory.resolve("stages/engraving");
    List<String> journal = Files.readAllLines(stage.resolve("journal.jsonl"));
    Files.writeString(stage.resolve("journal.jsonl"), journal.get(0) + "\n");
    Files.delete(stage.resolve("records.jsonl"));
    RunDirectory again = run(training(model()).build(), 40, "run");
    assertThat(Files.readAllLines(stage.resolve("journal.jsonl"))).isEqualTo(journal);
    assertThat(again.stage("engraving")).isEqualTo(whole.stage("engraving"));
  }

  @Test
  void a_complete_training_is_not_begun_again() {
    run(training(model()).build(), 40, "run");
    ScriptedTrainableModel model = model();
    run(training(model).build(), 40, "run");
    assertThat(model.trainings()).isEmpty();
  }

  @Test
  void cancelling_ends_it_between_steps() {
    AtomicReference<Run> running = new AtomicReference<>();
    ScriptedTrainableModel model =
        model()
            .beforeStep(
                step -> {
                  if (step == 4) {
                    running.get().cancel();
                  }
                });
    running.set(pipeline(training(model).build(), 40).in(temporary.resolve("run")));
    assertThatThrownBy(running.get()::run).isInstanceOf(CancelledException.class);
    assertThat(model.steps()).hasSizeLessThanOrEqualTo(4);
  }

  @Test
  void other_options_are_refused_and_named() {
    run(training(model()).build(), 40, "run");
    LoraOptions small = LoraOptions.rank(4);
    TrainingOptions changed = AdapterTraining.paperTraining().toBuilder().lora(small).build();
    assertThatThrownBy(() -> run(training(model()).training(changed).build(), 40, "run"))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("option 'lora.rank' is 4, but was 16");
  }

  @Test
  void the_settings_name_all_that_decides_and_nothing_else() {
    AdapterTraining.Builder base = training(model());
    TrainingOptions paper = AdapterTraining.paperTraining();
    List<TrainingOptions> same =
        List.of(
            paper.toBuilder().checkpointEvery(1).keepCheckpoints(5).build(),
            paper.toBuilder().seed(5).resume(true).validateEvery(3).build(),
            paper.toBuilder().gradientCheckpointing(true).build());
    same.forEach(
        options ->
            assertThat(training(model()).training(options).build().settings())
                .isEqualTo(base.build().settings()));
    List<TrainingOptions> others =
        List.of(
            paper.toBuilder().epochs(2).build(),
            paper.toBuilder().batchSize(4).build(),
            paper.toBuilder().microBatchSize(4).build(),
            paper.toBuilder().microBatchTokens(4).build(),
            paper.toBuilder().maxLength(4).build(),
            paper.toBuilder().learningRate(1e-4).build(),
            paper.toBuilder().schedule(LearningRateSchedule.COSINE).build(),
            paper.toBuilder().warmupSteps(4).build(),
            paper.toBuilder().weightDecay(0.1).build(),
            paper.toBuilder().beta1(0.8).build(),
            paper.toBuilder().beta2(0.8).build(),
            paper.toBuilder().epsilon(1e-6).build(),
            paper.toBuilder().maxGradientNorm(1).build(),
            paper.toBuilder().shuffle(false).build(),
            paper.toBuilder().validationShare(0.1).build(),
            paper.toBuilder().lora(LoraOptions.builder().dropout(0).build()).build(),
            paper.toBuilder().lora(LoraOptions.builder().rankFor("v_proj", 2).build()).build());
    others.forEach(
        options ->
            assertThat(training(model()).training(options).build().settings())
                .isNotEqualTo(base.build().settings()));
    assertThat(base.fitToData(false).build().settings())
        .isNotEqualTo(training(model()).build().settings());
  }

  @Test
  void nothing_to_train_on_says_where_to_look() {
    assertThatThrownBy(() -> run(training(model()).build(), 0, "run"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("stage 'engraving' has no pair to train on; look into the ledger");
  }

  @Test
  void all_weights_are_no_adapter() {
    TrainingOptions all = TrainingOptions.builder().allWeights().build();
    assertThatThrownBy(() -> training(model()).training(all))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("this stage trains an adapter");
  }

  @Test
  void the_aligned_model_answers_what_it_learnt_and_only_while_it_is_open() {
    ScriptedTrainableModel base = model();
    RunDirectory run = run(training(base).build(), 40, "run");
    Assistant opened;
    try (Assistant model = Assistant.open(base, run, "engraving")) {
      assertThat(model.answer("Question 7")).isEqualTo("Answer 7");
      assertThat(model.answer("Question 99")).isEqualTo("I have not learnt that.");
      assertThat(model.prompt()).isEqualTo(PROMPT);
      assertThat(model.sampling().stop()).startsWith("\n## User\n");
      List<String> answers =
          model.answers(List.of(Query.of("b", "Question 1"), Query.of("a", "Question 2 "))).stream()
              .map(answer -> answer.id() + ": " + answer.text())
              .toList();
      assertThat(answers).containsExactly("b: Answer 1", "a: Answer 2");
      opened = model;
    }
    assertThatThrownBy(() -> opened.answer("Question 7")).isInstanceOf(IllegalStateException.class);
    assertThat(Assistant.of(base, PROMPT).answer("Question 7"))
        .isEqualTo("I have not learnt that.");
  }

  @Test
  void an_adapter_that_was_changed_or_is_of_another_model_is_not_attached() throws IOException {
    ScriptedTrainableModel base = model();
    RunDirectory run = run(training(base).build(), 40, "run");
    ScriptedTrainableModel other =
        ScriptedTrainableModel.of(ScriptedModel.builder().name("other").build());
    assertThatThrownBy(() -> Assistant.open(other, run, "engraving"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("belongs to model scripted:scripted, but this is other");
    Path weights = run.files("engraving").resolve("adapter/adapter_model.safetensors");
    Files.writeString(weights, Files.readString(weights).replace("Answer 7", "Answer 8"));
    assertThatThrownBy(() -> Assistant.open(base, run, "engraving"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("the adapter is not as it was trained");
    Files.delete(weights);
    assertThatThrownBy(() -> Assistant.open(base, run, "engraving"))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("adapter_model.safetensors: can't be read");
  }

  @Test
  void an_adapter_that_is_not_trained_yet_can_not_be_opened() {
    ScriptedTrainableModel broken =
        model()
            .beforeStep(
                step -> {
                  throw new IllegalStateException("no power");
                });
    assertThatThrownBy(() -> run(training(broken).build(), 40, "run")).hasMessage("no power");
    RunDirectory run = RunDirectory.open(temporary.resolve("run"));
    assertThatThrownBy(() -> Assistant.open(model(), run, "engraving"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("has not trained its adapter yet; run the pipeline to its end");
  }
}
