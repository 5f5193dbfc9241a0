package io.selfalign.instruct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Drop;
import io.selfalign.data.Instruction;
import io.selfalign.data.SeedTask;
import io.selfalign.data.Topic;
import io.selfalign.error.SelfAlignException;
import io.selfalign.instruct.Writers.Composition;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.pipeline.RunResult;
import io.selfalign.pipeline.StageSummary;
import io.selfalign.pipeline.TracedRecord;
import io.selfalign.pipeline.TracedRecord.Relation;
import io.selfalign.testing.ScriptedModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both generators and their merge, in a run. */
class StageOneTest {
  @TempDir Path temporary;

  private final ScriptedModel model = Writers.good().build();

  private RunResult run(ScriptedModel with, String name, RunOptions options) {
    return Writers.compose(Writers.stages(with, 30, 20))
        .pipeline()
        .in(temporary.resolve(name), options)
        .run();
  }

  private RunResult run(ScriptedModel with, String name) {
    return run(with, name, RunOptions.defaults());
  }

  @Test
  void makes_exactly_as_many_as_asked_for_shuffled() {
    RunDirectory made = run(model, "a").directory();
    List<Instruction> general = made.records("self-instruct", Instruction.class).toList();
    List<Instruction> guided = made.records("topic-instruct", Instruction.class).toList();
    List<Instruction> all = made.records("instructions", Instruction.class).toList();

    assertThat(general).hasSize(30);
    assertThat(guided).hasSize(20);
    List<Instruction> both = new ArrayList<>(general);
    both.addAll(guided);
    assertThat(all).containsExactlyInAnyOrderElementsOf(both).isNotEqualTo(both);
    assertThat(all).extracting(Instruction::id).doesNotHaveDuplicates();
    assertThat(all.subList(0, 20)).extracting(Instruction::generator).contains("topic-instruct");
    assertThat(made.drops("self-instruct").toList())
        .extracting(Drop::reason)
        .contains("too_short", "near_duplicate", "stray_text", "cut_off", "surplus");
  }

  @Test
  void no_two_are_near_duplicates_across_generators_and_seeds() {
    RunDirectory made = run(model, "a").directory();
    List<String> texts = new ArrayList<>();
    Writers.seeds().forEach(seed -> texts.add(seed.instruction()));
    Writers.topicSeeds().forEach(seed -> texts.add(seed.question()));
    made.records("instructions", Instruction.class)
        .toList()
        .forEach(i -> texts.add(i.instruction()));
    for (int i = 0; i < texts.size(); i++) {
      for (int j = 0; j < i; j++) {
        assertThat(io.selfalign.text.RougeL.between(texts.get(i), texts.get(j)).f())
            .isLessThanOrEqualTo(0.7);
      }
    }
  }

  @Test
  void what_self_instruct_made_is_a_near_duplicate_for_topics() {
    ScriptedModel same =
        ScriptedModel.builder()
            .contextLength(20_000)
            .when(
                prompt -> prompt.endsWith("Instruction:"),
                (prompt, random) ->
                    " Where in the world is the last of them now?\nOutput: x\n\n7. Instruction: And?")
            .whenPromptContains(
                "Plan:",
                (prompt, random) ->
                    Writers.guided(prompt, random)
                        .replaceAll("[^)]*\\?", " Where in the world is the last of them now?"))
            .otherwise(Writers::topics)
            .build();
    InstructStages stages =
        Writers.stages(same, 1, 1).topicInstruct(Writers.topicInstruct(1).patience(2).build());
    Path directory = temporary.resolve("same");
    assertThatThrownBy(() -> Writers.compose(stages).pipeline().in(directory).run())
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("near_duplicate");
    assertThat(RunDirectory.open(directory).drops("topic-instruct").toList())
        .filteredOn(drop -> drop.reason().equals("near_duplicate"))
        .isNotEmpty()
        .allMatch(drop -> drop.detail().equals("self-instruct-0-0-1 1.0000"));
  }

  @Test
  void neither_batches_nor_workers_change_anything() {
    run(model, "one");
    run(Writers.good().groupSize(1).build(), "alone");
    run(Writers.good().groupSize(64).build(), "many", RunOptions.builder().workers(3).build());
    Map<String, String> data = Writers.data(temporary.resolve("one"));
    assertThat(Writers.data(temporary.resolve("alone"))).isEqualTo(data);
    assertThat(Writers.data(temporary.resolve("many"))).isEqualTo(data);
  }

  @Test
  void another_seed_makes_other_instructions() {
    run(model, "0");
    run(model, "1", RunOptions.builder().seed(1).build());
    assertThat(texts("1")).doesNotContainAnyElementsOf(texts("0"));
  }

  private List<String> texts(String name) {
    return RunDirectory.open(temporary.resolve(name))
        .records("instructions", Instruction.class)
        .toList()
        .stream()
        .map(Instruction::instruction)
        .toList();
  }

  /** The model dies at each of its requests, and the run is started again. */
  @Test
  void a_run_that_dies_at_any_request_ends_as_if_it_had_not() {
    run(model, "whole");
    Map<String, String> whole = Writers.data(temporary.resolve("whole"));
    for (long request = 1; request <= model.generations(); request++) {
      String name = "died-" + request;
      ScriptedModel dying = Writers.failingAt(request).build();
      assertThatThrownBy(() -> run(dying, name)).hasMessage("out of memory");
      run(Writers.good().build(), name);
      assertThat(Writers.data(temporary.resolve(name))).isEqualTo(whole);
    }
  }

