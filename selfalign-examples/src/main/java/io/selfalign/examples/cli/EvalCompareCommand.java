package io.selfalign.examples.cli;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.eval.EvaluationResult;
import io.selfalign.eval.ModelTable;
import io.selfalign.eval.Opponent;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Models side by side. */
@Command(
    name = "compare",
    description = {
      "Puts the results of several models side by side, with paired differences.",
      "Standard output: a record for each figure,"
          + " {\"benchmark\",\"opponent\",\"figure\",\"models\",\"figures\",\"changes\"}, where"
          + " changes has for each model the difference to the one before, null for the first and"
          + " where there is none.",
      ""
    })
final class EvalCompareCommand implements Callable<Integer> {
  /** A line of output. */
  record Line(
      String benchmark,
      Optional<Opponent> opponent,
      String figure,
      List<String> models,
      List<?> figures,
      List<?> changes) {}

  private final OutputStream out;

  @Spec private CommandSpec spec;

  @Option(
      names = "--result",
      required = true,
      paramLabel = "MODEL=FILE",
      description =
          "What a model is to be called, and the output of an evaluation of it. Given for each model"
              + " and benchmark, base model first.")
  private List<String> results;

  EvalCompareCommand(OutputStream out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    Map<String, List<EvaluationResult>> byModel = new LinkedHashMap<>();
    for (String result : results) {
      NamedResult named = NamedResult.parse(spec, result);
      byModel
          .computeIfAbsent(named.model(), model -> new ArrayList<>())
          .add(EvaluationResult.read(named.file()));
    }
    ModelTable table = ModelTable.of(byModel);
    try (JsonLinesWriter writer = JsonLines.write(out, "stdout")) {
      for (ModelTable.Row row : table.rows()) {
        writer.write(
            new Line(
                row.benchmark(),
                row.opponent(),
                row.figure(),
                table.models(),
                row.figures(),
                row.changes()));
      }
    }
    return 0;
  }
}
