package io.selfalign.examples.cli;

import io.selfalign.djl.ComputeDevice;
import io.selfalign.djl.DType;
import io.selfalign.djl.DjlModelOptions;
import io.selfalign.model.BaseModel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options that say how a checkpoint is opened. */
final class EngineArguments {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      description = "f32, bf16, or on CUDA f16. Default: the checkpoint's own.")
  private Optional<DType> dtype;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      converter = DeviceConverter.class,
      description = "cpu, cuda or cuda:N. Default: ${DEFAULT-VALUE}.")
  private ComputeDevice device;

  /** Options with which to open the checkpoint. */
  DjlModelOptions.Builder options() {
    DjlModelOptions.Builder options = DjlModelOptions.builder().device(device);
    dtype.ifPresent(options::dtype);
    return options;
  }

  /**
   * Opens a checkpoint for a task and closes it.
   *
   * @throws ParameterException if an option's value can't be
   */
  void withModel(ModelOpener models, Path folder, DjlModelOptions options, Consumer<BaseModel> task)
      throws Exception {
    BaseModel model = open(models, folder, options);
    try (AutoCloseable closing = model instanceof AutoCloseable closeable ? closeable : () -> {}) {
      task.accept(model);
    }
  }

  private BaseModel open(ModelOpener models, Path folder, DjlModelOptions options) {
    try {
      return models.open(folder, options);
    } catch (IllegalArgumentException e) {
      // Options that don't go together, such as f16 on the processor.
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static final class DeviceConverter implements ITypeConverter<ComputeDevice> {
    @Override
    public ComputeDevice convert(String value) {
      try {
        return ComputeDevice.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
