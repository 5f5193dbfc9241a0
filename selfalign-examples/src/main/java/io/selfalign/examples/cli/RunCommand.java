package io.selfalign.examples.cli;

import io.selfalign.SelfAlign;
import io.selfalign.SelfAlignResult;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.djl.DjlModelOptions;
import io.selfalign.eval.EvaluationResult;
import io.selfalign.examples.cli.RespondCommand.Stage;
import io.selfalign.examples.miniature.EmbeddedModel;
import io.selfalign.examples.miniature.Measurement;
import io.selfalign.examples.miniature.MiniatureAlignment;
import io.selfalign.instruct.SelfInstructOptions;
import io.selfalign.instruct.TopicInstructOptions;
import io.selfalign.model.BaseModel;
import io.selfalign.model.LoraOptions;
import io.selfalign.model.TrainableModel;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.principle.PromptFrame;
import io.selfalign.report.RunReport;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** All four stages. */
@Command(
    name = "run",
    description = {
      "Aligns a base model: invents instructions, answers them under principles, trains the model on"
          + " its answers, and again on extensive ones.",
      "Without --model it aligns the embedded miniature in some minutes, asks it held-out questions"
          + " before and after, and prints what changed on standard error.",
      "Running it again goes on where it stopped, or tells the same if all is done.",
      "Standard output: a summary at the end,"
          + " {\"work\",\"adapter\",\"report\",\"stages\":[{\"name\",\"kept\",\"dropped\",\"counters\"}]};"
          + " without --model, one more for each way of asking, {\"asked\",\"result\"}.",
      ""
    })
final class RunCommand implements Callable<Integer> {
  /** The line of output. */
  record Summary(String work, String adapter, String report, List<Stage> stages) {}

  /** What came of one way of asking the held-out questions. */
  record Asked(String asked, EvaluationResult.Summary result) {}

  private final ModelOpener models;
  private final OutputStream out;
  private final PrintStream err;

  @Spec private CommandSpec spec;

  @Mixin private EngineArguments engine;

  @Mixin private BatchArguments batches;

  @Mixin private FrameArguments frame;

  @Mixin private final ProgressArguments progress;

  @Mixin private RunArguments run;

  @Mixin private LoraArguments lora;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "The base model: a Hugging Face checkpoint's folder. Default: the embedded miniature.")
  private Optional<Path> model;

  @Option(
      names = "--instructions",
      paramLabel = "N",
      description = "How many to make from seed tasks. Default: 5000, and 500 for the miniature.")
  private Optional<Integer> instructions;

  @Option(
      names = "--topic-instructions",
      paramLabel = "N",
      description =
          "How many to make on topics; 0 does nothing about topics. Default: 0, and 400 for the"
              + " miniature.")
  private Optional<Integer> topicInstructions;

  @Option(
      names = "--maker",
      paramLabel = "NAME",
      description = "Who the assistant says it was made by.")
  private Optional<String> maker;

  @Option(
      names = "--no-verbose-cloning",
      description = "Leave out stage 4: end with short answers.")
  private boolean noVerboseCloning;

  RunCommand(ModelOpener models, OutputStream out, PrintStream err, ProgressArguments progress) {
    this.models = models;
    this.out = out;
    this.err = err;
    this.progress = progress;
  }

  @Override
  public Integer call() throws Exception {
    boolean miniature = model.isEmpty();
    DjlModelOptions options = batches.addTo(engine.options());
    LoraOptions adapter = lora.options();
    if (miniature) {
      refuseWithoutModel();
    }
    instructions.ifPresent(
        number ->
            OptionValues.set(
                spec, "--instructions", () -> SelfInstructOptions.builder().instructions(number)));
    topicInstructions.ifPresent(
        number ->
            OptionValues.set(
                spec,
                "--topic-instructions",
                () -> TopicInstructOptions.builder().instructions(number)));
    PromptFrame prompt =
        frame.frame(miniature ? MiniatureAlignment.frame() : PromptFrame.standard());
    Path folder =
        model.orElseGet(() -> EmbeddedModel.unpack(run.work().resolve(EmbeddedModel.FOLDER)));
    if (miniature) {
      MiniatureAlignment.useOneThread();
    }
    engine.withModel(
        models, folder, options, base -> align(trainable(base), prompt, adapter, miniature));
    return 0;
  }

  private RunOptions runOptions() {
    return run.options(progress.listener());
  }

  /** The miniature's adapters are as it needs them, but for their rank. */
  private void refuseWithoutModel() {
    for (String option : LoraArguments.OTHER_THAN_RANK) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw new ParameterException(
            spec.commandLine(), option + " has no effect without --model; leave it out");
      }
    }
  }

  private TrainableModel trainable(BaseModel base) {
    if (base instanceof TrainableModel trainable) {
      return trainable;
    }
    throw new ParameterException(
        spec.commandLine(), "--model: model '" + base.name() + "' can't be trained");
  }

  private void align(
      TrainableModel base, PromptFrame prompt, LoraOptions adapter, boolean miniature) {
    SelfAlign align =
        miniature ? miniature(base, prompt, adapter) : large(base, adapter).frame(prompt);
    align.workDirectory(run.work()).runOptions(runOptions());
    maker.ifPresent(name -> align.identity(prompt.persona(), name));
    try (SelfAlignResult result = align.run()) {
      Summary summary =
          new Summary(
              run.work().toString(),
              result.adapter().toString(),
              run.work().resolve(RunReport.FILE).toString(),
              result.stages().stream().map(Stage::of).toList());
      write(summary, miniature ? measure(base, prompt, result) : Map.of());
    }
  }

  private Map<String, EvaluationResult> measure(
      TrainableModel base, PromptFrame prompt, SelfAlignResult result) {
    Measurement measurement = MiniatureAlignment.measure(base, prompt, result, runOptions());
    err.println(measurement);
    err.println("Report: " + run.work().resolve(RunReport.FILE));
    return measurement.results();
  }

  private void write(Summary summary, Map<String, EvaluationResult> results) {
    try (JsonLinesWriter writer = JsonLines.write(out, "stdout")) {
      writer.write(summary);
      results.forEach((way, result) -> writer.write(new Asked(way, result.summary())));
    }
  }

  private SelfAlign miniature(TrainableModel base, PromptFrame prompt, LoraOptions adapter) {
    MiniatureAlignment.Options standard = MiniatureAlignment.Options.defaults();
    return MiniatureAlignment.of(
        base,
        prompt,
        new MiniatureAlignment.Options(
            instructions.orElse(standard.instructions()),
            topicInstructions.orElse(standard.topicInstructions()),
            adapter.rank(),
            !noVerboseCloning));
  }

  private SelfAlign large(TrainableModel base, LoraOptions adapter) {
    SelfAlign align =
        SelfAlign.of(base)
            .instructions(instructions.orElse(5_000))
            .topicInstructions(topicInstructions.orElse(0))
            .lora(adapter);
    return noVerboseCloning ? align : align.verboseCloning();
  }
}
