package io.selfalign.examples.cli;

import io.selfalign.eval.AnswerGeneration;
import io.selfalign.eval.AnswerPairing;
import io.selfalign.eval.Evaluation;
import io.selfalign.eval.GeneratedAnswer;
import io.selfalign.eval.OpenQuestion;
import io.selfalign.eval.OpenQuestions;
import io.selfalign.eval.PairwiseEvaluation;
import io.selfalign.eval.PromptStyle;
import io.selfalign.model.BaseModel;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Pipeline.Output;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Answers beside another system's. */
@Command(
    name = "vicuna",
    description = {
      "Lets the model answer questions, and a judge compare the answers with another system's, in"
          + " both orders.",
      ""
    })
final class EvalVicunaCommand implements Callable<Integer> {
  private static final String OTHER = "other-answers";

  @Mixin private final EvalRun run;

  @Mixin private JudgeArguments judge;

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "Questions: lines {\"question_id\",\"category\",\"turns\"} or {\"question\"}.")
  private Path data;

  @Option(
      names = "--against",
      required = true,
      paramLabel = "DIR|FILE",
      description =
          "Another model's folder, or a file of a system's answers: lines"
              + " {\"question_id\",\"text\"}.")
  private Path against;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "The most tokens of an answer. Default: ${DEFAULT-VALUE}.")
  private int maxNewTokens = AnswerGeneration.defaultSampling().maxNewTokens();

  EvalVicunaCommand(EvalRun run) {
    this.run = run;
  }

  @Override
  public Integer call() throws Exception {
    List<OpenQuestion> questions = run.limited(OpenQuestions.read(data));
    Optional<PromptStyle> style = run.style();
    GenerationOptions.Builder builder = AnswerGeneration.defaultSampling().toBuilder();
    OptionValues.set(spec, "--max-new-tokens", () -> builder.maxNewTokens(maxNewTokens));
    GenerationOptions sampling = builder.build();
    boolean model = Files.isDirectory(against);
    List<GeneratedAnswer> given =
        model
            ? List.of()
            : OpenQuestions.readAnswers(against, questions, String.valueOf(against.getFileName()));
    Optional<Path> opponent = Optional.of(against).filter(folder -> model);
    run.withModel(
        opened ->
            run.withOther(
                opponent,
                opened,
                other ->
                    run.withOther(
                        judge.folder(),
                        opened,
                        judging ->
                            run.run(
                                pipeline -> {
                                  var source =
                                      pipeline.source(
                                          "questions", Dataset.of(OpenQuestion.class, questions));
                                  Output<GeneratedAnswer> others =
                                      model
                                          ? pipeline.stage(
                                              answers(other, OTHER, style, sampling), source)
                                          : pipeline.source(
                                              OTHER, Dataset.of(GeneratedAnswer.class, given));
                                  AnswerGeneration own =
                                      answers(opened, AnswerGeneration.NAME, style, sampling);
                                  return wire(pipeline, own, source, others, judging);
                                }))));
    return 0;
  }

  private Evaluation<?, ?> wire(
      Pipeline.Builder pipeline,
      AnswerGeneration own,
      Output<OpenQuestion> source,
      Output<GeneratedAnswer> others,
      BaseModel judging) {
    var answers = pipeline.stage(own, source);
    var pairs = pipeline.stage(AnswerPairing.named("pairs"), answers, others);
    PairwiseEvaluation stage = PairwiseEvaluation.builder(judge.judge(judging), own).build();
    pipeline.stage(stage, pairs);
    return stage;
  }

  private static AnswerGeneration answers(
      BaseModel model, String name, Optional<PromptStyle> style, GenerationOptions sampling) {
    AnswerGeneration.Builder builder =
        AnswerGeneration.builder(model).name(name).sampling(sampling);
    style.ifPresent(builder::style);
    return builder.build();
  }
}
