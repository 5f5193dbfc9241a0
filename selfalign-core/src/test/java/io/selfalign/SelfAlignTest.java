package io.selfalign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Demonstration;
import io.selfalign.data.Instruction;
import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.data.TrainingPair;
import io.selfalign.error.SelfAlignException;
import io.selfalign.model.LoraOptions;
import io.selfalign.pipeline.Run;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.pipeline.RunEvent;
import io.selfalign.pipeline.StageSummary;
import io.selfalign.pipeline.TracedRecord;
import io.selfalign.principle.ExemplarSelector;
import io.selfalign.principle.Exemplars;
import io.selfalign.principle.PrincipleDrivenAlignment;
import io.selfalign.principle.PrincipleSet;
import io.selfalign.principle.PromptFrame;
import io.selfalign.testing.ScriptedModel;
import io.selfalign.testing.ScriptedTrainableModel;
import io.selfalign.tuning.Assistant;
import io.selfalign.tuning.TuningSamples;
import io.selfalign.verbose.ExtensiveCue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The four stages in one call, with a model that does as a script says. */
class SelfAlignTest {
  @TempDir Path temporary;

  private final ScriptedTrainableModel model = ScriptedTrainableModel.of(script().build());

  private static ScriptedModel.Builder script() {
    return ScriptedModel.builder()
        .contextLength(20_000)
        .scorer(request -> request.continuation().equals(" Yes") ? -4.0 : -1.0)
        .when(prompt -> prompt.endsWith("Instruction:"), SelfAlignTest::tasks)
        .when(
            prompt -> prompt.contains("(candor)"),
            (prompt, random) ->
                reply(prompt.contains("Juno") ? "Juno" : "Alina")
                    + words(random, 40)
                    + ".\n\n# Conversation\n")
        .otherwise((prompt, random) -> words(random, 60) + ".\n\n## User\n");
  }

  private static String reply(String persona) {
    return PromptFrame.builder().persona(persona).build().selfIdentification()
        + " By my rule 7 (candor) I answer.\n\n## "
        + persona
        + "\n";
  }

  private static String tasks(String prompt, RecordRandom random) {
    return " Tell of "
        + words(random, 6)
        + ".\nInput: <noinput>\nOutput: It is so.\n\n31. Instruction: Tell of it.\nOutput: No.\n";
  }

  private static String words(RecordRandom random, int count) {
    StringBuilder text = new StringBuilder("Words");
    for (int i = 0; i < count; i++) {
      text.append(' ').append(Long.toString(random.bits(i, 1) >>> 44, 36)).append('a');
    }
    return text.toString();
  }

  /** A character is a token to a scripted model. */
  private static void roomForCharacters(PrincipleDrivenAlignment.Builder stage) {
    stage
        .sampling(PrincipleDrivenAlignment.defaultSampling().toBuilder().maxNewTokens(600).build())
        .thoughtTokens(400);
  }

  private SelfAlign align(ScriptedTrainableModel with, String name) {
    return SelfAlign.of(with)
        .instructions(12)
        .respond(SelfAlignTest::roomForCharacters)
        .lora(LoraOptions.rank(4))
        .verboseCloning()
        .workDirectory(temporary.resolve(name));
  }

