package io.selfalign.examples.cli;

import io.selfalign.eval.ChoiceQuestion;
import io.selfalign.eval.Evaluation;
import io.selfalign.eval.MultipleChoice;
import io.selfalign.eval.PromptStyle;
import io.selfalign.eval.TrueFalseRanking;
import io.selfalign.eval.TruthfulQa;
import io.selfalign.model.BaseModel;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** TruthfulQA, multiple choice. */
@Command(
    name = "truthfulqa-mc",
    description = {
      "Measures TruthfulQA's multiple choice: MC1 and MC2, or with --ranking Dromedary's ranking.",
      ""
    })
final class EvalChoiceCommand implements Callable<Integer> {
  @Mixin private final EvalRun run;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "TruthfulQA's mc_task.json or TruthfulQA.csv.")
  private Path data;

  @Option(
      names = "--ranking",
      description = "Ask whether each choice is true, and rank by that: true_false_mc1.")
  private boolean ranking;

  EvalChoiceCommand(EvalRun run) {
    this.run = run;
  }

  @Override
  public Integer call() throws Exception {
    List<ChoiceQuestion> questions = run.limited(TruthfulQa.multipleChoice(data));
    Optional<PromptStyle> style = run.style();
    run.withModel(opened -> run.run(pipeline -> wire(pipeline, opened, questions, style)));
    return 0;
  }

  private Evaluation<?, ?> wire(
      Pipeline.Builder pipeline,
      BaseModel opened,
      List<ChoiceQuestion> questions,
      Optional<PromptStyle> style) {
    var source = pipeline.source("questions", Dataset.of(ChoiceQuestion.class, questions));
    if (ranking) {
      TrueFalseRanking.Builder builder = TrueFalseRanking.builder(opened);
      style.ifPresent(builder::style);
      TrueFalseRanking stage = builder.build();
      pipeline.stage(stage, source);
      return stage;
    }
    MultipleChoice.Builder builder = MultipleChoice.builder(opened);
    style.ifPresent(builder::style);
    MultipleChoice stage = builder.build();
    pipeline.stage(stage, source);
    return stage;
  }
}
