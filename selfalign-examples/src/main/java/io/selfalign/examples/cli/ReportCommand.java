package io.selfalign.examples.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.eval.EvaluationResult;
import io.selfalign.report.RunReport;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the report of a run. */
@Command(
    name = "report",
    description = {
      "Writes a run's report into its directory, complete or not: report.html, one page that loads"
          + " nothing from anywhere.",
      "Standard output: the path of the page.",
      ""
    })
final class ReportCommand implements Callable<Integer> {
  private final OutputStream out;

  @Spec private CommandSpec spec;

  @Option(names = "--work", required = true, paramLabel = "DIR", description = "The run directory.")
  private Path work;

  @Option(
      names = "--result",
      paramLabel = "MODEL=FILE",
      description =
          "What a model is to be called, and the output of an evaluation of it, which is kept in the"
              + " run and shown in this report and later ones. Given for each model and benchmark,"
              + " base model first.")
  private List<String> results = List.of();

  ReportCommand(OutputStream out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    RunReport report = RunReport.of(work);
    List<NamedResult> named =
        results.stream().map(result -> NamedResult.parse(spec, result)).toList();
    named.forEach(
        result -> report.addEvaluation(result.model(), EvaluationResult.read(result.file())));
    PrintStream lines = new PrintStream(out, true, UTF_8);
    lines.println(report.write());
    return 0;
  }
}
