package io.selfalign.examples.cli;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.data.SeedTask;
import io.selfalign.data.TopicSeed;
import io.selfalign.error.SelfAlignException;
import io.selfalign.instruct.InstructStages;
import io.selfalign.instruct.RoundOptions;
import io.selfalign.instruct.SeedTasks;
import io.selfalign.instruct.SelfInstructOptions;
import io.selfalign.instruct.TaskListTemplate;
import io.selfalign.instruct.TopicInstructOptions;
import io.selfalign.instruct.TopicOptions;
import io.selfalign.instruct.TopicSeeds;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.pipeline.RunResult;
import io.selfalign.pipeline.StageSummary;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Runs stage 1. */
@Command(
    name = "instruct",
    description = {
      "Lets a base model write instructions: stage 1, by Self-Instruct and by topic.",
      "They are in stages/instructions/records.jsonl of the run directory, what was not kept in"
          + " each stage's drops.jsonl. Run it again to go on after an interruption.",
      "Standard output: a summary at the end,"
          + " {\"work\",\"instructions\",\"stages\":[{\"name\",\"kept\",\"dropped\",\"counters\"}]},"
          + " where dropped has counts by reason.",
      ""
    })
final class InstructCommand implements Callable<Integer> {
  /** The line of output. */
  record Summary(String work, long instructions, List<Stage> stages) {}

  /** What a stage kept and dropped. */
  record Stage(String name, long kept, Map<String, Long> dropped, Map<String, Long> counters) {
    static Stage of(StageSummary summary) {
      return new Stage(summary.name(), summary.records(), summary.drops(), summary.counters());
    }
  }

  private static final String STDIN = "-";

  private final ModelOpener models;
  private final InputStream in;
  private final OutputStream out;

  @Spec private CommandSpec spec;

  @Mixin private ModelArguments model;

  @Mixin private final ProgressArguments progress;

  @Mixin private RunArguments run;

  @Mixin
  private final SamplingArguments sampling =
      new SamplingArguments(SelfInstructOptions.defaults().sampling());

  @Option(
      names = "--instructions",
      paramLabel = "N",
      description = "How many to make from seed tasks. Default: ${DEFAULT-VALUE}.")
  private int instructions = SelfInstructOptions.defaults().instructions();

  @Option(
      names = "--topic-instructions",
      paramLabel = "N",
      description = "How many to make on topics; 0 does nothing about topics. Default: 0.")
  private int topicInstructions;

  @Option(
      names = "--seeds",
      paramLabel = "FILE",
      description = "Seed tasks, as JSON Lines; - is standard input. Default: the library's 175.")
  private Optional<Path> seeds;

