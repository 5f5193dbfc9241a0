package io.selfalign.verbose;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.answer.FrameSpeech;
import io.selfalign.data.Demonstration;
import io.selfalign.data.IdentityPair;
import io.selfalign.data.Query;
import io.selfalign.data.TrainingPair;
import io.selfalign.data.VerboseAnswer;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.LoraOptions;
import io.selfalign.model.TrainableModel;
import io.selfalign.model.TrainingOptions;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.tuning.Adapter;
import io.selfalign.tuning.AdapterTraining;
import io.selfalign.tuning.ChatPrompt;
import io.selfalign.tuning.TrainingSet;
import java.util.List;
import java.util.Optional;

/**
 * Wires stage 4 (arXiv 2305.03047, section 3.4), context distillation: the engraved model's
 * extensive answers, the training set of them under the plain prompt, and the training of a fresh
 * adapter on the base model.
 *
 * <pre>{@code
 * Output<Adapter> verbose =
 *     VerboseCloning.of(base)
 *         .prompt(ChatPrompt.of("Juno"))
 *         .compareWith(demonstrations)
 *         .addTo(pipeline, queries, engraved);
 * }</pre>
 *
 * <p>The stages are {@value #ANSWERS}, {@value #SET} and {@value #NAME}. Not safe for use by
 * several threads.
 */
public final class VerboseCloning {
  /** The name of the stage that trains. */
  public static final String NAME = "verbose-cloning";

  /** The name of the stage that makes the training set. */
  public static final String SET = "verbose-set";

  /** The name of the stage that answers. */
  public static final String ANSWERS = "verbose-answers";

  private final TrainableModel model;
  private ChatPrompt prompt = ChatPrompt.standard();
  private ExtensiveCue cue = ExtensiveCue.standard();
  private GenerationOptions sampling = VerboseAnswering.defaultSampling();
  private List<VerboseFilter> filters = VerboseFilters.standard();
  private FrameSpeech frameSpeech = FrameSpeech.none();
  private Optional<Output<Demonstration>> demonstrations = Optional.empty();
  private Optional<Output<IdentityPair>> identityPairs = Optional.empty();
  private int mostIdentityPairs = TrainingSet.DEFAULT_IDENTITY_PAIRS;
  private double identityShare = TrainingSet.DEFAULT_IDENTITY_SHARE;
  private TrainingOptions training = paperTraining();
  private boolean fitToData = true;
  private int unitSize = 64;

  private VerboseCloning(TrainableModel model) {
    this.model = model;
  }

  /** Stages with the defaults, for the base model that was engraved. */
  public static VerboseCloning of(TrainableModel model) {
    return new VerboseCloning(model);
  }

  /** {@link AdapterTraining#paperTraining}, but with at most 768 tokens. */
  public static TrainingOptions paperTraining() {
    return AdapterTraining.paperTraining().toBuilder().maxLength(768).build();
  }

  /**
   * What the engraved model answers after, and the new one is to; {@link ChatPrompt#standard} by
   * default. For the answers, its system text gives way to the {@link #cue}.
   */
  @CanIgnoreReturnValue
  public VerboseCloning prompt(ChatPrompt newPrompt) {
    prompt = newPrompt;
    return this;
  }

  /** What makes the model answer at length; {@link ExtensiveCue#standard} by default. */
  @CanIgnoreReturnValue
  public VerboseCloning cue(ExtensiveCue newCue) {
    cue = newCue;
    return this;
  }

  /** How answers are sampled; {@link VerboseAnswering#defaultSampling} by default. */
  @CanIgnoreReturnValue
  public VerboseCloning sampling(GenerationOptions options) {
    sampling = options;
    return this;
  }

  /** The filters of answers; {@link VerboseFilters#standard} by default. */
  @CanIgnoreReturnValue
  public VerboseCloning filters(List<VerboseFilter> newFilters) {
    filters = List.copyOf(newFilters);
    return this;
  }

