package io.selfalign.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Traceable;
import io.selfalign.error.CancelledException;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.pipeline.SampleRun.Answer;
import io.selfalign.pipeline.SampleRun.Answering;
import io.selfalign.pipeline.SampleRun.Question;
import io.selfalign.pipeline.SampleRun.Seed;
import io.selfalign.testing.ScriptedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run must not put up with, or must not mind. */
@Timeout(60)
class HostileTest {
  private static final RunOptions ANEW = RunOptions.builder().restartWhenChanged(true).build();

  @TempDir Path temporary;

  private static Pipeline sample() {
    return SampleRun.compose(SampleRun.model(), 5).pipeline();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_journal_that_is_gone_or_empty_does_not_take_its_data_along(boolean gone)
      throws IOException {
    sample().in(temporary).run();
    Path journal = temporary.resolve("stages/questions/journal.jsonl");
    Files.delete(journal);
    if (!gone) {
      Files.createFile(journal);
    }
    var data = SampleRun.data(temporary);

    assertThatThrownBy(() -> sample().in(temporary).run())
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(journal + ": the journal is missing or empty, but there is data");
    assertThat(SampleRun.data(temporary)).isEqualTo(data);
  }

  @Test
  void a_stage_does_not_go_on_with_other_input_than_it_was_made_of() throws IOException {
    sample().in(temporary).run();
    Path journal = temporary.resolve("stages/questions/journal.jsonl");
    List<String> lines = Files.readAllLines(journal);
    Files.write(journal, lines.subList(0, 3));
    ScriptedModel other =
        ScriptedModel.builder()
            .otherwise((prompt, random) -> Long.toHexString(random.bits(7, 7)))
            .build();

    assertThatThrownBy(() -> SampleRun.compose(other, 5).pipeline().in(temporary).run())
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("stage 'answers' was made of other data than is there now");
  }

  @Test
  void inputs_are_read_in_the_order_in_which_they_are_wired() {
    Pipeline.Builder builder = Pipeline.builder();
    Output<Seed> one = builder.source("one", Dataset.of(Seed.class, List.of(new Seed("1", ""))));
    Output<Seed> two = builder.source("two", Dataset.of(Seed.class, List.of(new Seed("2", ""))));
    Output<Answer> both = builder.stage(copying("both"), List.of(two, one));
    assertThatThrownBy(() -> builder.stage(copying("twice"), List.of(one, one)))
        .hasMessageContaining("stage 'twice' has the same input twice");
    assertThatThrownBy(() -> builder.stage(copying("none"), List.of()))
        .hasMessageContaining("stage 'none' has no input; wire it to one of [one, two, both]");
    RunResult result = builder.build().in(temporary).run();
    assertThat(result.records(both).toList()).extracting(Answer::id).containsExactly("a-2", "a-1");
  }

  private static BatchStage<Seed, Answer> copying(String name) {
    return TestStages.mapping(
        name, Seed.class, Answer.class, s -> new Answer("a-" + s.id(), List.of(s.id()), s.text()));
  }

  @Test
  void a_folder_that_goes_away_during_the_run_ends_it() {
    Pipeline.Builder builder = Pipeline.builder();
    Output<Seed> seeds = builder.source("seeds", Dataset.of(Seed.class, SampleRun.seeds()));
    builder.stage(copying("copies"), seeds);
    RunOptions options =
        RunOptions.builder()
            .listener(
                event -> {
                  if (event instanceof RunEvent.StageEnded ended && ended.stage().equals("seeds")) {
                    delete(temporary.resolve("stages/seeds"));
                  }
                })
            .build();
    assertThatThrownBy(() -> builder.build().in(temporary, options).run())
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining("stages/seeds/records.jsonl");
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void stages_that_a_pipeline_cannot_make_are_not_begun_anew() {
    sample().in(temporary).run();
    var data = SampleRun.data(temporary);
    Pipeline.Builder builder = Pipeline.builder();
    builder.stage(
        new Answering(SampleRun.model(), "plain", 4),
        builder.existing("questions", Question.class));
    Pipeline second = builder.build();

    assertThatThrownBy(() -> second.in(temporary, ANEW.toBuilder().seed(1).build()).run())
        .isInstanceOf(SelfAlignException.class)
        .hasMessageContaining(
            "stage 'questions' would begin anew, but this pipeline does not make");
    assertThat(SampleRun.data(temporary)).isEqualTo(data);
    Path nowhere = temporary.resolve("mistyped");
    assertThatThrownBy(() -> second.in(nowhere).run()).hasMessageContaining("is no run directory");
    assertThat(nowhere).doesNotExist();
  }

  @Test
  void a_cancelled_stage_that_just_returns_is_not_complete() {
    AtomicReference<Run> run = new AtomicReference<>();
    Stage<Seed, Answer> returning =
        new Stage<>() {
          @Override
          public String name() {
            return "returning";
          }

          @Override
          public Class<Seed> inputType() {
            return Seed.class;
          }

          @Override
          public Class<Answer> outputType() {
            return Answer.class;
          }

          @Override
          public Settings settings() {
            return Settings.none();
          }

          @Override
          public void run(StageContext<Seed, Answer> context) {
            run.get().cancel();
          }
        };
    run.set(Pipeline.of(returning, Dataset.of(Seed.class, SampleRun.seeds())).in(temporary));
    assertThatThrownBy(() -> run.get().run()).isInstanceOf(CancelledException.class);
    assertThat(RunDirectory.open(temporary).stage("returning").complete()).isFalse();
  }

  /** May hold what can't be written. */
  record Loose(String id, @Nullable String text, Traceable any) implements Traceable {}

  @Test
  void what_could_not_be_read_again_is_not_committed() {
    assertRefused(new Loose("x", null, new Seed("s", "")), "record 'x': text is null");
    assertRefused(
        new Loose("y", "text", new Seed("s", "")),
        "record 'y' could not be read again once written");
  }

  private void assertRefused(Loose record, String message) {
    Path directory = temporary.resolve(record.id());
    Stage<Seed, Loose> stage = TestStages.mapping("loose", Seed.class, Loose.class, seed -> record);
    Pipeline pipeline = Pipeline.of(stage, Dataset.of(Seed.class, SampleRun.seeds()));
    assertThatThrownBy(() -> pipeline.in(directory).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
    assertThat(RunDirectory.open(directory).stage("loose").units()).isZero();
  }

  @Test
  void the_options_of_a_stage_that_has_not_begun_may_change() {
    ScriptedModel failing =
        ScriptedModel.builder()
            .otherwise(SampleRun.SCRIPT)
            .failAt(3, () -> new SelfAlignException("broken"))
            .build();
    assertThatThrownBy(() -> SampleRun.compose(failing, 5).pipeline().in(temporary).run())
        .hasMessage("broken");
    Pipeline changed =
        SampleRun.compose(
                new SampleRun.Inventing(SampleRun.model(), 5),
                new Answering(SampleRun.model(), "ornate", 4))
            .pipeline();
    assertThat(changed.in(temporary).run().stages()).allMatch(StageSummary::complete);
  }

  @Test
  void a_manifest_that_was_changed_is_named() throws IOException {
    sample().in(temporary).run();
    Path manifest = temporary.resolve("manifest.json");
    String text = Files.readString(manifest);
    for (String changed :
        List.of(
            text.replace("\"rounds\" : 5", "\"rounds\" : 6"),
            text.replaceFirst("(\"fingerprint\" : \")", "$1a"),
            text.substring(0, text.length() / 2),
            "{}",
            "")) {
      Files.writeString(manifest, changed);
      assertThatThrownBy(() -> sample().in(temporary, ANEW).run())
          .isInstanceOf(InvalidDataException.class)
          .hasMessageContaining("manifest.json: ")
          .hasMessageContaining("restore it from a copy");
    }
    Files.writeString(manifest, text);
    sample().in(temporary).run();
  }

  @Test
  void a_listener_may_fail_in_any_way() {
    List<RunEvent> seen = new ArrayList<>();
    RunOptions options =
        RunOptions.builder()
            .listener(
                event -> {
                  throw HostileTest.<RuntimeException>sneaky(new IOException("gone"));
                })
            .listener(
                event -> {
                  throw new StackOverflowError();
                })
            .listener(
                event -> {
                  throw new Error("of no kind that anybody knows");
                })
            .listener(event -> Thread.currentThread().interrupt())
            .listener(seen::add)
            .build();
    sample().in(temporary, options).run();
    assertThat(seen).hasAtLeastOneElementOfType(RunEvent.RunEnded.class);
  }

  @Test
  void a_checked_exception_that_slipped_through_names_itself() {
    for (int workers : new int[] {1, 3}) {
      Path directory = temporary.resolve("w" + workers);
      List<RunEvent> seen = new ArrayList<>();
      Stage<Seed, Answer> stage =
          TestStages.processing(
              "sneaky",
              Seed.class,
              Answer.class,
              batch -> {
                throw HostileTest.<RuntimeException>sneaky(new IOException("line is down"));
              });
      Run run =
          Pipeline.of(stage, Dataset.of(Seed.class, SampleRun.seeds()))
              .in(directory, RunOptions.builder().workers(workers).listener(seen::add).build());
      assertThatThrownBy(run::run)
          .isInstanceOf(SelfAlignException.class)
          .hasMessageContaining("line is down");
      assertThat(seen.get(seen.size() - 1)).isInstanceOf(RunEvent.RunFailed.class);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> T sneaky(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void a_unit_with_absurdly_many_counters_is_refused_before_it_is_written() {
    Stage<Seed, Answer> stage =
        TestStages.processing(
            "counting",
            Seed.class,
            Answer.class,
            batch -> {
              Unit.Builder<Answer> unit = Unit.builder();
              for (int i = 0; i < 60_000; i++) {
                unit.count("counter-" + i, 1);
              }
              return unit.build();
            });
    assertThatThrownBy(
            () -> Pipeline.of(stage, Dataset.of(Seed.class, SampleRun.seeds())).in(temporary).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too many reasons and counters");
    assertThat(RunDirectory.open(temporary).stage("counting").units()).isZero();
  }

  @Test
  void every_stage_has_random_numbers_of_its_own() {
    List<Long> seeds = new ArrayList<>();
    List<Long> bits = new ArrayList<>();
    Pipeline.Builder builder = Pipeline.builder();
    Output<Seed> input = builder.source("seeds", Dataset.of(Seed.class, SampleRun.seeds()));
    for (String name : List.of("one", "two")) {
      builder.stage(
          new BatchStage<Seed, Answer>() {
            @Override
            public String name() {
              return name;
            }

            @Override
            public Class<Seed> inputType() {
              return Seed.class;
            }

            @Override
            public Class<Answer> outputType() {
              return Answer.class;
            }

            @Override
            public Settings settings() {
              return Settings.none();
            }

            @Override
            public Unit<Answer> process(List<Seed> batch, UnitContext context) {
              seeds.add(context.seed());
              bits.add(context.random("record").bits(0, 0));
              return Unit.<Answer>builder().build();
            }
          },
          input);
    }
    builder.build().in(temporary, RunOptions.builder().seed(42).build()).run();
    // Golden numbers: runs of today must be resumable tomorrow.
    assertThat(seeds).containsExactly(SEED_OF_ONE, SEED_OF_TWO);
    assertThat(bits).containsExactly(BITS_OF_ONE, BITS_OF_TWO);
  }

  private static final long SEED_OF_ONE = 4248501966728383459L;
  private static final long SEED_OF_TWO = -7766315396843375764L;
  private static final long BITS_OF_ONE = 6276420363954138076L;
  private static final long BITS_OF_TWO = -7911204326850111957L;
}