  @Option(
      names = "--topics",
      paramLabel = "FILE",
      description = "Topic seeds, as JSON Lines; - is standard input. Default: the library's 20.")
  private Optional<Path> topics;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "The most tokens of a list of tasks. Default: ${DEFAULT-VALUE}.")
  private int maxNewTokens = SelfInstructOptions.defaults().sampling().maxNewTokens();

  @Option(
      names = "--topic-max-new-tokens",
      paramLabel = "N",
      description =
          "The most tokens of a list of topics, or of instructions on topics. Default:"
              + " ${DEFAULT-VALUE}.")
  private int topicMaxNewTokens = TopicInstructOptions.defaults().sampling().maxNewTokens();

  @Option(
      names = "--examples",
      paramLabel = "K",
      description = "How many examples a prompt shows. Default: ${DEFAULT-VALUE}.")
  private int examples = SelfInstructOptions.defaults().examplesPerPrompt();

  @Option(
      names = "--introduction",
      paramLabel = "FILE",
      description =
          "A text that says what tasks are like, to stand before the examples in place of the"
              + " library's own.")
  private Optional<Path> introduction;

  @Option(
      names = "--epochs",
      paramLabel = "E",
      description =
          "Later epochs draw their examples from what the epoch before kept. Default:"
              + " ${DEFAULT-VALUE}.")
  private int epochs = SelfInstructOptions.defaults().epochs();

  @Option(
      names = "--topic-epochs",
      paramLabel = "E",
      description =
          "How often each type of question is asked for topics at most; no more than are needed are"
              + " made. Default: ${DEFAULT-VALUE}.")
  private int topicEpochs = TopicOptions.defaults().epochs();

  @Option(
      names = "--requests-per-round",
      paramLabel = "N",
      description =
          "How many requests go to the model together; decides what is made. Default:"
              + " ${DEFAULT-VALUE}.")
  private int requestsPerRound = SelfInstructOptions.defaults().requestsPerRound();

  @Option(
      names = "--threshold",
      paramLabel = "F",
      description = "What a near-duplicate's ROUGE-L F is over; 1 is off. Default: 0.7.")
  private double threshold = SelfInstructOptions.defaults().nearDuplicateThreshold();

  @Option(
      names = "--without",
      paramLabel = "FILTER",
      description = "Don't use this filter, such as not_text; may be repeated.")
  private List<String> without = List.of();

  @Option(
      names = "--patience",
      paramLabel = "N",
      description =
          "Give up after so many rounds in a row that kept nothing, or so many more epochs in which"
              + " a type of question got no topic. Default: ${DEFAULT-VALUE}.")
  private int patience = SelfInstructOptions.defaults().patience();

  @Option(
      names = "--accept-fewer",
      description = "When giving up, be content with what there is, instead of failing.")
  private boolean acceptFewer;

  InstructCommand(
      ModelOpener models, InputStream in, OutputStream out, ProgressArguments progress) {
    this.models = models;
    this.progress = progress;
    this.in = in;
    this.out = out;
  }

  @Override
  public Integer call() throws Exception {
    RunOptions runOptions = run.options(progress.listener());
    SelfInstructOptions selfInstruct = selfInstruct();
    TopicOptions topicOptions = topicOptions();
    TopicInstructOptions topicInstruct = topicInstruct();
    if (seeds.filter(InstructCommand::isStdin).isPresent()
        && topics.filter(InstructCommand::isStdin).isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "--seeds and --topics are both '-'; name a file for one of them");
    }
    List<SeedTask> tasks = seeds.map(this::seedTasks).orElseGet(SeedTasks::standard);
    List<TopicSeed> topicSeeds = topics.map(this::topicSeeds).orElseGet(TopicSeeds::standard);
    model.withModel(
        models,
        opened -> {
          InstructStages stages =
              InstructStages.of(opened)
                  .seedTasks(tasks)
                  .topicSeeds(topicSeeds)
                  .selfInstruct(selfInstruct)
                  .topics(topicOptions)
                  .topicInstruct(topicInstruct);
          instruct(stages, runOptions);
        });
    return 0;
  }

  private void instruct(InstructStages stages, RunOptions options) {
    Pipeline.Builder pipeline = Pipeline.builder();
    var made = stages.addTo(pipeline);
    RunResult result = pipeline.build().in(run.work(), options).run();
    try (JsonLinesWriter writer = JsonLines.write(out, "stdout")) {
      writer.write(
          new Summary(
              run.work().toString(),
              result.records(made).size(),
              result.stages().stream().map(Stage::of).toList()));
    }
  }

  private static String readText(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new SelfAlignException(
          file + ": can't be read as UTF-8 text: " + JsonLines.reason(e), e);
    }
  }

  private static boolean isStdin(Path file) {
    return file.toString().equals(STDIN);
  }

  private List<SeedTask> seedTasks(Path file) {
    return isStdin(file) ? SeedTasks.read(in, "stdin") : SeedTasks.read(file);
  }

  private List<TopicSeed> topicSeeds(Path file) {
    return isStdin(file) ? TopicSeeds.read(in, "stdin") : TopicSeeds.read(file);
  }

  private GenerationOptions sampling(GenerationOptions defaults, String option, int newTokens) {
    GenerationOptions.Builder options = defaults.toBuilder();
    sampling.addTo(options);
    OptionValues.set(spec, option, () -> options.maxNewTokens(newTokens));
    return options.build();
  }

  private SelfInstructOptions selfInstruct() {
    SelfInstructOptions.Builder options = SelfInstructOptions.builder();
    common(options);
    OptionValues.set(spec, "--instructions", () -> options.instructions(instructions));
    introduction.ifPresent(
        file ->
            OptionValues.set(
                spec,
                "--introduction",
                () ->
                    options.template(
                        TaskListTemplate.standard().withIntroduction(readText(file)))));
    OptionValues.set(spec, "--epochs", () -> options.epochs(epochs));
    options.sampling(
        sampling(SelfInstructOptions.defaults().sampling(), "--max-new-tokens", maxNewTokens));
    return options.build();
  }

  private TopicOptions topicOptions() {
    TopicOptions.Builder options = TopicOptions.builder().acceptFewer(acceptFewer);
    OptionValues.set(spec, "--topic-epochs", () -> options.epochs(topicEpochs));
    OptionValues.set(spec, "--patience", () -> options.patience(patience));
    options.sampling(
        sampling(TopicOptions.defaults().sampling(), "--topic-max-new-tokens", topicMaxNewTokens));
    return options.build();
  }

  private TopicInstructOptions topicInstruct() {
    TopicInstructOptions.Builder options = TopicInstructOptions.builder();
    common(options);
    OptionValues.set(spec, "--topic-instructions", () -> options.instructions(topicInstructions));
    options.sampling(
        sampling(
            TopicInstructOptions.defaults().sampling(),
            "--topic-max-new-tokens",
            topicMaxNewTokens));
    return options.build();
  }

  private void common(RoundOptions.Builder<?> options) {
    options.acceptFewer(acceptFewer);
    OptionValues.set(spec, "--examples", () -> options.examplesPerPrompt(examples));
    OptionValues.set(
        spec, "--requests-per-round", () -> options.requestsPerRound(requestsPerRound));
    OptionValues.set(spec, "--threshold", () -> options.nearDuplicateThreshold(threshold));
    OptionValues.set(spec, "--patience", () -> options.patience(patience));
    without.forEach(
        reason -> OptionValues.set(spec, "--without", () -> options.withoutFilter(reason)));
  }
}
