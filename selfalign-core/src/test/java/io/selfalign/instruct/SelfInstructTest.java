package io.selfalign.instruct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Drop;
import io.selfalign.data.Instruction;
import io.selfalign.data.SeedTask;
import io.selfalign.error.NoProgressException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.model.BaseModel;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.pipeline.RunResult;
import io.selfalign.testing.ScriptedModel;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfInstructTest {
  private static final String SAME =
      " Name the oldest bridge of the city.\nOutput: It is the old one.";

  @TempDir Path temporary;

  private static Pipeline pipeline(BaseModel model, SelfInstructOptions.Builder options) {
    return pipeline(model, options, Writers.seeds());
  }

  private static Pipeline pipeline(
      BaseModel model, SelfInstructOptions.Builder options, List<SeedTask> seeds) {
    Pipeline.Builder builder = Pipeline.builder();
    builder.stage(
        new SelfInstruct(model, options.build()),
        builder.source("seed-tasks", Dataset.of(SeedTask.class, seeds)));
    return builder.build();
  }

  private RunDirectory run(BaseModel model, SelfInstructOptions.Builder options) {
    return pipeline(model, options).in(temporary).run().directory();
  }

  private static List<Instruction> made(RunDirectory directory) {
    return directory.records(SelfInstruct.NAME, Instruction.class).toList();
  }

  @Test
  void the_prompt_shows_five_seeds_of_the_pool_and_ends_in_the_next_cue() {
    ScriptedModel model = Writers.good().build();
    RunDirectory directory = run(model, Writers.selfInstruct(20));
    for (Instruction instruction : made(directory)) {
      GenerationRequest request =
          model.requests().stream()
              .filter(r -> r.id().equals(instruction.request()))
              .findFirst()
              .orElseThrow();
      List<Example> shown = instruction.parents().stream().map(id -> Example.of(seed(id))).toList();
      assertThat(shown).hasSize(5).doesNotHaveDuplicates();
      assertThat(request.prompt())
          .isEqualTo(TaskListTemplate.standard().render(shown))
          .endsWith("\n6. Instruction:");
    }
    Set<List<String>> orders =
        made(directory).stream().map(Instruction::parents).collect(Collectors.toSet());
    assertThat(orders.size()).isGreaterThan(1);
  }

  private static SeedTask seed(String id) {
    return Writers.seeds().stream().filter(s -> s.id().equals(id)).findFirst().orElseThrow();
  }

  @Test
  void end_of_sequence_is_forbidden_and_the_list_has_an_end() {
    ScriptedModel model = Writers.good().build();
    run(model, SelfInstructOptions.builder().instructions(5).requestsPerRound(2));
    GenerationOptions used = model.calls().get(0).options();
    assertThat(used.forbidEndOfSequence()).isTrue();
    assertThat(used.temperature()).isEqualTo(1.0);
    assertThat(used.topP()).isEqualTo(0.98);
    assertThat(used.maxNewTokens()).isEqualTo(1024);
    assertThat(used.stop()).containsExactly("\n21. Instruction:");
    assertThat(model.calls().get(0).requests()).hasSize(2);
  }

  @Test
  void a_model_that_repeats_itself_ends_with_a_reason_and_nothing_is_lost() {
    ScriptedModel model = parrot();
    assertThatThrownBy(() -> run(model, Writers.selfInstruct(10).patience(3)))
        .isInstanceOf(NoProgressException.class)
        .hasMessageStartingWith(
            "stage 'self-instruct' has 1 of 10 instructions, and its last 3 rounds (12 requests)"
                + " kept none: dropped {cut_off=12, near_duplicate=")
        .hasMessageContaining("run again with more fruitless rounds");
    RunDirectory directory = RunDirectory.open(temporary);
    assertThat(made(directory)).hasSize(1);
    assertThat(directory.stage(SelfInstruct.NAME).complete()).isFalse();
  }

  /** Writes one good task before it is cut off, the first time only. */
  private static ScriptedModel parrot() {
    return ScriptedModel.builder()
        .contextLength(20_000)
        .otherwise(
            (prompt, random) ->
                random.uniform(0) < -1 ? "" : SAME + "\n\n7. Instruction: " + SAME.strip())
        .build();
  }

  @Test
  void fruitless_rounds_may_be_raised_and_the_run_goes_on() {
    ScriptedModel model = parrot();
    assertThatThrownBy(() -> run(model, Writers.selfInstruct(10).patience(2)))
        .isInstanceOf(NoProgressException.class);
    long asked = model.generations();
    assertThatThrownBy(() -> run(model, Writers.selfInstruct(10).patience(2)))
        .isInstanceOf(NoProgressException.class)
        .hasMessageContaining("its last 2 rounds (8 requests)");
    assertThat(model.generations()).isEqualTo(asked);
    assertThatThrownBy(() -> run(model, Writers.selfInstruct(10).patience(5)))
        .isInstanceOf(NoProgressException.class)
        .hasMessageContaining("its last 5 rounds (20 requests)");
    assertThat(model.generations()).isEqualTo(asked + 12);
  }

  @Test
  void fewer_may_be_accepted_also_afterwards() {
    ScriptedModel model = parrot();
    assertThatThrownBy(() -> run(model, Writers.selfInstruct(10).patience(2)))
        .isInstanceOf(NoProgressException.class);
    long asked = model.generations();
    RunDirectory directory = run(model, Writers.selfInstruct(10).patience(2).acceptFewer(true));
    assertThat(model.generations()).isEqualTo(asked);
    assertThat(directory.stage(SelfInstruct.NAME).complete()).isTrue();
    assertThat(directory.stage(SelfInstruct.NAME).counters()).containsEntry("missing", 9L);
    assertThat(made(directory)).hasSize(1);
  }

  @Test
  void a_model_that_writes_nothing_is_told_so() {
    ScriptedModel model = ScriptedModel.builder().contextLength(20_000).otherwise(" \n").build();
    assertThatThrownBy(() -> run(model, Writers.selfInstruct(10).patience(1)))
        .isInstanceOf(NoProgressException.class)
        .hasMessageContaining("kept none: the model wrote nothing.");
  }

  @Test
  void later_epochs_draw_from_what_the_epoch_before_kept() {
    ScriptedModel model = Writers.good().build();
    RunDirectory directory = run(model, Writers.selfInstruct(60).epochs(3));
    List<Instruction> all = made(directory);
    assertThat(all).hasSize(60);
    List<String> ids = all.stream().map(Instruction::id).toList();
    Set<String> seedParents = new HashSet<>();
    Set<Integer> shares = new HashSet<>();
    int lastEpoch = 0;
    for (Instruction instruction : all) {
      boolean fromSeeds = instruction.parents().stream().allMatch(id -> id.startsWith("seed-"));
      boolean mixed =
          !fromSeeds && instruction.parents().stream().anyMatch(id -> id.startsWith("seed-"));
      assertThat(mixed).isFalse();
      if (fromSeeds) {
        assertThat(lastEpoch).isZero();
        seedParents.addAll(instruction.parents());
      } else {
        Set<Integer> epochs =
            instruction.parents().stream()
                .map(id -> ids.indexOf(id) / 20)
                .collect(Collectors.toSet());
        assertThat(epochs).hasSize(1);
        int epoch = epochs.iterator().next() + 1;
        assertThat(epoch).isGreaterThanOrEqualTo(lastEpoch);
        lastEpoch = epoch;
        shares.add(epoch);
      }
    }
    assertThat(seedParents).isNotEmpty();
    assertThat(shares).containsExactlyInAnyOrder(1, 2);
  }

  @Test
  void a_prompt_that_is_too_long_shows_fewer_examples_and_keeps_its_frame() {
    TaskListTemplate template = TaskListTemplate.standard();
    int frame = template.render(List.of()).length();
    ScriptedModel model = Writers.good().contextLength(frame + 700 + 250).build();
    RunDirectory directory = run(model, Writers.selfInstruct(10));
    assertThat(model.requests())
        .allMatch(
            request -> request.prompt().startsWith(template.render(List.of()).substring(0, 99)))
        .allMatch(request -> request.prompt().endsWith(". Instruction:"));
    assertThat(made(directory)).hasSize(10).allMatch(i -> i.parents().size() < 5);
    assertThat(directory.stage(SelfInstruct.NAME).counters().get("shortened_prompts")).isPositive();
  }

  @Test
  void a_request_that_fits_with_no_example_is_skipped_with_an_entry() {
    String longText = "word ".repeat(400);
    List<SeedTask> seeds =
        List.of(
            new SeedTask("short", "Say hello to them.", Optional.empty(), "Hi", false),
            new SeedTask("long", longText, Optional.empty(), "Hi", false));
    int frame = TaskListTemplate.standard().render(List.of()).length();
    ScriptedModel model = Writers.good().contextLength(frame + 700 + 300).build();
    RunResult result =
        pipeline(model, Writers.selfInstruct(8).examplesPerPrompt(1), seeds).in(temporary).run();
    assertThat(made(result.directory())).hasSize(8).allMatch(i -> i.parents().contains("short"));
    assertThat(result.directory().drops(SelfInstruct.NAME).toList())
        .filteredOn(drop -> drop.reason().equals("prompt_too_long"))
        .isNotEmpty()
        .allMatch(drop -> drop.parents().equals(List.of("long")))
        .allMatch(drop -> drop.detail().contains("exceeds the context of"));
  }

  @Test
  void a_frame_that_does_not_fit_is_refused_before_anything_runs() {
    ScriptedModel model = Writers.good().contextLength(1000).build();
    assertThatThrownBy(() -> run(model, Writers.selfInstruct(8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "stage 'self-instruct': the prompt has no room: without any example it has \\d+ tokens,"
                + " and with 700 new ones exceeds the context of 1000; lower maxNewTokens, .*");
  }

  @Test
  void seeds_of_which_none_fits_are_refused() {
    int frame = TaskListTemplate.standard().render(List.of()).length();
    ScriptedModel model = Writers.good().contextLength(frame + 705).build();
    assertThatThrownBy(() -> run(model, Writers.selfInstruct(8)))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("no seed task fits");
  }

  @Test
  void options_that_do_not_go_together_are_refused() {
    ScriptedModel model = Writers.good().build();
    assertThatThrownBy(() -> pipeline(model, Writers.selfInstruct(2).epochs(3)))
        .hasMessageContaining("3 epochs share 2 instructions");
    assertThatThrownBy(() -> pipeline(model, Writers.selfInstruct(2).examplesPerPrompt(20)))
        .hasMessageContaining("a list of 20 tasks has no room beside 20 examples");
  }

  @Test
  void own_filters_join_in_and_others_can_be_left_out() {
    ScriptedModel model = Writers.good().build();
    RunDirectory directory =
        run(
            model,
            Writers.selfInstruct(10)
                .withoutFilter("too_short")
                .filter(
                    InstructionFilter.of(
                        "has_sha",
                        c ->
                            c.instruction().contains("sha")
                                ? Optional.of("sha")
                                : Optional.empty())));
    assertThat(made(directory))
        .hasSize(10)
        .noneMatch(i -> i.instruction().contains("sha"))
        .anyMatch(i -> i.instruction().equals("Do it."));
    assertThat(directory.drops(SelfInstruct.NAME).toList())
        .extracting(Drop::reason)
        .contains("has_sha")
        .doesNotContain("too_short");
  }

  @Test
  void a_changed_filter_is_a_changed_stage_but_patience_is_not() {
    ScriptedModel model = Writers.good().build();
    run(model, Writers.selfInstruct(10));
    run(model, Writers.selfInstruct(10).patience(99).acceptFewer(true));
    assertThatThrownBy(
            () ->
                run(
                    model,
                    Writers.selfInstruct(10)
                        .withoutFilter("too_long")
                        .filter(InstructionFilters.tooLong(20))))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("option 'filter_settings.too_long.words' is 20, but was 150");
  }
}