  @Test
  void all_four_stages_give_two_aligned_models_and_their_data() {
    try (SelfAlignResult result = align(model, "run").run()) {
      assertThat(result.stages())
          .extracting(StageSummary::name)
          .containsExactly(
              "seed-tasks",
              "self-instruct",
              "instructions",
              "queries",
              "demonstrations",
              "identity-pairs",
              "engraving-set",
              "engraving",
              "verbose-answers",
              "verbose-set",
              "verbose-cloning");
      List<Instruction> instructions = result.instructions().toList();
      List<Demonstration> demonstrations = result.demonstrations().toList();
      assertThat(instructions).hasSize(12);
      assertThat(demonstrations).hasSize(12);
      assertThat(result.principleUse().total().byPrinciple()).containsEntry("candor", 12L);

      // Each model answers what it was trained on.
      Demonstration first = demonstrations.get(0);
      assertThat(result.engraved().answer(first.query())).isEqualTo(first.answer());
      assertThat(result.assistant().answer(first.query()))
          .hasSizeGreaterThan(first.answer().length());
      assertThat(result.assistant()).isNotSameAs(result.engraved());
      assertThat(result.adapter().resolve("adapter_config.json")).exists();

      // The reasons are gone from what the models are trained on.
      assertThat(model.trainings()).hasSize(2);
      assertThat(model.trainings().get(0).examples())
          .allSatisfy(example -> assertThat(example.prompt()).doesNotContain("(candor)"));
      assertThat(model.trainings().get(0).options().lora().orElseThrow().rank()).isEqualTo(4);

      assertThat(result.directory().path().resolve("report.html")).exists();

      // From a trained pair back to the seeds.
      RunDirectory directory = result.directory();
      TrainingPair pair = directory.records("verbose-set", TrainingPair.class).toList().get(0);
      assertThat(directory.trace(pair.id()))
          .extracting(TracedRecord::stage)
          .contains("verbose-answers", "queries", "self-instruct", "seed-tasks");
    }
  }

  @Test
  void running_again_asks_and_trains_nothing() {
    align(model, "run").run().close();
    long generations = model.script().generations();
    int trainings = model.trainings().size();
    List<RunEvent> events = new ArrayList<>();
    try (SelfAlignResult again = align(model, "run").listener(events::add).run()) {
      assertThat(again.demonstrations().size()).isEqualTo(12);
    }
    assertThat(model.script().generations()).isEqualTo(generations);
    assertThat(model.trainings()).hasSize(trainings);
    assertThat(events).filteredOn(event -> event instanceof RunEvent.StageReused).hasSize(11);
  }

  @Test
  void a_run_that_failed_anywhere_ends_as_one_that_did_not() {
    align(model, "whole").run().close();
    for (int step : new int[] {1, 2}) {
      String name = "failed-" + step;
      int[] left = {step};
      ScriptedTrainableModel failing =
          ScriptedTrainableModel.of(script().build())
              .beforeStep(
                  s -> {
                    if (--left[0] == 0) {
                      throw new SelfAlignException("out of memory");
                    }
                  });
      assertThatThrownBy(() -> align(failing, name).run()).hasMessageContaining("out of memory");
      assertThat(temporary.resolve(name).resolve("report.html")).exists();
      align(model, name).run().close();
      assertThat(TuningSamples.data(temporary.resolve(name)))
          .isEqualTo(TuningSamples.data(temporary.resolve("whole")));
    }
  }

  @Test
  void own_queries_and_no_verbose_cloning_are_dromedary_2() {
    List<Query> queries =
        IntStream.range(0, 5).mapToObj(i -> Query.of("own-" + i, "What is " + i + "?")).toList();
    try (SelfAlignResult result =
        SelfAlign.of(model)
            .queries(queries)
            .respond(SelfAlignTest::roomForCharacters)
            .principles(PrincipleSet.standard().without("creative"))
            .exemplars(ExemplarSelector.all(Exemplars.standard().subList(0, 2)))
            .withoutIdentityPairs()
            .workDirectory(temporary.resolve("own"))
            .run()) {
      assertThat(result.stages())
          .extracting(StageSummary::name)
          .containsExactly("queries", "demonstrations", "engraving-set", "engraving");
      assertThat(result.instructions().size()).isZero();
      assertThat(result.demonstrations().toList())
          .extracting(Demonstration::id)
          .containsExactly("own-0", "own-1", "own-2", "own-3", "own-4");
      assertThat(result.assistant()).isSameAs(result.engraved());
      assertThat(model.script().requests().get(0).prompt()).doesNotContain("(creative)");
    }
  }

