package io.selfalign.examples.cli;

import io.selfalign.model.LoraOptions;
import io.selfalign.model.Projection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of a fresh adapter. */
final class LoraArguments {
  /** Those that an adapter to start from has of its own. */
  static final List<String> SHAPE = List.of("--rank", "--alpha", "--rslora", "--targets");

  static final String DROPOUT = "--dropout";

  static final List<String> OTHER_THAN_RANK = List.of("--alpha", "--rslora", "--targets", DROPOUT);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--rank",
      paramLabel = "R",
      description = "The adapter's rank. Default: 16, or the initial adapter's.")
  private Optional<Integer> rank;

  @Option(
      names = "--alpha",
      paramLabel = "A",
      description = "The adapter's alpha. Default: 16, or the initial adapter's.")
  private Optional<Double> alpha;

  @Option(names = "--rslora", description = "Scale by alpha / sqrt(rank) instead of alpha / rank.")
  private boolean rankStabilized;

  @Option(
      names = DROPOUT,
      paramLabel = "P",
      description = "Dropout of the adapter's input. Default: ${DEFAULT-VALUE}.")
  private double dropout = LoraOptions.defaults().dropout();

  @Option(
      names = "--targets",
      paramLabel = "NAME",
      split = ",",
      description =
          "The projections that get an adapter, of q_proj, k_proj, v_proj, o_proj, gate_proj,"
              + " up_proj and down_proj. Default: q_proj,k_proj,v_proj,o_proj, or the initial"
              + " adapter's.")
  private List<String> targets = List.of();

  /**
   * The adapter.
   *
   * @throws ParameterException if a value is out of its range
   */
  LoraOptions options() {
    LoraOptions.Builder lora = LoraOptions.builder().rankStabilized(rankStabilized);
    rank.ifPresent(value -> OptionValues.set(spec, "--rank", () -> lora.rank(value)));
    alpha.ifPresent(value -> OptionValues.set(spec, "--alpha", () -> lora.alpha(value)));
    OptionValues.set(spec, DROPOUT, () -> lora.dropout(dropout));
    if (!targets.isEmpty()) {
      OptionValues.set(spec, "--targets", () -> lora.targets(projections()));
    }
    return lora.build();
  }

  private Set<Projection> projections() {
    Set<Projection> projections = EnumSet.noneOf(Projection.class);
    targets.forEach(name -> projections.add(Projection.of(name.strip())));
    return projections;
  }
}
