package io.selfalign.examples.cli;

import io.selfalign.examples.guide.RemoteModel;
import io.selfalign.model.BaseModel;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of a command that asks a checkpoint, or a model that a server runs. */
final class AnyModelArguments {
  private static final String API_KEY = "OPENAI_API_KEY";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "The model: a Hugging Face checkpoint's folder. This or --server.")
  private Optional<Path> folder;

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "A LoRA adapter in PEFT's format to use with --model.")
  private Optional<Path> adapter;

  @Option(
      names = "--server",
      paramLabel = "ADDRESS",
      description =
          "The address of a completions server such as vLLM's, as http://localhost:8000; the"
              + " environment variable "
              + API_KEY
              + " has its key if it needs one. Stop strings and seeds go there.")
  private Optional<URI> server;

  @Option(
      names = "--served-model",
      paramLabel = "NAME",
      description = "Which of the server's models. Default: its first.")
  private Optional<String> servedModel;

  @Option(
      names = "--parallel-requests",
      paramLabel = "N",
      description = "How many requests a server has at once. Default: 64.")
  private Optional<Integer> parallelRequests;

  @Mixin private EngineArguments engine;

  @Mixin private BatchArguments batches;

  /**
   * Opens the model for a task and closes it.
   *
   * @throws ParameterException if options don't go together, or a value can't be
   */
  void withModel(ModelOpener models, Consumer<BaseModel> task) throws Exception {
    if (folder.isPresent() == server.isPresent()) {
      throw wrong(
          folder.isPresent()
              ? "--model and --server don't go together; give one"
              : "give --model DIR, or --server ADDRESS for a model that a server runs");
    }
    if (server.isPresent()) {
      if (adapter.isPresent()) {
        throw wrong("--adapter goes with --model; name a server's adapter by --served-model");
      }
      try (RemoteModel remote = remote(server.get())) {
        task.accept(remote);
      }
    } else {
      if (servedModel.isPresent()) {
        throw wrong("--served-model goes with --server");
      }
      engine.withModel(
          models,
          folder.orElseThrow(),
          batches.addTo(engine.options()),
          base -> ModelArguments.withAdapter(spec, base, adapter, task));
    }
  }

  private RemoteModel remote(URI address) {
    if (address.getScheme() == null || address.getHost() == null) {
      throw wrong("--server is '" + address + "', but must be as http://localhost:8000");
    }
    RemoteModel.Builder builder = RemoteModel.at(address);
    servedModel.ifPresent(builder::model);
    if (parallelRequests.isPresent()) {
      if (parallelRequests.get() < 1) {
        throw wrong("--parallel-requests is " + parallelRequests.get() + ", but must be 1 up");
      }
      builder.parallelRequests(parallelRequests.get());
    }
    Optional.ofNullable(System.getenv(API_KEY)).ifPresent(builder::apiKey);
    return builder.open();
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
