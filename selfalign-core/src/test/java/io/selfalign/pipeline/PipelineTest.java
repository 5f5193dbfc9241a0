package io.selfalign.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.data.Drop;
import io.selfalign.data.Traceable;
import io.selfalign.error.InvalidDataException;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.pipeline.SampleRun.Answer;
import io.selfalign.pipeline.SampleRun.Answering;
import io.selfalign.pipeline.SampleRun.Inventing;
import io.selfalign.pipeline.SampleRun.Question;
import io.selfalign.pipeline.SampleRun.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is checked before anything runs. */
class PipelineTest {
  @TempDir Path temporary;

  private final Pipeline.Builder builder = Pipeline.builder();
  private final Output<Seed> seeds =
      builder.source("seeds", Dataset.of(Seed.class, SampleRun.seeds()));

  @Test
  void names_are_checked() {
    for (String name : List.of("", "Seeds", "a b", "../a", "a--b", "-a", "a/b", "ä")) {
      assertThatThrownBy(() -> builder.source(name, Dataset.of(Seed.class, List.of())))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + name + "'")
          .hasMessageContaining("lower-case letters, digits and single hyphens");
    }
    assertThatThrownBy(() -> builder.source("seeds", Dataset.of(Seed.class, List.of())))
        .hasMessageContaining("two stages have the name 'seeds'; the names so far are [seeds]");
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"}) // what the compiler would refuse
  void an_input_of_another_type_is_named_with_those_that_fit() {
    builder.stage(new Inventing(SampleRun.model(), 1), seeds);
    Stage answering = new Answering(SampleRun.model(), "plain", 1);
    assertThatThrownBy(() -> builder.stage(answering, (Output) seeds))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "stage 'answers' reads Question records, but 'seeds' writes Seed records; these so far"
                + " do: questions");
  }

  @Test
  void an_output_of_another_pipeline_is_refused() {
    Pipeline.Builder other = Pipeline.builder();
    Output<Seed> foreign = other.source("others", Dataset.of(Seed.class, List.of()));
    assertThatThrownBy(() -> builder.stage(new Inventing(SampleRun.model(), 1), foreign))
        .hasMessageContaining("is wired to 'others' of another pipeline")
        .hasMessageContaining("[seeds]");
  }

  @Test
  void the_names_of_devices_on_windows_are_refused() {
    for (String name : List.of("con", "prn", "aux", "nul", "com1", "com9", "lpt1", "lpt9")) {
      assertThatThrownBy(() -> builder.source(name, Dataset.of(Seed.class, List.of())))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("stage name '" + name + "' names a folder, but on Windows a device")
          .hasMessageContaining("'" + name + "-stage'");
    }
    for (String name : List.of("con-stage", "com10", "auxiliary", "console")) {
      builder.source(name, Dataset.of(Seed.class, List.of()));
    }
  }

  @Test
  void a_result_refuses_an_output_of_another_pipeline() {
    Pipeline.Builder other = Pipeline.builder();
    Output<Seed> foreign = other.source("seeds", Dataset.of(Seed.class, List.of()));
    RunResult result = builder.build().in(temporary).run();
    Output<Question> later = builder.stage(new Inventing(SampleRun.model(), 1), seeds);

    assertThat(result.records(seeds).toList()).isEqualTo(SampleRun.seeds());
    for (Output<?> output : List.of(foreign, later)) {
      for (Consumer<Output<?>> read :
          List.<Consumer<Output<?>>>of(result::records, result::drops, result::files)) {
        assertThatThrownBy(() -> read.accept(output))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("'" + output.stage() + "' is an output of another pipeline")
            .hasMessageContaining("[seeds]");
      }
    }
  }

  @Test
  void a_pipeline_without_stages_is_none() {
    assertThatThrownBy(() -> Pipeline.builder().build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no stage");
  }

  /** A class, not a record. */
  static final class NoRecord implements Traceable {
    @Override
    public String id() {
      return "x";
    }
  }

  /** Its parents would be lost. */
  record Orphan(String id) implements Traceable {
    @Override
    public List<String> parents() {
      return List.of("somebody");
    }
  }

  @Test
  void types_that_cannot_be_traced_are_refused() {
    assertThatThrownBy(() -> builder.source("a", Dataset.of(NoRecord.class, List.of())))
        .hasMessageContaining("NoRecord is not a Java record");
    assertThatThrownBy(() -> builder.source("a", Dataset.of(Orphan.class, List.of())))
        .hasMessageContaining("has parents() without a component 'parents'");
  }

  /** Reads questions besides its input. */
  private record Joining(List<String> seen) implements Stage<Seed, Answer> {
    @Override
    public String name() {
      return "joining";
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
    public Set<Class<? extends Traceable>> alsoReads() {
      return Set.of(Question.class);
    }

    @Override
    public void run(StageContext<Seed, Answer> context) {
      context.input().toList().forEach(seed -> seen.add(seed.id()));
      context.also(Question.class).toList().forEach(question -> seen.add(question.id()));
      assertThatThrownBy(() -> context.also(Answer.class))
          .hasMessageContaining("add it to alsoReads()");
    }
  }

  @Test
  void a_stage_reads_several_inputs_and_other_types_besides() {
    Output<Seed> more =
        builder.source("more", Dataset.of(Seed.class, List.of(new Seed("late", "x"))));
    List<String> seen = new java.util.ArrayList<>();
    assertThatThrownBy(() -> builder.stage(new Joining(seen), seeds))
        .hasMessageContaining("also reads Question records, but comes after none that writes them");
    Output<Question> questions = builder.stage(new Inventing(SampleRun.model(), 1), seeds);
    builder.stage(new Joining(seen), List.of(seeds, more), questions);

    RunResult result = builder.build().in(temporary).run();

    assertThat(seen)
        .startsWith("seed-0", "seed-1", "seed-2", "seed-3", "seed-4", "late")
        .hasSize(6 + (int) result.records(questions).size());
  }

  @Test
  void all_complaints_come_before_anything_runs() {
    builder.stage(complaining("one", "too hot"), seeds);
    builder.stage(complaining("two", "too cold"), seeds);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("stage 'one': too hot; stage 'two': too cold");
  }

  private static Stage<Seed, Answer> complaining(String name, String complaint) {
    Stage<Seed, Answer> stage =
        TestStages.mapping(name, Seed.class, Answer.class, s -> new Answer("a", List.of(), ""));
    return new Stage<>() {
      @Override
      public String name() {
        return stage.name();
      }

      @Override
      public Class<Seed> inputType() {
        return stage.inputType();
      }

      @Override
      public Class<Answer> outputType() {
        return stage.outputType();
      }

      @Override
      public Settings settings() {
        return stage.settings();
      }

      @Override
      public void validate() {
        throw new IllegalStateException(complaint);
      }

      @Override
      public void run(StageContext<Seed, Answer> context) {
        stage.run(context);
      }
    };
  }

  @Test
  void a_stage_runs_alone() {
    Stage<Seed, Answer> stage =
        TestStages.mapping(
            "alone",
            Seed.class,
            Answer.class,
            seed -> new Answer("a-" + seed.id(), List.of(seed.id()), "answer"));
    RunResult result =
        Pipeline.of(stage, Dataset.of(Seed.class, SampleRun.seeds())).in(temporary).run();
    assertThat(result.directory().records("alone", Answer.class).toList()).hasSize(5);
  }

  @Test
  void a_file_is_checked_when_it_is_given() throws IOException {
    Path file = temporary.resolve("seeds.jsonl");
    Files.writeString(file, "{\"id\":\"1\",\"text\":\"a\"}\n{\"id\":\"2\"}\n");
    assertThatThrownBy(() -> Dataset.read(file, Seed.class))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("seeds.jsonl:2: field 'text' is missing");
    Files.writeString(file, "{\"id\":\"1\",\"text\":\"a\"}\n");
    assertThat(Dataset.read(file, Seed.class).toList()).containsExactly(new Seed("1", "a"));
    assertThat(Dataset.read(file, Seed.class).size()).isEqualTo(1);
  }

  @Test
  void a_drop_says_what_and_why() {
    assertThatThrownBy(() -> new Drop(" ", List.of(), "reason", "", ""))
        .hasMessageContaining("id is blank");
    assertThatThrownBy(() -> new Drop("x", List.of(), "", "", ""))
        .hasMessageContaining("the reason why 'x' was dropped is blank");
  }
}
