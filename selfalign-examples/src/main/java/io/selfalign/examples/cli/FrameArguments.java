package io.selfalign.examples.cli;

import io.selfalign.principle.Exemplar;
import io.selfalign.principle.ExemplarSelector;
import io.selfalign.principle.Exemplars;
import io.selfalign.principle.PrincipleSet;
import io.selfalign.principle.PromptFrame;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that make the prompt of stage 2. */
final class FrameArguments {
  /** How exemplars are chosen. */
  enum Selection {
    all,
    random,
    nearest,
    diverse,
    coverage,
    none
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--principles",
      paramLabel = "FILE",
      description =
          "The principles: lines {\"name\",\"text\"}, or numbered as 'N (name). Text.' Default: the"
              + " library's 16; of run without --model, ten of the embedded model's.")
  private Optional<Path> principles;

  @Option(
      names = "--without-principle",
      paramLabel = "NAME",
      description = "Leave out the principle of this name; may be repeated.")
  private List<String> without = List.of();

  @Option(
      names = "--exemplars",
      paramLabel = "FILE",
      description =
          "The exemplars: lines {\"id\",\"turns\":[{\"query\",\"thoughts\",\"answer\"}]}. Default:"
              + " the library's 6; of run without --model, five of the embedded model's.")
  private Optional<Path> exemplars;

  @Option(
      names = "--select",
      paramLabel = "WAY",
      description =
          "Which exemplars a prompt shows: all, none, or K of them that are random, nearest to the"
              + " query, most diverse, or of the widest coverage of principles. Default: all.")
  private Selection selection = Selection.all;

  @Option(
      names = "--shown",
      paramLabel = "K",
      description = "How many exemplars to select. Default: ${DEFAULT-VALUE}.")
  private int shown = 3;

  @Option(
      names = "--persona",
      paramLabel = "NAME",
      description = "The assistant's name. Default: the frame's, Alina.")
  private Optional<String> persona;

  @Option(
      names = "--cutoff",
      paramLabel = "DATE",
      description =
          "Up to when the model has read, to follow 'up to', such as 'June 2024'. Default: 'some"
              + " past date'.")
  private Optional<String> cutoff;

  /** Whether an option asks for other principles or exemplars than the standard ones. */
  boolean hasPrinciplesOrExemplars() {
    return principles.isPresent()
        || !without.isEmpty()
        || exemplars.isPresent()
        || selection != Selection.all;
  }

  /**
   * A frame with the persona and the cut-off of the options.
   *
   * @throws ParameterException if one of them can't be
   */
  PromptFrame named(PromptFrame frame) {
    try {
      return frame.toBuilder()
          .persona(persona.orElseGet(frame::persona))
          .cutoff(cutoff.orElseGet(frame::cutoff))
          .build();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Reads the files and makes the frame.
   *
   * @param standard what is taken for what no option says
   * @throws ParameterException if options do not go together
   */
  PromptFrame frame(PromptFrame standard) {
    PrincipleSet set = principles.map(PrincipleSet::read).orElseGet(standard::principles);
    List<Exemplar> pool = exemplars.map(Exemplars::read).orElseGet(standard.exemplars()::pool);
    try {
      return named(standard).toBuilder()
          .principles(set.without(without.toArray(String[]::new)))
          .exemplars(selector(pool))
          .build();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private ExemplarSelector selector(List<Exemplar> pool) {
    return switch (selection) {
      case all -> ExemplarSelector.all(pool);
      case none -> ExemplarSelector.none();
      case random -> ExemplarSelector.random(pool, shown);
      case nearest -> ExemplarSelector.nearest(pool, shown);
      case diverse -> ExemplarSelector.diverse(pool, shown);
      case coverage -> ExemplarSelector.principleCoverage(pool, shown);
    };
  }
}
