package io.selfalign.examples.miniature;

import io.selfalign.SelfAlign;
import io.selfalign.SelfAlignResult;
import io.selfalign.eval.EvaluationResult;
import io.selfalign.examples.miniature.HeldOutQuestions.Question;
import io.selfalign.instruct.SelfInstructOptions;
import io.selfalign.instruct.TopicInstructOptions;
import io.selfalign.instruct.TopicOptions;
import io.selfalign.model.BaseModel;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.LearningRateSchedule;
import io.selfalign.model.LoraOptions;
import io.selfalign.model.Projection;
import io.selfalign.model.TrainableModel;
import io.selfalign.model.TrainingOptions;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.pipeline.RunResult;
import io.selfalign.principle.AnswerFilters;
import io.selfalign.principle.PrincipleDrivenAlignment;
import io.selfalign.principle.PrincipleSet;
import io.selfalign.principle.PromptFrame;
import io.selfalign.principle.SafetyFilter;
import io.selfalign.report.RunReport;
import io.selfalign.tuning.ChatPrompt;
import io.selfalign.verbose.ExtensiveCue;
import io.selfalign.verbose.VerboseAnswering;
import io.selfalign.verbose.VerboseFilters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * SELF-ALIGN on the miniature: the library's stages with seeds, principles and exemplars in the
 * miniature's language and with lengths and options of its size; and the measurement of what became
 * of it.
 */
public final class MiniatureAlignment {
  /**
   * What is commonly changed.
   *
   * @param instructions how many instructions are made from seed tasks
   * @param topicInstructions how many are made on topics
   * @param rank the rank of the adapters
   * @param verbose whether there is a stage 4
   */
  public record Options(int instructions, int topicInstructions, int rank, boolean verbose) {
    /** 500 and 400 instructions, rank 16, and all four stages. */
    public static Options defaults() {
      return new Options(500, 400, 16, true);
    }
  }

  private static final String EXTENSIVE =
      "This is the detailed variant of {persona}, an AI assistant. It answers at length, in many"
          + " sentences.";

  /** The miniature's answers are of one sentence and up. */
  private static final int MIN_CHARACTERS = 12;

  /** Its language has few phrases, so that good answers are much like an exemplar's. */
  private static final double LEAK_THRESHOLD = 0.95;

  private static final int LEAK_RUN = 40;

  private static final int LEAK_SENTENCE = 40;

  /** How many a training reads, counting each as often as it is read: three epochs of 900. */
  private static final int EXAMPLES = 2_700;

  private static final int TRANSCRIPTS = 2;

  /** The run directory of the measurement, within that of the run. */
  public static final String MEASUREMENT = "measurement";

  private static final String THREADS = "ai.djl.pytorch.num_threads";

  private MiniatureAlignment() {}

  /**
   * Makes PyTorch multiply on one thread, unless {@value #THREADS} or the environment's {@code
   * OMP_NUM_THREADS} say how many. The miniature's products are so small that threads wait for each
   * other longer than they multiply. Has an effect before the first model of the process is opened.
   */
  public static void useOneThread() {
    if (System.getProperty(THREADS) == null && System.getenv("OMP_NUM_THREADS") == null) {
      System.setProperty(THREADS, "1");
    }
  }

  /**
   * Stage 2's frame: rules in an order, and exemplars, that the miniature's corpus doesn't have.
   */
  public static PromptFrame frame() {
    return MiniaturePrompts.frame();
  }

  /** What the aligned model is asked with: a name, and nothing about principles. */
  private static ChatPrompt chatPrompt(PromptFrame frame) {
    return ChatPrompt.of(frame.persona()).withSystem("");
  }

  /**
   * The stages, to which the caller adds a run directory.
   *
   * @param frame stage 2's; its persona is also who the aligned model is
   */
  public static SelfAlign of(TrainableModel miniature, PromptFrame frame, Options options) {
    Grammar grammar = Corpus.grammar();
    MiniatureSeeds seeds = new MiniatureSeeds();
    SelfAlign align =
        SelfAlign.of(miniature)
            .frame(frame)
            .chatPrompt(chatPrompt(frame))
            .instruct(
                stages ->
                    stages
                        .seedTasks(seeds.tasks())
                        .topicSeeds(seeds.topics())
                        .selfInstruct(
                            SelfInstructOptions.builder()
                                .instructions(options.instructions())
                                .template(MiniaturePrompts.taskList(grammar))
                                .acceptFewer(true)
                                .build())
                        .topics(
                            TopicOptions.builder()
                                .template(MiniaturePrompts.topicList(grammar))
                                .epochs(3)
                                .acceptFewer(true)
                                .build())
                        .topicInstruct(
                            TopicInstructOptions.builder()
                                .instructions(options.topicInstructions())
                                .topicsPerPrompt(1)
                                .template(MiniaturePrompts.topicTasks(grammar))
                                .acceptFewer(true)
                                .build()))
            .respond(
                stage ->
                    stage
                        .sampling(
                            PrincipleDrivenAlignment.defaultSampling().toBuilder()
                                .maxNewTokens(200)
                                .build())
                        .filters(
                            List.of(
                                AnswerFilters.tooShort(MIN_CHARACTERS),
                                AnswerFilters.apology(),
                                AnswerFilters.frameSpeech(),
                                AnswerFilters.loop(),
                                AnswerFilters.exemplarLeak(LEAK_THRESHOLD, LEAK_RUN, LEAK_SENTENCE),
                                AnswerFilters.echo(AnswerFilters.DEFAULT_ECHO_THRESHOLD),
                                AnswerFilters.unclosed()))
                        .safety(SafetyFilter.none())
                        .unitSize(256))
            .engrave(stage -> stage.training(engraving(options)).fitToData(false));
    return options.verbose() ? withVerboseCloning(align, cloning(options)) : align;
  }

