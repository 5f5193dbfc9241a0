package io.selfalign.examples.cli;

import io.selfalign.djl.DjlModelOptions;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how a model's requests run together. */
final class BatchArguments {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--batch-size",
      paramLabel = "B",
      description = "The most requests that run together; has no effect on results.")
  private Optional<Integer> batchSize;

  @Option(
      names = "--no-prefix-cache",
      description = "Do not share the work on common beginnings of prompts.")
  private boolean noPrefixCache;

  /**
   * Adds them to a model's options.
   *
   * @throws ParameterException if a value can't be
   */
  DjlModelOptions addTo(DjlModelOptions.Builder options) {
    batchSize.ifPresent(
        size -> OptionValues.set(spec, "--batch-size", () -> options.maxBatchSize(size)));
    return options.prefixReuse(!noPrefixCache).build();
  }
}
