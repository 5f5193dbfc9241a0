package io.selfalign.examples.cli;

import io.selfalign.eval.Judge;
import io.selfalign.eval.LogProbabilityJudge;
import io.selfalign.eval.ParsedJudge;
import io.selfalign.model.BaseModel;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Who judges answers. */
final class JudgeArguments {
  /** How a model judges. */
  enum Way {
    LOGPROB,
    TEXT
  }

  @Option(
      names = "--judge",
      paramLabel = "DIR",
      description = "The model that judges. Default: the one that is measured.")
  private Optional<Path> folder;

  @Option(
      names = "--judge-by",
      paramLabel = "WAY",
      description =
          "logprob compares the log-probabilities of verdicts, text reads what the judge writes."
              + " Default: ${DEFAULT-VALUE}.")
  private Way way = Way.LOGPROB;

  @Option(
      names = "--unparsable",
      paramLabel = "WHAT",
      description =
          "What becomes of a verdict that can't be read: skip leaves the item out, neutral makes it"
              + " a tie, or no. Default: ${DEFAULT-VALUE}.")
  private ParsedJudge.Unparsable unparsable = ParsedJudge.Unparsable.SKIP;

  /** The judge's model, if it is not the one that is measured. */
  Optional<Path> folder() {
    return folder;
  }

  Judge judge(BaseModel model) {
    return way == Way.TEXT ? ParsedJudge.of(model, unparsable) : LogProbabilityJudge.of(model);
  }
}
