package io.selfalign.examples.cli;

import io.selfalign.eval.Hhh;
import io.selfalign.eval.PreferenceEvaluation;
import io.selfalign.eval.PromptStyle;
import io.selfalign.eval.ReplyPair;
import io.selfalign.pipeline.Dataset;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** HHH. */
@Command(
    name = "hhh",
    description = {"Measures which of two replies the model finds better, in both orders.", ""})
final class EvalHhhCommand implements Callable<Integer> {
  @Mixin private final EvalRun run;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "The folder with hhh_SUBTASK.task.json, or SUBTASK/task.json, of 4 subtasks.")
  private Path data;

  EvalHhhCommand(EvalRun run) {
    this.run = run;
  }

  @Override
  public Integer call() throws Exception {
    List<ReplyPair> pairs = run.limited(Hhh.read(data));
    Optional<PromptStyle> style = run.styleWithoutExamples();
    run.withModel(
        opened -> {
          PreferenceEvaluation.Builder builder = PreferenceEvaluation.builder(opened);
          style.ifPresent(builder::style);
          PreferenceEvaluation stage = builder.build();
          run.run(
              pipeline -> {
                pipeline.stage(stage, pipeline.source("pairs", Dataset.of(ReplyPair.class, pairs)));
                return stage;
              });
        });
    return 0;
  }
}