  @Test
  void stages_are_changed_by_their_own_builders() {
    try (SelfAlignResult result =
        align(model, "changed")
            .identity("Juno", "the Example Institute")
            .respond(stage -> stage.unitSize(3))
            .engrave(stage -> stage.identityLimit(5, 1.0))
            .verboseCloning(
                stage -> stage.cue(ExtensiveCue.of("{persona} answers in nine paragraphs.")))
            .run()) {
      assertThat(result.assistant().prompt().persona()).isEqualTo("Juno");
      assertThat(model.trainings().get(0).examples())
          .filteredOn(example -> example.completion().contains("Juno"))
          .isNotEmpty();
      assertThat(model.script().requests())
          .anySatisfy(
              request ->
                  assertThat(request.prompt()).startsWith("Juno answers in nine paragraphs."));
    }
  }

  @Test
  void data_is_exported_as_chats_and_as_instructions() {
    try (SelfAlignResult result = align(model, "run").run()) {
      Path chats = temporary.resolve("chats.jsonl");
      Path instructions = temporary.resolve("instructions.jsonl");
      long count = result.writeChats(chats);
      assertThat(result.writeInstructions(instructions)).isEqualTo(count).isPositive();
      try (JsonLinesReader lines = JsonLines.read(chats)) {
        JsonLine first = lines.stream().findFirst().orElseThrow();
        assertThat(first.object().get("messages").findValuesAsString("role"))
            .containsExactly("system", "user", "assistant");
        assertThat(first.object().get("messages").get(0).get("content").stringValue())
            .startsWith("Alina is an AI assistant");
      }
      try (JsonLinesReader lines = JsonLines.read(instructions)) {
        assertThat(lines.stream().findFirst().orElseThrow().text("instruction"))
            .startsWith("Tell of");
      }
    }
  }

  @Test
  void a_merged_checkpoint_has_a_card_that_says_how_to_ask_it() throws IOException {
    try (SelfAlignResult result = align(model, "run").run()) {
      Path target = temporary.resolve("merged");
      assertThat(result.writeCheckpoint(model, target)).isZero();
      assertThat(target.resolve("adapter_model.safetensors"))
          .hasSameBinaryContentAs(result.adapter().resolve("adapter_model.safetensors"));
      assertThat(target.resolve("README.md"))
          .content()
          .startsWith("---\nbase_model: \"" + model.name() + "\"\n")
          .contains("```\n" + result.assistant().prompt().text("What is asked").strip() + "\n```")
          .contains("stop at:\n\n```\n## User\n```")
          .contains("| demonstrations | " + result.demonstrations().size() + " | ")
          .contains("- candor: 100.0%");
      ScriptedTrainableModel other =
          ScriptedTrainableModel.of(ScriptedModel.builder().name("other").build());
      assertThatThrownBy(() -> result.writeCheckpoint(other, temporary.resolve("other")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(other.fingerprint());
    }
  }

  @Test
  void a_run_can_be_prepared_and_cancelled() {
    Run run = align(model, "cancelled").prepare();
    run.cancel();
    assertThatThrownBy(run::run).hasMessageContaining("cancelled");
    assertThatThrownBy(
            () -> SelfAlignResult.open(model, RunDirectory.open(temporary.resolve("cancelled"))))
        .isInstanceOf(SelfAlignException.class);
  }

  @Test
  void without_a_run_directory_nothing_runs() {
    assertThatThrownBy(() -> SelfAlign.of(model).run())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("workDirectory");
  }

  @Test
  void a_result_that_is_closed_leaves_the_base_model_open() {
    Assistant aligned;
    try (SelfAlignResult result = align(model, "run").run()) {
      aligned = result.assistant();
    }
    assertThatThrownBy(() -> aligned.answer("What?")).isInstanceOf(IllegalStateException.class);
    assertThat(model.generate("Hello")).isNotEmpty();
  }
}
