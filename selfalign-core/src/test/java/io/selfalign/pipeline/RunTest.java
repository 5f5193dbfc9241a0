package io.selfalign.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.error.SelfAlignException;
import io.selfalign.pipeline.SampleRun.Answer;
import io.selfalign.pipeline.SampleRun.Answering;
import io.selfalign.pipeline.SampleRun.Composition;
import io.selfalign.pipeline.SampleRun.Inventing;
import io.selfalign.pipeline.SampleRun.Question;
import io.selfalign.testing.ScriptedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {
  @TempDir Path temporary;

  private final ScriptedModel model = SampleRun.model();

  @Test
  void everything_made_is_kept_or_in_the_ledger() {
    Composition composition = SampleRun.compose(model, 10);
    RunResult result = composition.pipeline().in(temporary).run();

    List<Question> questions = result.records(composition.questions()).toList();
    List<Answer> answers = result.records(composition.answers()).toList();
    assertThat(questions.size() + result.drops(composition.questions()).size()).isEqualTo(30);
    assertThat(answers.size() + result.drops(composition.answers()).size())
        .isEqualTo(questions.size());
    assertThat(answers).isNotEmpty();
    StageSummary summary = result.stages().get(1);
    assertThat(summary.name()).isEqualTo("questions");
    assertThat(summary.complete()).isTrue();
    assertThat(summary.units()).isEqualTo(10);
    assertThat(summary.counters()).containsEntry("asked", 30L);
    assertThat(summary.drops().get("known")).isEqualTo(30 - questions.size());
    assertThat(summary).isEqualTo(RunDirectory.open(temporary).stage("questions"));
  }

  @Test
  void the_files_are_json_lines_that_other_tools_read() throws IOException {
    Composition composition = SampleRun.compose(model, 3);
    RunResult result = composition.pipeline().in(temporary).run();

    Path file = temporary.resolve("stages/questions/records.jsonl");
    try (JsonLinesReader lines = JsonLines.read(file)) {
      assertThat(lines.stream().map(line -> line.as(Question.class)))
          .isEqualTo(result.records(composition.questions()).toList());
    }
    String manifest = Files.readString(temporary.resolve("manifest.json"));
    assertThat(manifest)
        .contains("\"seed\" : 0", "\"name\" : \"questions\"", "\"rounds\" : 3", "\"library\"");
    try (JsonLinesReader lines = JsonLines.read(temporary.resolve("timings.jsonl"))) {
      assertThat(lines.stream().map(line -> line.text("stage") + " " + line.text("outcome")))
          .containsExactly("seeds complete", "questions complete", "answers complete");
    }
  }

  @Test
  void a_complete_run_is_not_done_again() {
    RunResult first = SampleRun.compose(model, 5).pipeline().in(temporary).run();
    long generations = model.generations();
    var data = SampleRun.data(temporary);

    RunResult second = SampleRun.compose(model, 5).pipeline().in(temporary).run();

    assertThat(model.generations()).isEqualTo(generations);
    assertThat(second.stages()).isEqualTo(first.stages());
    assertThat(SampleRun.data(temporary)).isEqualTo(data);
  }

  @Test
  void a_failed_run_goes_on_where_it_stopped_and_asks_nothing_twice() {
    SampleRun.compose(model, 6).pipeline().in(temporary.resolve("whole")).run();
    ScriptedModel failing =
        ScriptedModel.builder()
            .fingerprint(model.fingerprint())
            .otherwise(SampleRun.SCRIPT)
            .failAt(11, () -> new SelfAlignException("out of memory"))
            .build();
    Path directory = temporary.resolve("failed");

    assertThatThrownBy(() -> SampleRun.compose(failing, 6).pipeline().in(directory).run())
        .isInstanceOf(SelfAlignException.class)
        .hasMessage("out of memory");
    ScriptedModel second = SampleRun.model();
    SampleRun.compose(second, 6).pipeline().in(directory).run();

    assertThat(SampleRun.data(directory)).isEqualTo(SampleRun.data(temporary.resolve("whole")));
    Set<String> committed = new HashSet<>();
    // The failing call was the fourth of three requests.
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 3; i++) {
        committed.add("q-" + round + "-" + i);
      }
    }
    assertThat(second.requests()).extracting("id").doesNotContainAnyElementsOf(committed);
  }

  @Test
  void the_number_of_workers_and_the_size_of_units_change_no_record() throws IOException {
    SampleRun.compose(model, 20).pipeline().in(temporary.resolve("one")).run();
    SampleRun.compose(model, 20)
        .pipeline()
        .in(temporary.resolve("four"), RunOptions.builder().workers(4).build())
        .run();
    SampleRun.compose(new Inventing(model, 20), new Answering(model, "plain", 7))
        .pipeline()
        .in(temporary.resolve("seven"), RunOptions.builder().workers(3).build())
        .run();

    assertThat(SampleRun.data(temporary.resolve("four")))
        .isEqualTo(SampleRun.data(temporary.resolve("one")));
    String records = "stages/answers/records.jsonl";
    assertThat(Files.readString(temporary.resolve("seven").resolve(records)))
        .isEqualTo(Files.readString(temporary.resolve("one").resolve(records)));
  }

  @Test
  void another_seed_samples_otherwise() {
    Composition composition = SampleRun.compose(model, 5);
    List<Question> zero =
        composition
            .pipeline()
            .in(temporary.resolve("0"))
            .run()
            .records(composition.questions())
            .toList();
    List<Question> one =
        composition
            .pipeline()
            .in(temporary.resolve("1"), RunOptions.builder().seed(1).build())
            .run()
            .records(composition.questions())
            .toList();
    assertThat(one).isNotEqualTo(zero);
  }

  @Test
  void a_changed_option_is_named_and_nothing_is_touched() {
    SampleRun.compose(model, 5).pipeline().in(temporary).run();
    var data = SampleRun.data(temporary);

    assertThatThrownBy(() -> SampleRun.compose(model, 6).pipeline().in(temporary).run())
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("stage 'questions': option 'rounds' is 6, but was 5")
        .hasMessageContaining("begins questions, answers anew");
    assertThatThrownBy(
            () ->
                SampleRun.compose(model, 5)
                    .pipeline()
                    .in(temporary, RunOptions.builder().seed(9).build())
                    .run())
        .hasMessageContaining("the seed is 9, but was 0");
    assertThat(SampleRun.data(temporary)).isEqualTo(data);
  }

  @Test
  void a_changed_stage_and_those_after_it_can_begin_anew() throws IOException {
    SampleRun.compose(model, 5).pipeline().in(temporary.resolve("five")).run();
    SampleRun.compose(model, 6).pipeline().in(temporary.resolve("six")).run();
    Path directory = temporary.resolve("changed");
    SampleRun.compose(model, 5).pipeline().in(directory).run();
    RunOptions anew = RunOptions.builder().restartWhenChanged(true).build();

    SampleRun.compose(model, 6).pipeline().in(directory, anew).run();

    Path aside = directory.resolve("aside/1");
    for (String file : List.of("records", "drops", "journal")) {
      String name = "questions/" + file + ".jsonl";
      assertThat(aside.resolve(name))
          .hasSameTextualContentAs(temporary.resolve("five/stages").resolve(name));
    }
    assertThat(aside.resolve("manifest.json"))
        .hasSameTextualContentAs(temporary.resolve("five/manifest.json"));
    assertThat(aside.resolve("answers/records.jsonl")).exists();
    assertThat(aside.resolve("seeds")).doesNotExist();
    var data = SampleRun.data(directory);
    data.keySet().removeIf(name -> name.startsWith("aside"));
    assertThat(data).isEqualTo(SampleRun.data(temporary.resolve("six")));

    // Once begun anew it is what the program asks for: no second move.
    SampleRun.compose(model, 6).pipeline().in(directory, anew).run();
    assertThat(directory.resolve("aside/2")).doesNotExist();
  }

  @Test
  void a_stage_set_aside_is_made_again() {
    SampleRun.compose(model, 5).pipeline().in(temporary).run();
    var data = SampleRun.data(temporary);

    assertThat(RunDirectory.setAside(temporary, "answers")).containsExactly("answers");
    assertThat(RunDirectory.open(temporary).stageNames()).containsExactly("seeds", "questions");
    SampleRun.compose(model, 5).pipeline().in(temporary).run();

    var again = SampleRun.data(temporary);
    again.keySet().removeIf(name -> name.startsWith("aside"));
    assertThat(again).isEqualTo(data);
    assertThatThrownBy(() -> RunDirectory.setAside(temporary, "verse"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no stage 'verse'; it has [seeds, questions, answers]");
  }

  @Test
  void a_second_pipeline_builds_on_the_stages_of_a_first() {
    SampleRun.compose(model, 5).pipeline().in(temporary.resolve("whole")).run();
    Path directory = temporary.resolve("parts");
    Pipeline.Builder first = Pipeline.builder();
    first.stage(
        new Inventing(model, 5),
        first.source("seeds", Dataset.of(SampleRun.Seed.class, SampleRun.seeds())));
    first.build().in(directory).run();

    Pipeline.Builder second = Pipeline.builder();
    second.stage(new Answering(model, "plain", 4), second.existing("questions", Question.class));
    second.build().in(directory).run();

    assertThat(SampleRun.data(directory)).isEqualTo(SampleRun.data(temporary.resolve("whole")));
    Pipeline.Builder missing = Pipeline.builder();
    missing.stage(new Answering(model, "plain", 4), missing.existing("poems", Question.class));
    assertThatThrownBy(() -> missing.build().in(directory).run())
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("has no stage 'poems'")
        .hasMessageContaining("[seeds, questions, answers]");
  }

  @Test
  void a_run_runs_once() {
    Run run = SampleRun.compose(model, 1).pipeline().in(temporary);
    run.run();
    assertThatThrownBy(run::run).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_record_that_cannot_be_written_ends_the_run_and_commits_nothing() {
    BatchStage<SampleRun.Seed, Answer> stage =
        TestStages.mapping(
            "broken",
            SampleRun.Seed.class,
            Answer.class,
            s -> new Answer(s.id(), List.of(), "\uD800"));
    Pipeline pipeline = Pipeline.of(stage, Dataset.of(SampleRun.Seed.class, SampleRun.seeds()));
    assertThatThrownBy(() -> pipeline.in(temporary).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("surrogate");
    assertThat(RunDirectory.open(temporary).stage("broken").units()).isZero();
  }

  @Test
  void a_directory_that_cannot_be_made_is_named() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "x");
    assertThatThrownBy(() -> SampleRun.compose(model, 1).pipeline().in(file.resolve("run")).run())
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining(file.resolve("run").toString());
    assertThatThrownBy(() -> RunDirectory.open(temporary))
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("is no run directory");
  }

  @Test
  void a_run_of_another_format_is_refused() throws IOException {
    SampleRun.compose(model, 1).pipeline().in(temporary).run();
    Path manifest = temporary.resolve("manifest.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("\"format\" : 1", "\"format\" : 2"));
    assertThatThrownBy(() -> SampleRun.compose(model, 1).pipeline().in(temporary).run())
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("has format 2, but this version of selfalign reads format 1");
  }
}
