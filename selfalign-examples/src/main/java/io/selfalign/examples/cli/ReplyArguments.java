package io.selfalign.examples.cli;

import io.selfalign.model.GenerationOptions;
import io.selfalign.principle.FrameReplies;
import io.selfalign.principle.PrincipleDrivenAlignment;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how the replies of stage 2 are sampled. */
final class ReplyArguments {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin
  private final SamplingArguments sampling =
      new SamplingArguments(PrincipleDrivenAlignment.defaultSampling());

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "The most tokens of an answer, beside its thoughts. Default: ${DEFAULT-VALUE}.")
  private int maxNewTokens = PrincipleDrivenAlignment.defaultSampling().maxNewTokens();

  @Option(
      names = "--thought-tokens",
      paramLabel = "N",
      description = "The most tokens of thoughts. Default: ${DEFAULT-VALUE}.")
  private int thoughtTokens = FrameReplies.DEFAULT_THOUGHT_TOKENS;

  /**
   * How answers are sampled.
   *
   * @throws ParameterException if a value is out of its range
   */
  GenerationOptions sampling() {
    GenerationOptions.Builder options = PrincipleDrivenAlignment.defaultSampling().toBuilder();
    OptionValues.set(spec, "--max-new-tokens", () -> options.maxNewTokens(maxNewTokens));
    sampling.addTo(options);
    return options.build();
  }

  /**
   * The most tokens of thoughts.
   *
   * @throws ParameterException if it is less than 1
   */
  int thoughtTokens() {
    OptionValues.checkAtLeast(spec, "--thought-tokens", thoughtTokens, 1);
    return thoughtTokens;
  }
}