  /** See {@link VerboseAnswering.Builder#frameSpeech}; none by default. */
  @CanIgnoreReturnValue
  public VerboseCloning frameSpeech(FrameSpeech speech) {
    frameSpeech = speech;
    return this;
  }

  /** Drops answers that are shorter than those of stage 2 to the same queries. */
  @CanIgnoreReturnValue
  public VerboseCloning compareWith(Output<Demonstration> output) {
    demonstrations = Optional.of(output);
    return this;
  }

  /**
   * Mixes pairs about the assistant in: the adapter is a fresh one, and knows of the assistant what
   * is in its training set alone. None by default, as in the paper; see {@link #identityLimit}.
   */
  @CanIgnoreReturnValue
  public VerboseCloning identityPairs(Output<IdentityPair> output) {
    identityPairs = Optional.of(output);
    return this;
  }

  /**
   * How many pairs about the assistant are mixed in; by default at most 910, and at most one for
   * every ten answers.
   *
   * @param most how many at most
   * @param share how many at most for each answer that is kept
   */
  @CanIgnoreReturnValue
  public VerboseCloning identityLimit(int most, double share) {
    mostIdentityPairs = most;
    identityShare = share;
    return this;
  }

  /** How to train; {@link #paperTraining} by default. */
  @CanIgnoreReturnValue
  public VerboseCloning training(TrainingOptions options) {
    training = options;
    return this;
  }

  /** The adapter to train; {@link LoraOptions#defaults} by default. */
  @CanIgnoreReturnValue
  public VerboseCloning lora(LoraOptions lora) {
    training = training.toBuilder().lora(lora).build();
    return this;
  }

  /** See {@link AdapterTraining.Builder#fitToData}; true by default. */
  @CanIgnoreReturnValue
  public VerboseCloning fitToData(boolean fit) {
    fitToData = fit;
    return this;
  }

  /** How many queries are answered and committed together; 64 by default. */
  @CanIgnoreReturnValue
  public VerboseCloning unitSize(int newSize) {
    unitSize = newSize;
    return this;
  }

  /**
   * Adds the stages to a pipeline.
   *
   * @param queries what is answered: the queries of stage 2
   * @param engraved the adapter of stage 3
   * @return the output of the last, which is one adapter
   * @throws IllegalArgumentException if a name is taken, or an option is out of its range
   */
  public Output<Adapter> addTo(
      Pipeline.Builder pipeline, Output<Query> queries, Output<Adapter> engraved) {
    VerboseAnswering answering =
        VerboseAnswering.builder(model, ANSWERS)
            .prompt(prompt)
            .cue(cue)
            .sampling(sampling)
            .filters(filters)
            .frameSpeech(frameSpeech)
            .compareWithStage2(demonstrations.isPresent())
            .unitSize(unitSize)
            .build();
    Output<VerboseAnswer> answers =
        demonstrations.isPresent()
            ? pipeline.stage(answering, queries, engraved, demonstrations.get())
            : pipeline.stage(answering, queries, engraved);
    AdapterTraining cloning =
        AdapterTraining.builder(model, NAME)
            .prompt(prompt)
            .training(training)
            .fitToData(fitToData)
            .build();
    return pipeline.stage(cloning, set(pipeline, answers));
  }

  private Output<TrainingPair> set(Pipeline.Builder pipeline, Output<VerboseAnswer> answers) {
    TrainingSet.Builder<VerboseAnswer> set =
        TrainingSet.builder(model, VerboseAnswer.class, SET)
            .prompt(prompt)
            .maxLength(training.maxLength());
    if (identityPairs.isEmpty() || mostIdentityPairs == 0) {
      return pipeline.stage(set.build(), answers);
    }
    set.identityPairs(mostIdentityPairs, identityShare);
    return pipeline.stage(set.build(), answers, identityPairs.get());
  }
}
