package io.selfalign.examples.cli;

import io.selfalign.model.GenerationOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how tokens are sampled. How many there are is a command's own to say. */
final class SamplingArguments {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "What logits are divided by; 0 is greedy. Default: ${DEFAULT-VALUE}.")
  private double temperature;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description =
          "Sample from the likeliest tokens with this mass; 1 is off. Default: ${DEFAULT-VALUE}.")
  private double topP;

  /** Options with a command's own defaults. */
  SamplingArguments(GenerationOptions defaults) {
    temperature = defaults.temperature();
    topP = defaults.topP();
  }

  /**
   * Adds them to the options of a generation.
   *
   * @throws ParameterException if a value is out of its range
   */
  void addTo(GenerationOptions.Builder options) {
    OptionValues.set(spec, "--temperature", () -> options.temperature(temperature));
    OptionValues.set(spec, "--top-p", () -> options.topP(topP));
  }
}
