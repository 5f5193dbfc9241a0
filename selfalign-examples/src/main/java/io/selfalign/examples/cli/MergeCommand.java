package io.selfalign.examples.cli;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.djl.DjlModel;
import io.selfalign.model.BaseModel;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Merges an adapter into a checkpoint. */
@Command(
    name = "merge",
    description = {
      "Writes a checkpoint with an adapter merged into its weights, and compares it with the two"
          + " apart.",
      "Standard output: {\"out\",\"max_logit_difference\",\"probe\"}, the largest difference of a"
          + " logit after any token of the probe text.",
      ""
    })
final class MergeCommand implements Callable<Integer> {
  /** The line of output. */
  record Result(String out, double maxLogitDifference, String probe) {}

  private final ModelOpener models;
  private final OutputStream out;

  @Spec private CommandSpec spec;

  @Mixin private CheckpointArguments checkpoint;

  @Option(
      names = "--adapter",
      required = true,
      paramLabel = "DIR",
      description = "The LoRA adapter, in PEFT's format.")
  private Path adapter;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where to write the checkpoint; nothing may be there.")
  private Path target;

  @Option(
      names = "--probe",
      paramLabel = "TEXT",
      description = "What both models read to be compared. Default: ${DEFAULT-VALUE}")
  private String probe =
      "User: Why does ice float, and what would change if it did not?\nAssistant: Because";

  MergeCommand(ModelOpener models, OutputStream out) {
    this.models = models;
    this.out = out;
  }

  @Override
  public Integer call() throws Exception {
    checkpoint.withModel(models, checkpoint.options().build(), this::merge);
    return 0;
  }

  private void merge(BaseModel base) {
    if (!(base instanceof DjlModel model)) {
      throw new ParameterException(
          spec.commandLine(), "--model: model '" + base.name() + "' is no checkpoint");
    }
    double difference = model.mergeAdapter(adapter, target, probe);
    try (JsonLinesWriter writer = JsonLines.write(out, "stdout")) {
      writer.write(new Result(target.toString(), difference, probe));
    }
  }
}
