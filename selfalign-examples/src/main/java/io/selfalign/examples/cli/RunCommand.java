package io.selfalign.examples.cli;

import io.selfalign.SelfAlign;
import io.selfalign.SelfAlignResult;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.examples.cli.RespondCommand.Stage;
import io.selfalign.model.BaseModel;
import io.selfalign.model.LoraOptions;
import io.selfalign.model.TrainableModel;
import io.selfalign.principle.PromptFrame;
import io.selfalign.report.RunReport;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
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
      "Running it again goes on where it stopped, or tells the same if all is done.",
      "Standard output: a summary at the end,"
          + " {\"work\",\"adapter\",\"report\",\"stages\":[{\"name\",\"kept\",\"dropped\",\"counters\"}]}.",
      ""
    })
final class RunCommand implements Callable<Integer> {
  /** The line of output. */
  record Summary(String work, String adapter, String report, List<Stage> stages) {}

  private final ModelOpener models;
  private final OutputStream out;

  @Spec private CommandSpec spec;

  @Mixin private ModelArguments model;

  @Mixin private FrameArguments frame;

  @Mixin private final ProgressArguments progress;

  @Option(
      names = "--work",
      required = true,
      paramLabel = "DIR",
      description = "The run directory; made if it isn't there, resumed if it is.")
  private Path work;

  @Option(
      names = "--instructions",
      paramLabel = "N",
      description = "How many to make from seed tasks. Default: ${DEFAULT-VALUE}.")
  private int instructions = 5_000;

  @Option(
      names = "--topic-instructions",
      paramLabel = "N",
      description = "How many to make on topics; 0 does nothing about topics. Default: 0.")
  private int topicInstructions;

  @Option(
      names = "--maker",
      paramLabel = "NAME",
      description = "Who the assistant says it was made by.")
  private Optional<String> maker;

  @Option(
      names = "--rank",
      paramLabel = "R",
      description = "The rank of the adapters. Default: ${DEFAULT-VALUE}.")
  private int rank = LoraOptions.defaults().rank();

  @Option(
      names = "--no-verbose-cloning",
      description = "Leave out stage 4: end with short answers.")
  private boolean noVerboseCloning;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "The same seed makes the same run. Default: ${DEFAULT-VALUE}.")
  private long seed;

  RunCommand(ModelOpener models, OutputStream out, ProgressArguments progress) {
    this.models = models;
    this.out = out;
    this.progress = progress;
  }

  @Override
  public Integer call() throws Exception {
    PromptFrame prompt = frame.frame();
    model.withModel(models, base -> align(trainable(base), prompt));
    return 0;
  }

  private TrainableModel trainable(BaseModel base) {
    if (base instanceof TrainableModel trainable) {
      return trainable;
    }
    throw new ParameterException(
        spec.commandLine(), "--model: model '" + base.name() + "' can't be trained");
  }

  private void align(TrainableModel base, PromptFrame prompt) {
    SelfAlign align =
        SelfAlign.of(base)
            .frame(prompt)
            .instructions(instructions)
            .topicInstructions(topicInstructions)
            .lora(lora())
            .workDirectory(work)
            .seed(seed)
            .listener(progress.listener());
    maker.ifPresent(name -> align.identity(prompt.persona(), name));
    if (!noVerboseCloning) {
      align.verboseCloning();
    }
    try (SelfAlignResult result = align.run();
        JsonLinesWriter writer = JsonLines.write(out, "stdout")) {
      writer.write(
          new Summary(
              work.toString(),
              result.adapter().toString(),
              work.resolve(RunReport.FILE).toString(),
              result.stages().stream().map(Stage::of).toList()));
    }
  }

  private LoraOptions lora() {
    LoraOptions.Builder lora = LoraOptions.builder();
    CommandArguments.set(spec, "--rank", () -> lora.rank(rank));
    return lora.build();
  }
}