  @Test
  void a_resumed_run_asks_nothing_twice_that_was_committed() {
    ScriptedModel dying = Writers.failingAt(10).build();
    assertThatThrownBy(() -> run(dying, "died")).hasMessage("out of memory");
    Set<String> committed = new HashSet<>();
    RunDirectory died = RunDirectory.open(temporary.resolve("died"));
    died.records("self-instruct", Instruction.class)
        .toList()
        .forEach(instruction -> committed.add(instruction.request()));
    ScriptedModel second = Writers.good().build();
    run(second, "died");
    assertThat(committed).isNotEmpty();
    assertThat(second.requests()).extracting("id").doesNotContainAnyElementsOf(committed);
  }

  /** Every letter that the model wrote stands in a record or in the ledger. */
  @Test
  void everything_written_is_kept_or_in_the_ledger() {
    RunDirectory made = run(model, "a").directory();
    StringBuilder found = new StringBuilder();
    for (String stage : List.of("self-instruct", "topic-instruct")) {
      for (Instruction kept : made.records(stage, Instruction.class).toList()) {
        found.append(kept.instruction()).append(kept.output().orElse(""));
      }
      made.drops(stage).toList().forEach(drop -> found.append(drop.text()));
      StageSummary summary = made.stage(stage);
      assertThat(summary.drops().values().stream().mapToLong(n -> n).sum())
          .isEqualTo(made.drops(stage).size());
    }
    made.records("topic-ideas", Topic.class).toList().forEach(t -> found.append(t.topic()));
    made.drops("topic-ideas").toList().forEach(drop -> found.append(drop.text()));
    Set<String> words = words(found.toString());
    Set<String> asked = new HashSet<>();
    for (ScriptedModel.Call call : model.calls()) {
      call.requests().forEach(request -> asked.add(request.id()));
      model
          .generate(call.requests(), call.options())
          .forEach(
              answer ->
                  assertThat(words(answer.text().replaceAll("Input: <noinput>|\\d|\\(.*\\)", "")))
                      .allMatch(word -> words.stream().anyMatch(w -> w.contains(word))));
    }
    long requests =
        made.stage("self-instruct").counters().get("requests")
            + made.stage("topic-ideas").counters().get("requests")
            + made.stage("topic-instruct").counters().get("requests");
    assertThat(asked).hasSize((int) requests);
  }

  private static Set<String> words(String text) {
    return java.util.Arrays.stream(text.split("[^\\p{L}]+", -1))
        .filter(word -> word.length() > 3)
        .filter(word -> !Set.of("Instruction", "Input", "Output").contains(word))
        .collect(Collectors.toSet());
  }

  @Test
  void every_instruction_is_traced_to_the_seeds_it_was_made_from() {
    Composition composition = Writers.compose(Writers.stages(model, 30, 20));
    RunResult result = composition.pipeline().in(temporary).run();
    Set<String> seeds = Writers.seeds().stream().map(SeedTask::id).collect(Collectors.toSet());
    for (Instruction made : result.records(composition.instructions()).toList()) {
      assertThat(made.model()).isEqualTo(model.fingerprint());
      assertThat(made.sampling()).startsWith("max_new_tokens=700 temperature=1.0 top_p=0.98");
      List<TracedRecord> trace = result.directory().trace(made.id());
      List<String> ancestors =
          trace.stream()
              .filter(record -> record.relation() == Relation.ANCESTOR)
              .map(TracedRecord::id)
              .toList();
      assertThat(ancestors).containsAll(made.parents());
      if (made.generator().equals("self-instruct")) {
        assertThat(seeds).containsAll(made.parents());
        assertThat(made.parents()).hasSize(5);
        assertThat(made.topic()).isEmpty();
      } else {
        assertThat(made.parents()).hasSize(4);
        assertThat(ancestors).contains("tides", "ferry", "attic");
        assertThat(made.topic()).isPresent();
        assertThat(made.questionType().orElseThrow()).startsWith("Questions on");
      }
    }
    Drop dropped = result.directory().drops("topic-ideas").toList().get(0);
    assertThat(result.directory().trace(dropped.id())).anyMatch(record -> !record.kept());
  }

  @Test
  void without_topics_their_stages_are_left_out() {
    assertThat(Writers.compose(Writers.stages(model, 3, 0)).pipeline().stages())
        .containsExactly("seed-tasks", "self-instruct", "instructions");
    assertThat(Writers.compose(Writers.stages(model, 3, 3)).pipeline().stages())
        .containsExactly(
            "seed-tasks",
            "self-instruct",
            "topic-seeds",
            "topic-ideas",
            "topics",
            "topic-instruct",
            "instructions");
  }

  @Test
  void topics_alone_are_fine() {
    Composition composition = Writers.compose(Writers.stages(model, 0, 7));
    RunResult result = composition.pipeline().in(temporary).run();
    assertThat(result.records(composition.instructions()).toList())
        .hasSize(7)
        .allMatch(instruction -> instruction.generator().equals("topic-instruct"));
  }
}
