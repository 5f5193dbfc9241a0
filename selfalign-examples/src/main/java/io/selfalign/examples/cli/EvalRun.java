package io.selfalign.examples.cli;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.error.SelfAlignException;
import io.selfalign.eval.Evaluation;
import io.selfalign.eval.HasMetrics;
import io.selfalign.eval.PromptStyle;
import io.selfalign.model.BaseModel;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.pipeline.RunResult;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all benchmarks have in common: options, the run, and the records that are written. */
final class EvalRun {
  private final ModelOpener models;
  private final OutputStream out;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private ModelArguments model;

  @Mixin private RestartArguments restart;

  @Mixin private final ProgressArguments progress;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Only the first N items. Default: all.")
  private Optional<Integer> limit;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description =
          "A run directory to keep what was measured in; the same command goes on there after an"
              + " interruption. Default: nothing is kept.")
  private Optional<Path> work;

  @Option(
      names = "--persona",
      paramLabel = "FILE",
      description =
          "Put questions to the assistant that this text describes; or, with {question} in it, as"
              + " this text.")
  private Optional<Path> persona;

  @Option(
      names = "--few-shot",
      paramLabel = "FILE",
      description = "Put questions after this text of questions with answers, as Q: and A:.")
  private Optional<Path> fewShot;

  EvalRun(ModelOpener models, OutputStream out, ProgressArguments progress) {
    this.models = models;
    this.out = out;
    this.progress = progress;
  }

  /** Opens the model that is measured. */
  void withModel(Consumer<BaseModel> task) throws Exception {
    model.withModel(models, task);
  }

  /** Opens another model, or uses the one that is measured if none is named. */
  void withOther(Optional<Path> folder, BaseModel measured, Consumer<BaseModel> task) {
    if (folder.isEmpty()) {
      task.accept(measured);
      return;
    }
    try {
      model.withOther(models, folder.get(), task);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new SelfAlignException(folder.get() + ": can't be closed: " + e, e);
    }
  }

  /** The first of the items, as many as are wanted. */
  <T> List<T> limited(List<T> items) {
    if (limit.isPresent() && limit.get() < 1) {
      throw new ParameterException(
          spec.commandLine(), "--limit is " + limit.get() + ", but must be 1 up");
    }
    return items.stream().limit(limit.orElse(Integer.MAX_VALUE)).toList();
  }

  /** How questions are put, or nothing if no option says so. */
  Optional<PromptStyle> style() {
    if (persona.isPresent() && fewShot.isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "--persona and --few-shot don't go together; give one");
    }
    try {
      return persona
          .map(file -> PromptStyle.persona(text(file)))
          .or(() -> fewShot.map(file -> PromptStyle.fewShot(text(file))));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** How questions are put where examples have no place. */
  Optional<PromptStyle> styleWithoutExamples() {
    if (fewShot.isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "--few-shot has no use here; give --persona or neither");
    }
    return style();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new SelfAlignException(file + ": can't be read: " + JsonLines.reason(e), e);
    }
  }

  /** Runs the pipeline that a benchmark wires, and writes what it measured. */
  void run(Function<Pipeline.Builder, Evaluation<?, ?>> wire) {
    Pipeline.Builder pipeline = Pipeline.builder();
    Evaluation<?, ?> evaluation = wire.apply(pipeline);
    RunOptions.Builder options = RunOptions.builder().listener(progress.listener());
    restart.addTo(options);
    try {
      Path directory = work.isPresent() ? work.get() : Files.createTempDirectory("selfalign-eval");
      try {
        write(evaluation, pipeline.build().in(directory, options.build()).run());
      } finally {
        if (work.isEmpty()) {
          delete(directory);
        }
      }
    } catch (IOException e) {
      throw new SelfAlignException("no temporary folder: " + JsonLines.reason(e), e);
    }
  }

  private <O extends HasMetrics> void write(Evaluation<?, O> evaluation, RunResult result) {
    try (JsonLinesWriter writer = JsonLines.write(out, "stdout");
        Stream<O> records =
            result.directory().records(evaluation.name(), evaluation.outputType()).stream()) {
      records.forEach(writer::write);
      writer.write(evaluation.result(result).summary());
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
