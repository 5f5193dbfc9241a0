package io.selfalign.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Drop;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.pipeline.SampleRun.Answer;
import io.selfalign.pipeline.SampleRun.Question;
import io.selfalign.pipeline.SampleRun.Seed;
import io.selfalign.pipeline.TracedRecord.Relation;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineageTest {
  @TempDir Path directory;

  private static final List<Question> QUESTIONS =
      List.of(
          new Question("q1", List.of("s1", "s2"), "of two seeds"),
          new Question("q2", List.of("q1"), "of an earlier question"),
          new Question("q3", List.of("s2"), "of another"));

  private RunDirectory run() {
    Pipeline.Builder builder = Pipeline.builder();
    Output<Seed> seeds =
        builder.source(
            "seeds", Dataset.of(Seed.class, List.of(new Seed("s1", "a"), new Seed("s2", "b"))));
    Output<Question> questions =
        builder.stage(
            TestStages.processing(
                "questions",
                Seed.class,
                Question.class,
                batch -> {
                  Unit.Builder<Question> unit = Unit.builder();
                  QUESTIONS.forEach(unit::keep);
                  return unit.build();
                }),
            seeds);
    builder.stage(
        TestStages.processing(
            "answers",
            Question.class,
            Answer.class,
            batch -> {
              Unit.Builder<Answer> unit = Unit.builder();
              for (Question question : batch) {
                if (question.id().equals("q3")) {
                  unit.drop(new Drop("q3", List.of("q3"), "short", "", "no"));
                } else {
                  // The same id as the question it answers.
                  unit.keep(new Answer(question.id(), List.of(question.id()), "yes"));
                }
              }
              return unit.build();
            }),
        questions);
    return builder.build().in(directory).run().directory();
  }

  private static List<String> shown(List<TracedRecord> traced) {
    return traced.stream()
        .map(
            t ->
                String.format(
                    "%s %d %s %s%s",
                    t.relation(), t.distance(), t.stage(), t.id(), t.kept() ? "" : " dropped"))
        .toList();
  }

  @Test
  void a_record_is_walked_back_to_its_seeds_and_forward_to_what_came_of_it() {
    assertThat(shown(run().trace("q1")))
        .containsExactly(
            "SELF 0 questions q1",
            "SELF 0 answers q1",
            "ANCESTOR 1 seeds s1",
            "ANCESTOR 1 seeds s2",
            "DESCENDANT 1 questions q2",
            "DESCENDANT 2 answers q2");
  }

  @Test
  void ancestors_within_a_stage_are_found() {
    assertThat(shown(run().trace("q2")))
        .containsExactly(
            "SELF 0 questions q2",
            "SELF 0 answers q2",
            "ANCESTOR 1 questions q1",
            "ANCESTOR 2 seeds s1",
            "ANCESTOR 2 seeds s2");
  }

  @Test
  void what_was_dropped_is_traced_too() {
    List<TracedRecord> traced = run().trace("s2");
    assertThat(shown(traced))
        .containsExactly(
            "SELF 0 seeds s2",
            "DESCENDANT 1 questions q1",
            "DESCENDANT 1 questions q3",
            "DESCENDANT 2 questions q2",
            "DESCENDANT 2 answers q1",
            "DESCENDANT 2 answers q3 dropped",
            "DESCENDANT 3 answers q2");
    assertThat(traced.get(5).json()).contains("\"reason\":\"short\"");
    assertThat(traced).filteredOn(t -> t.relation() == Relation.ANCESTOR).isEmpty();
  }

  @Test
  void an_unknown_id_has_no_trace() {
    assertThat(run().trace("nobody")).isEmpty();
  }

  @Test
  void what_came_of_a_dropped_record_of_the_same_stage_is_found() {
    Stage<Seed, Question> revising =
        TestStages.processing(
            "revising",
            Seed.class,
            Question.class,
            batch -> {
              Unit.Builder<Question> unit = Unit.builder();
              unit.drop(new Drop("draft", List.of("s1"), "unclear", "", "?"));
              unit.keep(new Question("revised", List.of("draft"), "??"));
              return unit.build();
            });
    RunDirectory run =
        Pipeline.of(revising, Dataset.of(Seed.class, List.of(new Seed("s1", "a"))))
            .in(directory)
            .run()
            .directory();
    assertThat(shown(run.trace("s1")))
        .containsExactly(
            "SELF 0 input s1",
            "DESCENDANT 1 revising draft dropped",
            "DESCENDANT 2 revising revised");
  }

  @Test
  void ancestors_of_several_records_are_found_together_and_only_so_far_back() {
    RunDirectory run = run();
    assertThat(shown(run.ancestors("answers", Set.of("q2", "q3"), 9)))
        .containsExactly(
            "SELF 0 answers q2",
            "SELF 0 answers q3 dropped",
            "ANCESTOR 1 questions q2",
            "ANCESTOR 1 questions q3",
            "ANCESTOR 2 seeds s2",
            "ANCESTOR 2 questions q1",
            "ANCESTOR 3 seeds s1");
    assertThat(run.ancestors("answers", Set.of("q2"), 1)).hasSize(2);
    assertThatThrownBy(() -> run.ancestors("nothing", Set.of("q2"), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nothing");
  }

  @Test
  void a_directory_describes_its_stages_and_has_their_timings() {
    RunDirectory run = run();
    StageDescription answers = run.description("answers");
    assertThat(answers.inputs()).containsExactly("questions");
    assertThat(answers.recordType()).isEqualTo("Answer");
    assertThat(run.timings())
        .extracting(StageTiming::stage)
        .containsExactly("seeds", "questions", "answers");
    assertThat(run.timings()).extracting(StageTiming::drops).containsExactly(0L, 0L, 1L);
  }
}
