package io.selfalign.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.Query;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {
  private static final ModelOpener NO_MODEL =
      (folder, options) -> {
        throw new AssertionError("no model is needed");
      };

  private static final String RESULT =
      """
      {"id":"a","group":null,"figures":{"right":1.0}}
      {"benchmark":"quiz","model":"m","fingerprint":"f","prompt_style":"plain","items":1,"skipped":{},"skipped_items":[],"figures":[{"name":"right","group":null,"items":1,"interval":{"value":1.0,"low":0.2,"high":1.0},"chance":null}]}
      """;

  @TempDir Path directory;

  private CommandRun report(String... options) {
    String[] args = new String[options.length + 3];
    args[0] = "report";
    args[1] = "--work";
    args[2] = directory.resolve("run").toString();
    System.arraycopy(options, 0, args, 3, options.length);
    return CommandRun.of(NO_MODEL, "", args);
  }

  private void makeRun() {
    Pipeline.Builder pipeline = Pipeline.builder();
    pipeline.source("queries", Dataset.of(Query.class, List.of(Query.of("q", "What?"))));
    pipeline.build().in(directory.resolve("run")).run();
  }

  @Test
  void the_page_is_written_and_its_path_printed() throws IOException {
    makeRun();
    CommandRun run = report();
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    Path page = directory.resolve("run/report.html");
    assertThat(run.out()).isEqualTo(page + System.lineSeparator());
    assertThat(Files.readString(page)).contains("No evaluation was added to this run");
  }

  @Test
  void evaluation_results_stay_in_the_run() throws IOException {
    makeRun();
    Path result = Files.writeString(directory.resolve("base.jsonl"), RESULT);
    assertThat(report("--result", "the base=" + result).status()).isZero();
    assertThat(report().status()).isZero();
    assertThat(Files.readString(directory.resolve("run/report.html")))
        .contains("the base")
        .doesNotContain("No evaluation was added");
  }

  @Test
  void what_is_no_run_and_no_result_is_told() {
    CommandRun noRun = report();
    assertThat(noRun.status()).isEqualTo(1);
    assertThat(noRun.err()).contains("is no run directory").hasLineCount(1);
    makeRun();
    CommandRun wrong = report("--result", "base");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("must be MODEL=FILE");
  }
}
