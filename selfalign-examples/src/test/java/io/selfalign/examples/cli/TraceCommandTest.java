package io.selfalign.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.Traceable;
import io.selfalign.pipeline.BatchStage;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.RunEvent;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Unit;
import io.selfalign.pipeline.UnitContext;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceCommandTest {
  @TempDir Path directory;

  /** A text. */
  record Text(String id, List<String> parents, String text) implements Traceable {}

  private record Shouting() implements BatchStage<Text, Text> {
    @Override
    public String name() {
      return "shouting";
    }

    @Override
    public Class<Text> inputType() {
      return Text.class;
    }

    @Override
    public Class<Text> outputType() {
      return Text.class;
    }

    @Override
    public Settings settings() {
      return Settings.none();
    }

    @Override
    public Unit<Text> process(List<Text> batch, UnitContext context) {
      Unit.Builder<Text> unit = Unit.builder();
      for (Text text : batch) {
        unit.keep(new Text("loud-" + text.id(), List.of(text.id()), text.text() + "!"));
      }
      return unit.build();
    }
  }

  private static Pipeline pipeline() {
    return Pipeline.of(
        new Shouting(),
        Dataset.of(
            Text.class, List.of(new Text("a", List.of(), "hey"), new Text("b", List.of(), "ho"))));
  }

  private static final ModelOpener NO_MODEL =
      (folder, options) -> {
        throw new AssertionError("no model is needed");
      };

  @Test
  void a_record_is_shown_with_its_origin() {
    pipeline().in(directory).run();
    CommandRun run = CommandRun.of(NO_MODEL, "", "trace", "--work", directory.toString(), "loud-b");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out())
        .isEqualTo(
            """
            {"relation":"self","distance":0,"stage":"shouting","id":"loud-b","kept":true,"record":{"id":"loud-b","parents":["b"],"text":"ho!"}}
            {"relation":"ancestor","distance":1,"stage":"input","id":"b","kept":true,"record":{"id":"b","parents":[],"text":"ho"}}
            """);
  }

  @Test
  void an_unknown_id_and_a_folder_that_is_no_run_are_failures() {
    pipeline().in(directory).run();
    CommandRun unknown = CommandRun.of(NO_MODEL, "", "trace", "--work", directory.toString(), "c");
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.err()).contains("no stage has a record with the id 'c'");
    CommandRun noRun =
        CommandRun.of(NO_MODEL, "", "trace", "--work", directory.resolve("x").toString(), "a");
    assertThat(noRun.status()).isEqualTo(1);
    assertThat(noRun.err()).contains("is no run directory").hasLineCount(1);
    assertThat(CommandRun.of(NO_MODEL, "", "trace", "--work", "x").status()).isEqualTo(2);
  }

  @Test
  void a_run_shows_what_each_stage_kept() {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    RunProgress progress = new RunProgress(new PrintStream(shown, true, StandardCharsets.UTF_8));
    pipeline().in(directory, RunOptions.builder().listener(progress).build()).run();
    assertThat(shown.toString(StandardCharsets.UTF_8))
        .contains("shouting", "2/2", "shouting: 2 kept, 0 dropped");
  }

  @Test
  void a_run_tells_by_which_rules_it_drops_while_it_works() {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    RunProgress progress =
        new RunProgress(new PrintStream(shown, true, StandardCharsets.UTF_8), Duration.ZERO);
    progress.on(
        new RunEvent.Progress(
            "shouting",
            1,
            OptionalLong.of(9),
            1,
            Map.of("cut_off", 3L, "echo", 1_007L),
            1,
            Optional.empty()));
    progress.on(new RunEvent.RunCancelled());
    assertThat(shown.toString(StandardCharsets.UTF_8))
        .contains("shouting: 1 kept, 1,010 dropped (echo 1,007, cut_off 3)", "1/9");
  }
}
