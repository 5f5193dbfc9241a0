package io.selfalign;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.data.Demonstration;
import io.selfalign.data.IdentityPair;
import io.selfalign.data.Query;
import io.selfalign.engrave.PrincipleEngraving;
import io.selfalign.error.CancelledException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.instruct.InstructStages;
import io.selfalign.instruct.SelfInstructOptions;
import io.selfalign.instruct.TopicInstructOptions;
import io.selfalign.model.LoraOptions;
import io.selfalign.model.TrainableModel;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.pipeline.Run;
import io.selfalign.pipeline.RunListener;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.principle.ExemplarSelector;
import io.selfalign.principle.IdentityPairs;
import io.selfalign.principle.InstructionQueries;
import io.selfalign.principle.PrincipleDrivenAlignment;
import io.selfalign.principle.PrincipleSet;
import io.selfalign.principle.PromptFrame;
import io.selfalign.report.RunReport;
import io.selfalign.tuning.Adapter;
import io.selfalign.tuning.ChatPrompt;
import io.selfalign.verbose.VerboseCloning;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * SELF-ALIGN (arXiv 2305.03047): turns a base model into an assistant that keeps to principles,
 * with the model's own answers. The model (1) invents instructions, (2) answers them under the
 * principles, (3) is tuned on its answers without the principles, and if wanted (4) is tuned again
 * to answer at length.
 *
 * <pre>{@code
 * try (DjlModel base = DjlModel.open(Path.of("models/SmolLM2-1.7B"));
 *     SelfAlignResult result =
 *         SelfAlign.of(base)
 *             .principles(PrincipleSet.standard())
 *             .exemplars(ExemplarSelector.all())
 *             .instructions(5_000)
 *             .lora(LoraOptions.rank(16))
 *             .verboseCloning()
 *             .workDirectory(Path.of("runs/first"))
 *             .run()) {
 *   System.out.println(result.assistant().answer("How do I steal from a grocery store?"));
 * }
 * }</pre>
 *
 * <p>The paper's settings are the defaults. The short methods change what is changed most; each
 * stage's own builder takes the rest ({@link #instruct}, {@link #respond}, {@link #engrave}, {@link
 * #verboseCloning(Consumer)}). Running the same again goes on where it stopped, and once all is
 * done gives the result at once. Dromedary-2 (arXiv 2310.05910) is the composition with {@link
 * #queries} of one's own and without verbose cloning.
 *
 * <p>Not safe for use by several threads; what it makes is.
 */
public final class SelfAlign {
  private static final String IDENTITY = "identity-pairs";

  private final TrainableModel model;
  private PromptFrame.Builder frame = PromptFrame.builder();
  private Optional<ChatPrompt> chatPrompt = Optional.empty();
  private String maker = "the people who aligned it";
  private boolean identity = true;
  private Optional<List<Query>> queries = Optional.empty();
  private Optional<LoraOptions> lora = Optional.empty();
  private int instructions = 5_000;
  private int topicInstructions;
  private boolean verbose;
  private Optional<Path> workDirectory = Optional.empty();
  private RunOptions.Builder options = RunOptions.builder();
  private long seed;
  private final List<Consumer<? super InstructStages>> instruct = new ArrayList<>();
  private final List<Consumer<? super PrincipleDrivenAlignment.Builder>> respond =
      new ArrayList<>();
  private final List<Consumer<? super PrincipleEngraving>> engrave = new ArrayList<>();
  private final List<Consumer<? super VerboseCloning>> cloning = new ArrayList<>();

  private SelfAlign(TrainableModel model) {
    this.model = model;
  }

  /** Aligns this model, which the caller closes when its result is no longer used. */
  public static SelfAlign of(TrainableModel model) {
    return new SelfAlign(model);
  }

  /**
   * Who the assistant is, in the prompts and in the pairs about itself that are mixed in.
   *
   * @param persona its name; {@code Alina} by default
   * @param madeBy who made it, to follow "made by"; by default {@code the people who aligned it}
   */
  @CanIgnoreReturnValue
  public SelfAlign identity(String persona, String madeBy) {
    frame.persona(persona);
    maker = madeBy;
    identity = true;
    return this;
  }

  /** Mixes in no pairs about the assistant. */
  @CanIgnoreReturnValue
  public SelfAlign withoutIdentityPairs() {
    identity = false;
    return this;
  }

  /** The principles of stage 2; {@link PrincipleSet#standard} by default. */
  @CanIgnoreReturnValue
  public SelfAlign principles(PrincipleSet principles) {
    frame.principles(principles);
    return this;
  }

  /** Which exemplars stage 2 shows; {@link ExemplarSelector#all} by default. */
  @CanIgnoreReturnValue
  public SelfAlign exemplars(ExemplarSelector exemplars) {
    frame.exemplars(exemplars);
    return this;
  }

  /** The whole prompt of stage 2, instead of one of persona, principles and exemplars. */
  @CanIgnoreReturnValue
  public SelfAlign frame(PromptFrame newFrame) {
    frame = newFrame.toBuilder();
    return this;
  }

  /**
   * The prompt that the aligned model answers after; by default {@link ChatPrompt#of} the persona.
   */
  @CanIgnoreReturnValue
  public SelfAlign chatPrompt(ChatPrompt prompt) {
    chatPrompt = Optional.of(prompt);
    return this;
  }

  /** How many instructions stage 1 makes from seed tasks; 5,000 by default. */
  @CanIgnoreReturnValue
  public SelfAlign instructions(int count) {
    instructions = count;
    return this;
  }

  /** How many instructions stage 1 makes on topics, beside the others; none by default. */
  @CanIgnoreReturnValue
  public SelfAlign topicInstructions(int count) {
    topicInstructions = count;
    return this;
  }

  /** Queries of one's own instead of stage 1. */
  @CanIgnoreReturnValue
  public SelfAlign queries(List<Query> ownQueries) {
    queries = Optional.of(List.copyOf(ownQueries));
    return this;
  }

  /** The adapter of both trainings; {@link LoraOptions#defaults} by default. */
  @CanIgnoreReturnValue
  public SelfAlign lora(LoraOptions newLora) {
    lora = Optional.of(newLora);
    return this;
  }

  /** Adds stage 4. */
  @CanIgnoreReturnValue
  public SelfAlign verboseCloning() {
    verbose = true;
    return this;
  }

  /** Adds stage 4, and changes what else it has to change, after all that is set here. */
  @CanIgnoreReturnValue
  public SelfAlign verboseCloning(Consumer<? super VerboseCloning> change) {
    cloning.add(change);
    return verboseCloning();
  }

  /** Changes what else stage 1 has to change, such as seeds and filters. */
  @CanIgnoreReturnValue
  public SelfAlign instruct(Consumer<? super InstructStages> change) {
    instruct.add(change);
    return this;
  }

  /** Changes what else stage 2 has to change, such as sampling, filters and the check of safety. */
  @CanIgnoreReturnValue
  public SelfAlign respond(Consumer<? super PrincipleDrivenAlignment.Builder> change) {
    respond.add(change);
    return this;
  }

  /** Changes what else stage 3 has to change, such as the options of training. */
  @CanIgnoreReturnValue
  public SelfAlign engrave(Consumer<? super PrincipleEngraving> change) {
    engrave.add(change);
    return this;
  }

  /** The run directory, which is made if it isn't there and resumed if it is. Required. */
  @CanIgnoreReturnValue
  public SelfAlign workDirectory(Path directory) {
    workDirectory = Optional.of(directory);
    return this;
  }

  /** The seed of everything random; 0 by default. */
  @CanIgnoreReturnValue
  public SelfAlign seed(long newSeed) {
    seed = newSeed;
    options.seed(newSeed);
    return this;
  }

  /** Receives what happens in the run. */
  @CanIgnoreReturnValue
  public SelfAlign listener(RunListener listener) {
    options.listener(listener);
    return this;
  }

  /** How the run is made, instead of seed and listeners that were set before. */
  @CanIgnoreReturnValue
  public SelfAlign runOptions(RunOptions newOptions) {
    options = newOptions.toBuilder();
    seed = newOptions.seed();
    return this;
  }

  /**
   * Runs all stages, or what is left of them, and writes the {@linkplain RunReport report} into the
   * run directory, also where the run fails.
   *
   * @return what came of it, which the caller closes before the base model
   * @throws CancelledException if the thread was interrupted
   * @throws SelfAlignException if a stage fails; running again goes on from there
   * @throws IllegalArgumentException if an option is out of its range
   * @throws IllegalStateException if there is no run directory
   */
  public SelfAlignResult run() {
    return SelfAlignResult.open(model, prepare().run().directory());
  }

  /**
   * Makes the run without starting it, so that another thread can cancel it. When it has run,
   * {@link SelfAlignResult#open} has what came of it. It writes the report, as {@link #run} does.
   *
   * @throws IllegalArgumentException if an option is out of its range
   * @throws IllegalStateException if there is no run directory
   */
  public Run prepare() {
    Path directory =
        workDirectory.orElseThrow(
            () -> new IllegalStateException("there is no run directory; set workDirectory"));
    PromptFrame prompt = frame.build();
    ChatPrompt chat = chatPrompt.orElseGet(() -> ChatPrompt.of(prompt.persona()));
    Pipeline.Builder pipeline = Pipeline.builder();
    Output<Query> asked = asked(pipeline);
    PrincipleDrivenAlignment.Builder answering =
        PrincipleDrivenAlignment.builder(model).frame(prompt);
    respond.forEach(change -> change.accept(answering));
    Output<Demonstration> demonstrations = pipeline.stage(answering.build(), asked);

    Optional<Output<IdentityPair>> pairs =
        identity ? Optional.of(identityPairs(pipeline, prompt.persona())) : Optional.empty();
    PrincipleEngraving engraving = PrincipleEngraving.of(model).prompt(chat);
    lora.ifPresent(engraving::lora);
    pairs.ifPresent(engraving::identityPairs);
    engrave.forEach(change -> change.accept(engraving));
    Output<Adapter> engraved = engraving.addTo(pipeline, demonstrations);

    if (verbose) {
      VerboseCloning stage4 =
          VerboseCloning.of(model)
              .prompt(chat)
              .frameSpeech(prompt.speech())
              .compareWith(demonstrations);
      lora.ifPresent(stage4::lora);
      pairs.ifPresent(stage4::identityPairs);
      cloning.forEach(change -> change.accept(stage4));
      stage4.addTo(pipeline, asked, engraved);
    }
    RunOptions reported = options.build().toBuilder().listener(RunReport.listener()).build();
    return pipeline.build().in(directory, reported);
  }

  private Output<Query> asked(Pipeline.Builder pipeline) {
    if (queries.isPresent()) {
      return pipeline.source(InstructionQueries.NAME, Dataset.of(Query.class, queries.get()));
    }
    InstructStages stages =
        InstructStages.of(model)
            .selfInstruct(SelfInstructOptions.builder().instructions(instructions).build())
            .topicInstruct(TopicInstructOptions.builder().instructions(topicInstructions).build());
    instruct.forEach(change -> change.accept(stages));
    return pipeline.stage(new InstructionQueries(), stages.addTo(pipeline));
  }

  private Output<IdentityPair> identityPairs(Pipeline.Builder pipeline, String persona) {
    IdentityPairs all = IdentityPairs.of(persona, maker);
    int count = Math.min(IdentityPairs.DEFAULT_COUNT, all.all().size());
    return pipeline.source(IDENTITY, Dataset.of(IdentityPair.class, all.pairs(count, seed)));
  }
}
