package io.selfalign.examples.cli;

import io.selfalign.data.Demonstration;
import io.selfalign.data.Instruction;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.data.Query;
import io.selfalign.instruct.InstructionMerge;
import io.selfalign.model.BaseModel;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.pipeline.RunResult;
import io.selfalign.pipeline.StageSummary;
import io.selfalign.principle.AnswerFilter;
import io.selfalign.principle.AnswerFilters;
import io.selfalign.principle.InstructionQueries;
import io.selfalign.principle.PrincipleCheck;
import io.selfalign.principle.PrincipleDrivenAlignment;
import io.selfalign.principle.PromptFrame;
import io.selfalign.principle.SafetyFilter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Stage 2: answers under principles. */
@Command(
    name = "respond",
    description = {
      "Answers instructions under principles (stage 2), into a run directory.",
      "Running it again goes on where it stopped. The demonstrations and the ledger of what was"
          + " dropped are in stages/demonstrations of the directory.",
      "Standard output: a summary at the end,"
          + " {\"work\",\"demonstrations\",\"stages\":[{\"name\",\"kept\",\"dropped\",\"counters\"}]},"
          + " where dropped has counts by reason.",
      ""
    })
final class RespondCommand implements Callable<Integer> {
  /** The line of output. */
  record Summary(String work, long demonstrations, List<Stage> stages) {}

  /** What a stage kept and dropped. */
  record Stage(String name, long kept, Map<String, Long> dropped, Map<String, Long> counters) {
    static Stage of(StageSummary summary) {
      return new Stage(summary.name(), summary.records(), summary.drops(), summary.counters());
    }
  }

  private final ModelOpener models;
  private final InputStream in;
  private final OutputStream out;

  @Spec private CommandSpec spec;

  @Mixin private ModelArguments model;

  @Mixin private FrameArguments frame;

  @Mixin private final ProgressArguments progress;

  @Mixin private RunArguments run;

  @Mixin private ReplyArguments reply;

  @Option(
      names = "--instructions-file",
      paramLabel = "FILE",
      description =
          "What to answer: lines {\"id\",\"instruction\",\"input\"}, of which id and input may be"
              + " absent; source and question_type are kept. - is standard input. Default: the"
              + " instructions that the run directory has.")
  private Optional<Path> instructions;

  @Option(
      names = "--min-characters",
      paramLabel = "N",
      description =
          "Drop shorter answers; those without an end below 160 anyway. Default: ${DEFAULT-VALUE}.")
  private int minCharacters = AnswerFilters.DEFAULT_MIN_CHARACTERS;

  @Option(
      names = "--without",
      paramLabel = "FILTER",
      description = "Don't use this filter, such as apology; may be repeated.")
  private List<String> without = List.of();

  @Option(
      names = "--safety-margin",
      paramLabel = "NATS",
      description =
          "Added to the log-odds above which an answer counts as one that breaks a principle, a bound"
              + " that is measured first; more of it drops fewer. Default: ${DEFAULT-VALUE}.")
  private double safetyMargin;

  @Option(
      names = "--no-safety-check",
      description = "Do not ask the model whether answers break a principle.")
  private boolean noSafetyCheck;

  RespondCommand(ModelOpener models, InputStream in, OutputStream out, ProgressArguments progress) {
    this.models = models;
    this.in = in;
    this.out = out;
    this.progress = progress;
  }

  @Override
  public Integer call() throws Exception {
    if (!Double.isFinite(safetyMargin)) {
      throw new ParameterException(
          spec.commandLine(), "--safety-margin is " + safetyMargin + ", but must be finite");
    }
    RunOptions runOptions = run.options(progress.listener());
    GenerationOptions sampling = reply.sampling();
    int thoughtTokens = reply.thoughtTokens();
    List<AnswerFilter> filters = filters();
    PromptFrame prompt = frame.frame(PromptFrame.standard());
    Pipeline.Builder pipeline = Pipeline.builder();
    Output<Query> queries = queries(pipeline);
    model.withModel(
        models,
        opened -> {
          PrincipleDrivenAlignment stage =
              PrincipleDrivenAlignment.builder(opened)
                  .frame(prompt)
                  .sampling(sampling)
                  .thoughtTokens(thoughtTokens)
                  .filters(filters)
                  .safety(safety(opened, prompt))
                  .build();
          respond(pipeline, stage, queries, runOptions);
        });
    return 0;
  }

  /** Those of the file, or else of the instructions that the run directory has. */
  private Output<Query> queries(Pipeline.Builder pipeline) throws IOException {
    if (instructions.isPresent()) {
      List<Query> lines = QueryLines.read(instructions.get(), in);
      return pipeline.source(InstructionQueries.NAME, Dataset.of(Query.class, lines));
    }
    if (!Files.exists(run.work().resolve("stages").resolve(InstructionMerge.NAME))) {
      throw new ParameterException(
          spec.commandLine(),
          "nothing says what to answer: "
              + run.work()
              + " has no instructions; give --instructions-file FILE with lines {\"instruction\"},"
              + " or run 'selfalign instruct' with the same --work first");
    }
    return pipeline.stage(
        new InstructionQueries(), pipeline.existing(InstructionMerge.NAME, Instruction.class));
  }

  private void respond(
      Pipeline.Builder pipeline,
      PrincipleDrivenAlignment stage,
      Output<Query> source,
      RunOptions options) {
    Output<Demonstration> made = pipeline.stage(stage, source);
    RunResult result = pipeline.build().in(run.work(), options).run();
    try (JsonLinesWriter writer = JsonLines.write(out, "stdout")) {
      writer.write(
          new Summary(
              run.work().toString(),
              result.records(made).size(),
              result.stages().stream().map(Stage::of).toList()));
    }
  }

  private SafetyFilter safety(BaseModel opened, PromptFrame prompt) {
    if (noSafetyCheck || prompt.principles().isEmpty()) {
      return SafetyFilter.none();
    }
    return PrincipleCheck.builder(opened, prompt).margin(safetyMargin).build();
  }

  private AnswerFilter tooShort() {
    int unclosed = Math.max(minCharacters, AnswerFilters.DEFAULT_MIN_UNCLOSED_CHARACTERS);
    return AnswerFilters.tooShort(minCharacters, unclosed);
  }

  private List<AnswerFilter> filters() {
    List<AnswerFilter> filters = new ArrayList<>();
    for (AnswerFilter standard : AnswerFilters.standard()) {
      if (standard.name().equals("too_short")) {
        OptionValues.set(spec, "--min-characters", () -> filters.add(tooShort()));
      } else {
        filters.add(standard);
      }
    }
    List<String> names = filters.stream().map(AnswerFilter::name).toList();
    for (String name : without) {
      if (!names.contains(name)) {
        throw new ParameterException(
            spec.commandLine(), "--without is '" + name + "', but must be one of " + names);
      }
      filters.removeIf(filter -> filter.name().equals(name));
    }
    return filters;
  }
}
