package io.selfalign.examples.cli;

import io.selfalign.djl.DjlModelOptions;
import io.selfalign.model.AdaptedModel;
import io.selfalign.model.BaseModel;
import io.selfalign.model.TrainableModel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command that asks a model. */
final class ModelArguments {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private CheckpointArguments checkpoint;

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "A LoRA adapter in PEFT's format to use with the model.")
  private Optional<Path> adapter;

  @Mixin private BatchArguments batches;

  /**
   * Opens the model for a task and closes it.
   *
   * @throws ParameterException if an option's value can't be
   */
  void withModel(ModelOpener models, Consumer<BaseModel> task) throws Exception {
    checkpoint.withModel(models, options(), base -> withAdapter(spec, base, adapter, task));
  }

  /** Opens another model than that of {@code --model}, such as a judge, without the adapter. */
  void withOther(ModelOpener models, Path other, Consumer<BaseModel> task) throws Exception {
    checkpoint.withModel(models, other, options(), task);
  }

  private DjlModelOptions options() {
    return batches.addTo(checkpoint.options());
  }

  /**
   * Hands a model to a task, with an adapter if there is one.
   *
   * @throws ParameterException if the model can't have an adapter
   */
  static void withAdapter(
      CommandSpec spec, BaseModel base, Optional<Path> adapter, Consumer<BaseModel> task) {
    if (adapter.isEmpty()) {
      task.accept(base);
    } else if (base instanceof TrainableModel trainable) {
      try (AdaptedModel adapted = trainable.withAdapter(adapter.get())) {
        task.accept(adapted);
      }
    } else {
      throw new ParameterException(
          spec.commandLine(), "--adapter: model '" + base.name() + "' can't have an adapter");
    }
  }
}
