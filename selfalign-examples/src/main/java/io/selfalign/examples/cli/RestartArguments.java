package io.selfalign.examples.cli;

import io.selfalign.pipeline.RunOptions;
import picocli.CommandLine.Option;

/** What becomes of a run directory whose run had other options. */
final class RestartArguments {
  @Option(
      names = "--restart",
      description =
          "Where the run directory has a run with other options, set its data aside and start over.")
  private boolean restart;

  void addTo(RunOptions.Builder options) {
    options.restartWhenChanged(restart);
  }
}
