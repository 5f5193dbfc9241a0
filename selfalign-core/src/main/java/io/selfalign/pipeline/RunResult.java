package io.selfalign.pipeline;

import io.selfalign.data.Drop;
import io.selfalign.data.Traceable;
import io.selfalign.error.InvalidDataException;
import io.selfalign.pipeline.Pipeline.Output;
import java.nio.file.Path;
import java.util.List;

/**
 * What a completed run left in its directory. The data is read from there when it is asked for; the
 * directory is not locked any more.
 */
public final class RunResult {
  private final RunDirectory directory;
  private final Pipeline pipeline;
  private final List<StageSummary> stages;

  RunResult(RunDirectory directory, Pipeline pipeline, List<StageSummary> stages) {
    this.directory = directory;
    this.pipeline = pipeline;
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

  /**
   * The records that a stage kept.
   *
   * @throws IllegalArgumentException if the output is none of this run's pipeline
   * @throws InvalidDataException if a file is not as it was written
   */
  public <T extends Traceable> Dataset<T> records(Output<T> output) {
    return directory.records(checkOwn(output).stage(), output.type());
  }

  /** The ledger of a stage; see {@link #records} for the exceptions. */
  public Dataset<Drop> drops(Output<?> output) {
    return directory.drops(checkOwn(output).stage());
  }

  /**
   * The folder with what a stage has besides records.
   *
   * @throws IllegalArgumentException if the output is none of this run's pipeline
   */
  public Path files(Output<?> output) {
    return directory.files(checkOwn(output).stage());
  }

  private Output<?> checkOwn(Output<?> output) {
    if (!pipeline.has(output)) {
      throw new IllegalArgumentException(
          "'"
              + output.stage()
              + "' is an output of another pipeline; use an output of the builder that made this"
              + " one, which has "
              + pipeline.stages()
              + ", or read other stages by name, with directory()");
    }
    return output;
  }
}
