package io.selfalign.examples.cli;

import io.selfalign.pipeline.RunListener;
import io.selfalign.pipeline.RunOptions;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of a run in a directory. */
final class RunArguments {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private RestartArguments restart;

  @Option(
      names = "--work",
      required = true,
      paramLabel = "DIR",
      description = "The run directory; made if it isn't there, resumed if it is.")
  private Path work;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "The same seed makes the same records. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description =
          "How many units of a stage are worked on at once, where a stage can. Default:"
              + " ${DEFAULT-VALUE}.")
  private int workers = 1;

  /** The run directory. */
  Path work() {
    return work;
  }

  /**
   * How the pipeline runs.
   *
   * @throws ParameterException if a value is out of its range
   */
  RunOptions options(RunListener listener) {
    RunOptions.Builder options = RunOptions.builder().seed(seed).listener(listener);
    restart.addTo(options);
    OptionValues.set(spec, "--workers", () -> options.workers(workers));
    return options.build();
  }
}
