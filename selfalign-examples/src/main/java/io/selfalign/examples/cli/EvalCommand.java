package io.selfalign.examples.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The benchmarks. */
@Command(
    name = "eval",
    description = {
      "Measures a model by a benchmark, or compares what was measured.",
      "Standard output: a record for each item, then the summary, with an interval for each figure.",
      ""
    })
final class EvalCommand implements Runnable {
  @Spec private CommandSpec spec;

  private EvalCommand() {}

  static CommandLine withSubcommands(
      ModelOpener models, OutputStream out, PrintStream err, boolean watched) {
    Supplier<EvalRun> run = () -> new EvalRun(models, out, new ProgressArguments(err, watched));
    return new CommandLine(new EvalCommand())
        .addSubcommand(new EvalChoiceCommand(run.get()))
        .addSubcommand(new EvalAnswersCommand(run.get()))
        .addSubcommand(new EvalHhhCommand(run.get()))
        .addSubcommand(new EvalVicunaCommand(run.get()))
        .addSubcommand(new EvalTaskCommand(run.get()))
        .addSubcommand(new EvalCompareCommand(out));
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Missing benchmark; give one of " + spec.subcommands().keySet());
  }
}