  private static SelfAlign withVerboseCloning(SelfAlign align, TrainingOptions training) {
    return align.verboseCloning(
        stage ->
            stage
                .cue(ExtensiveCue.of(EXTENSIVE))
                .training(training)
                .fitToData(false)
                .sampling(extensiveSampling())
                .filters(
                    List.of(
                        VerboseFilters.unclosed(),
                        VerboseFilters.apology(),
                        VerboseFilters.frameSpeech(),
                        VerboseFilters.loop(),
                        VerboseFilters.echo(VerboseFilters.DEFAULT_ECHO_THRESHOLD),
                        VerboseFilters.repetitive(VerboseFilters.DEFAULT_REPETITIVE_THRESHOLD),
                        VerboseFilters.tooShort(MIN_CHARACTERS)))
                .unitSize(256));
  }

  /** The standard sampling without its penalties: the miniature has one way to name a thing. */
  private static GenerationOptions extensiveSampling() {
    GenerationOptions standard = VerboseAnswering.defaultSampling();
    return GenerationOptions.builder()
        .temperature(standard.temperature())
        .topP(standard.topP())
        .maxNewTokens(320)
        .build();
  }

  /**
   * Gently, and on attention alone as in the paper: the engraved model must still be able to write
   * at length, as stage 4 asks it to with another prompt. Hence many small steps.
   */
  private static TrainingOptions engraving(Options options) {
    return training(LoraOptions.rank(options.rank()), options).toBuilder()
        .batchSize(4)
        .learningRate(5e-4)
        .build();
  }

  /** On all projections: the final model is asked with this prompt only. */
  private static TrainingOptions cloning(Options options) {
    LoraOptions lora =
        LoraOptions.builder().rank(options.rank()).targets(EnumSet.allOf(Projection.class)).build();
    return training(lora, options);
  }

  /** Few instructions are read more often. */
  private static TrainingOptions training(LoraOptions lora, Options options) {
    int epochs = EXAMPLES / Math.max(1, options.instructions() + options.topicInstructions());
    return TrainingOptions.builder()
        .lora(lora)
        .batchSize(16)
        .microBatchTokens(4096)
        .epochs(Math.min(Math.max(epochs, 3), 8))
        .learningRate(2e-3)
        .schedule(LearningRateSchedule.LINEAR)
        .warmupSteps(20)
        .maxGradientNorm(1)
        .maxLength(640)
        .checkpointEvery(50)
        .build();
  }

  /**
   * Asks the held-out questions of the base model plainly, under the principles, under the
   * exemplars alone and, where there are principles called ethical or candor, with their opposites
   * in their place, and of the engraved and the final model plainly. The measurement is a run of
   * its own, in the folder {@value #MEASUREMENT} of the run directory, and resumes like any other.
   * The run's report shows its results.
   *
   * @param frame that of the run
   * @param options how the measurement is run
   */
  public static Measurement measure(
      BaseModel base, PromptFrame frame, SelfAlignResult result, RunOptions options) {
    List<HeldOutEvaluation> ways = ofBase(base, frame);
    ChatPrompt prompt = chatPrompt(frame);
    ways.add(HeldOutEvaluation.plainly("engraved", result.engraved().model(), prompt));
    if (result.assistant() != result.engraved()) {
      ways.add(HeldOutEvaluation.plainly("final", result.assistant().model(), prompt));
    }
    Path directory = result.directory().path().resolve(MEASUREMENT);
    Measurement measurement =
        measure(ways, directory, options).after(Invention.of(result.instructions()));
    RunReport report = result.report();
    measurement.results().forEach(report::addEvaluation);
    report.write();
    return measurement;
  }

  /** The same of the base model alone. */
  static Measurement measure(BaseModel base, Path directory, RunOptions options) {
    return measure(ofBase(base, frame()), directory, options);
  }

  private static List<HeldOutEvaluation> ofBase(BaseModel base, PromptFrame frame) {
    PromptFrame without = frame.toBuilder().principles(PrincipleSet.of(List.of())).build();
    List<HeldOutEvaluation> ways = new ArrayList<>();
    ways.add(HeldOutEvaluation.plainly("base", base, chatPrompt(frame)));
    ways.add(HeldOutEvaluation.under("principles", base, frame));
    ways.add(HeldOutEvaluation.under("no-principles", base, without));
    PrincipleSet contrary = MiniaturePrompts.contrary(frame.principles());
    if (!contrary.equals(frame.principles())) {
      PromptFrame opposed = frame.toBuilder().principles(contrary).build();
      ways.add(HeldOutEvaluation.under("contrary-principles", base, opposed));
    }
    return ways;
  }

  private static Measurement measure(
      List<HeldOutEvaluation> ways, Path directory, RunOptions options) {
    Pipeline.Builder pipeline = Pipeline.builder();
    Output<Question> questions =
        pipeline.source("questions", Dataset.of(Question.class, HeldOutQuestions.all()));
    ways.forEach(way -> pipeline.stage(way, questions));
    RunResult run = pipeline.build().in(directory, options).run();
    HeldOutTable table =
        new HeldOutTable(
            ways.stream().map(HeldOutEvaluation::name).toList(),
            ways.stream()
                .map(way -> run.directory().records(way.name(), HeldOutAnswer.class).toList())
                .toList());
    Map<String, EvaluationResult> results = new LinkedHashMap<>();
    ways.forEach(way -> results.put(way.name(), way.result(run)));
    return new Measurement(
        Optional.empty(), results, table.toString(), table.transcripts(TRANSCRIPTS));
  }
}
