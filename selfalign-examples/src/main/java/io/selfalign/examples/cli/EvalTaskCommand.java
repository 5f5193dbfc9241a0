package io.selfalign.examples.cli;

import io.selfalign.eval.AnswerEvaluation;
import io.selfalign.eval.AnswerGeneration;
import io.selfalign.eval.ChoiceQuestion;
import io.selfalign.eval.Evaluation;
import io.selfalign.eval.MultipleChoice;
import io.selfalign.eval.OpenQuestion;
import io.selfalign.eval.PromptStyle;
import io.selfalign.eval.TaskFile;
import io.selfalign.model.BaseModel;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A benchmark of the user's own. */
@Command(
    name = "task",
    description = {"Measures a benchmark of your own, multiple choice or generation.", ""})
final class EvalTaskCommand implements Callable<Integer> {
  @Mixin private final EvalRun run;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The task: {\"name\",\"type\",\"prompt\",\"items\"}.")
  private Path data;

  EvalTaskCommand(EvalRun run) {
    this.run = run;
  }

  @Override
  public Integer call() throws Exception {
    TaskFile task = TaskFile.read(data);
    PromptStyle style = run.style().orElse(task.style());
    run.withModel(opened -> run.run(pipeline -> wire(pipeline, opened, task, style)));
    return 0;
  }

  private Evaluation<?, ?> wire(
      Pipeline.Builder pipeline, BaseModel opened, TaskFile task, PromptStyle style) {
    if (!task.choices().isEmpty()) {
      MultipleChoice stage =
          MultipleChoice.builder(opened)
              .name("multiple-choice")
              .benchmark(task.name())
              .style(style)
              .build();
      pipeline.stage(
          stage,
          pipeline.source(
              "questions", Dataset.of(ChoiceQuestion.class, run.limited(task.choices()))));
      return stage;
    }
    AnswerGeneration answers = AnswerGeneration.builder(opened).style(style).build();
    AnswerEvaluation stage =
        AnswerEvaluation.builder(answers).name("generation").benchmark(task.name()).build();
    var source =
        pipeline.source("questions", Dataset.of(OpenQuestion.class, run.limited(task.questions())));
    pipeline.stage(stage, pipeline.stage(answers, source));
    return stage;
  }
}
