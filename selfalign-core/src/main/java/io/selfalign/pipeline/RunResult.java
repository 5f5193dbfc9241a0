package io.selfalign.pipeline;

import io.selfalign.data.Drop;
import io.selfalign.data.Traceable;
import io.selfalign.pipeline.Pipeline.Output;
import java.nio.file.Path;
import java.util.List;

/**
 * What a completed run left in its directory. The data is read from there when it is asked for; the
 * directory is not locked any more.
 */
public final class RunResult {
  private final RunDirectory directory;
  private final List<StageSummary> stages;

  RunResult(RunDirectory directory, List<StageSummary> stages) {
    this.directory = directory;
    this.stages = List.copyOf(stages);
  }

  /** The run directory. */
  public RunDirectory directory() {
    return directory;
  }

  /** The stages of the pipeline in the order in which they ran. */
  public List<StageSummary> stages() {
    return stages;
  }

  /** The records that a stage kept. */
  public <T extends Traceable> Dataset<T> records(Output<T> output) {
    return directory.records(output.stage(), output.type());
  }

  /** The ledger of a stage. */
  public Dataset<Drop> drops(Output<?> output) {
    return directory.drops(output.stage());
  }

  /** The folder with what a stage has besides records. */
  public Path files(Output<?> output) {
    return directory.files(output.stage());
  }
}
