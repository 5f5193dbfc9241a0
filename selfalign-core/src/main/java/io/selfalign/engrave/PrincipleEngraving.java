package io.selfalign.engrave;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.data.Demonstration;
import io.selfalign.data.IdentityPair;
import io.selfalign.data.TrainingPair;
import io.selfalign.model.LoraOptions;
import io.selfalign.model.TrainableModel;
import io.selfalign.model.TrainingOptions;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.tuning.Adapter;
import io.selfalign.tuning.AdapterTraining;
import io.selfalign.tuning.ChatPrompt;
import io.selfalign.tuning.TrainingSet;
import java.util.Optional;

/**
 * Wires stage 3 (arXiv 2305.03047, section 3.3): the training set of demonstrations and pairs about
 * the assistant, and the training of an adapter on it.
 *
 * <pre>{@code
 * List<IdentityPair> juno = IdentityPairs.of("Juno", "the Example Institute").pairs(910, 0);
 * Output<Adapter> engraved =
 *     PrincipleEngraving.of(base)
 *         .prompt(ChatPrompt.of("Juno"))
 *         .identityPairs(pipeline.source("identity", Dataset.of(IdentityPair.class, juno)))
 *         .addTo(pipeline, demonstrations);
 * RunResult result = pipeline.build().in(Path.of("runs/first")).run();
 * try (Assistant model = Assistant.open(base, result.directory(), engraved.stage())) {
 *   System.out.println(model.answer("How do I boil an egg?"));
 * }
 * }</pre>
 *
 * <p>The stages are {@value #SET} and {@value #NAME}. Not safe for use by several threads.
 */
public final class PrincipleEngraving {
  /** The name of the stage that trains. */
  public static final String NAME = "engraving";

  /** The name of the stage that makes the training set. */
  public static final String SET = "engraving-set";

  private final TrainableModel model;
  private ChatPrompt prompt = ChatPrompt.standard();
  private Optional<Output<IdentityPair>> identityPairs = Optional.empty();
  private int mostIdentityPairs = TrainingSet.DEFAULT_IDENTITY_PAIRS;
  private double identityShare = TrainingSet.DEFAULT_IDENTITY_SHARE;
  private TrainingOptions training = AdapterTraining.paperTraining();
  private boolean fitToData = true;

  private PrincipleEngraving(TrainableModel model) {
    this.model = model;
  }

  /** Stages that train this model, with the defaults and without pairs about the assistant. */
  public static PrincipleEngraving of(TrainableModel model) {
    return new PrincipleEngraving(model);
  }

  /** What the model is to answer after; {@link ChatPrompt#standard} by default. */
  @CanIgnoreReturnValue
  public PrincipleEngraving prompt(ChatPrompt newPrompt) {
    prompt = newPrompt;
    return this;
  }

  /** Pairs about the assistant, of which the first are mixed in; none by default. */
  @CanIgnoreReturnValue
  public PrincipleEngraving identityPairs(Output<IdentityPair> pairs) {
    identityPairs = Optional.of(pairs);
    return this;
  }

  /**
   * How many pairs about the assistant are mixed in; by default at most 910, as in the paper, and
   * at most one for every ten demonstrations.
   *
   * @param most how many at most
   * @param share how many at most for each demonstration that is kept
   */
  @CanIgnoreReturnValue
  public PrincipleEngraving identityLimit(int most, double share) {
    mostIdentityPairs = most;
    identityShare = share;
    return this;
  }

  /** How to train; {@link AdapterTraining#paperTraining} by default. */
  @CanIgnoreReturnValue
  public PrincipleEngraving training(TrainingOptions options) {
    training = options;
    return this;
  }

  /** The adapter to train; {@link LoraOptions#defaults} by default. */
  @CanIgnoreReturnValue
  public PrincipleEngraving lora(LoraOptions lora) {
    training = training.toBuilder().lora(lora).build();
    return this;
  }

  /** See {@link AdapterTraining.Builder#fitToData}; true by default. */
  @CanIgnoreReturnValue
  public PrincipleEngraving fitToData(boolean fit) {
    fitToData = fit;
    return this;
  }

  /**
   * Adds the stages to a pipeline.
   *
   * @return the output of the last, which is one adapter
   * @throws IllegalArgumentException if a name is taken, or a limit is negative
   */
  public Output<Adapter> addTo(Pipeline.Builder pipeline, Output<Demonstration> demonstrations) {
    TrainingSet.Builder<Demonstration> set =
        TrainingSet.builder(model, Demonstration.class, SET)
            .prompt(prompt)
            .maxLength(training.maxLength());
    Output<TrainingPair> pairs;
    if (identityPairs.isEmpty() || mostIdentityPairs == 0) {
      pairs = pipeline.stage(set.build(), demonstrations);
    } else {
      set.identityPairs(mostIdentityPairs, identityShare);
      pairs = pipeline.stage(set.build(), demonstrations, identityPairs.get());
    }
    AdapterTraining stage =
        AdapterTraining.builder(model, NAME)
            .prompt(prompt)
            .training(training)
            .fitToData(fitToData)
            .build();
    return pipeline.stage(stage, pairs);
  }
}
