package io.selfalign.examples.cli;

import io.selfalign.eval.AnswerEvaluation;
import io.selfalign.eval.AnswerGeneration;
import io.selfalign.eval.Evaluation;
import io.selfalign.eval.OpenQuestion;
import io.selfalign.eval.PromptStyle;
import io.selfalign.eval.TruthfulQa;
import io.selfalign.model.BaseModel;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** TruthfulQA, in the model's own words. */
@Command(
    name = "truthfulqa-gen",
    description = {
      "Lets the model answer TruthfulQA's questions, judges whether answers are truthful and"
          + " informative, and compares them with the references.",
      ""
    })
final class EvalAnswersCommand implements Callable<Integer> {
  @Mixin private final EvalRun run;

  @Mixin private JudgeArguments judge;

  @Spec private CommandSpec spec;

  @Option(names = "--data", required = true, paramLabel = "FILE", description = "TruthfulQA.csv.")
  private Path data;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "The most tokens of an answer. Default: ${DEFAULT-VALUE}.")
  private int maxNewTokens = AnswerGeneration.defaultSampling().maxNewTokens();

  EvalAnswersCommand(EvalRun run) {
    this.run = run;
  }

  @Override
  public Integer call() throws Exception {
    List<OpenQuestion> questions = run.limited(TruthfulQa.generation(data));
    Optional<PromptStyle> style = run.style();
    GenerationOptions.Builder sampling = AnswerGeneration.defaultSampling().toBuilder();
    OptionValues.set(spec, "--max-new-tokens", () -> sampling.maxNewTokens(maxNewTokens));
    run.withModel(
        opened ->
            run.withOther(
                judge.folder(),
                opened,
                judging ->
                    run.run(
                        pipeline ->
                            wire(
                                pipeline,
                                answers(opened, style, sampling.build()),
                                judging,
                                questions))));
    return 0;
  }

  private static AnswerGeneration answers(
      BaseModel opened, Optional<PromptStyle> style, GenerationOptions sampling) {
    AnswerGeneration.Builder builder = AnswerGeneration.builder(opened).sampling(sampling);
    style.ifPresent(builder::style);
    return builder.build();
  }

  private Evaluation<?, ?> wire(
      Pipeline.Builder pipeline,
      AnswerGeneration answers,
      BaseModel judging,
      List<OpenQuestion> questions) {
    AnswerEvaluation stage = AnswerEvaluation.builder(answers).judge(judge.judge(judging)).build();
    var source = pipeline.source("questions", Dataset.of(OpenQuestion.class, questions));
    pipeline.stage(stage, pipeline.stage(answers, source));
    return stage;
  }
}
