package io.selfalign.examples.cli;

import io.selfalign.djl.DjlModelOptions;
import io.selfalign.model.BaseModel;
import java.nio.file.Path;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of every command that opens a checkpoint. */
final class CheckpointArguments {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The model: a Hugging Face checkpoint's folder.")
  private Path folder;

  @Mixin private EngineArguments engine;

  /** Options with which to open the checkpoint. */
  DjlModelOptions.Builder options() {
    return engine.options();
  }

  /**
   * Opens the checkpoint for a task and closes it.
   *
   * @throws ParameterException if an option's value can't be
   */
  void withModel(ModelOpener models, DjlModelOptions options, Consumer<BaseModel> task)
      throws Exception {
    engine.withModel(models, folder, options, task);
  }

  /** As above, for the checkpoint of another folder. */
  void withModel(ModelOpener models, Path other, DjlModelOptions options, Consumer<BaseModel> task)
      throws Exception {
    engine.withModel(models, other, options, task);
  }
}
