package io.selfalign.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageFilesTest {
  @TempDir Path temporary;

  /** Looks for the files of a stage. */
  private record Looking(String of) implements Stage<SampleRun.Seed, SampleRun.Seed> {
    @Override
    public String name() {
      return "looking";
    }

    @Override
    public Class<SampleRun.Seed> inputType() {
      return SampleRun.Seed.class;
    }

    @Override
    public Class<SampleRun.Seed> outputType() {
      return SampleRun.Seed.class;
    }

    @Override
    public Settings settings() {
      return Settings.none();
    }

    @Override
    public void run(StageContext<SampleRun.Seed, SampleRun.Seed> context) {
      String path = context.files(of).toString();
      context.commit(Unit.<SampleRun.Seed>builder().keep(new SampleRun.Seed("path", path)).build());
    }
  }

  private List<SampleRun.Seed> run(String of) {
    return Pipeline.of(new Looking(of), Dataset.of(SampleRun.Seed.class, SampleRun.seeds()))
        .in(temporary)
        .run()
        .directory()
        .records("looking", SampleRun.Seed.class)
        .toList();
  }

  @Test
  void a_stage_finds_the_files_of_one_before_it() {
    assertThat(run("input").get(0).text())
        .isEqualTo(RunDirectory.open(temporary).files("input").toString());
  }

  @Test
  void files_of_a_stage_that_there_is_not_are_refused() {
    assertThatThrownBy(() -> run("nothing"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "stage 'looking' looks for the files of 'nothing', but has no such stage before it");
  }
}
