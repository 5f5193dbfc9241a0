package io.selfalign.principle;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.data.Demonstration;
import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.model.BaseModel;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.BatchStage;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.StageContext;
import io.selfalign.pipeline.Unit;
import io.selfalign.pipeline.UnitContext;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stage 2, principle-driven self-alignment (arXiv 2305.03047, section 3.2): the model answers every
 * query under the principles and exemplars of a {@link PromptFrame}.
 *
 * <pre>{@code
 * PrincipleDrivenAlignment stage =
 *     PrincipleDrivenAlignment.builder(model)
 *         .frame(PromptFrame.builder().persona("Juno").build())
 *         .build();
 * Pipeline.of(stage, Dataset.read(file, Query.class)).in(Path.of("runs/first")).run();
 * }</pre>
 *
 * <p>Every query ends as one {@link Demonstration} or as one line of the ledger, both with the
 * query's id. The ledger's reasons, in the order in which they are tried:
 *
 * <ul>
 *   <li>before generating: {@value #QUERY_HAS_MARKER}, for a query with a line that would be taken
 *       for a turn's beginning, and {@value #QUERY_TOO_LONG}, for one that does not fit the model's
 *       context with the frame and the new tokens; nothing is ever cut from a prompt;
 *   <li>of what was generated: {@value #EMPTY}, {@value #MISSING_SELF_IDENTIFICATION}, {@value
 *       #MISSING_ANSWER}, then the {@link AnswerFilter}s, and {@value SafetyFilter#REASON} of the
 *       {@link SafetyFilter}.
 * </ul>
 *
 * <p>Counters: {@code trimmed}, {@code repetition_cut} and {@code next_turn_cut}, kept answers of
 * which something was cut; {@code no_principle}, kept answers whose thoughts name no principle;
 * {@code unknown_principle}, those that name one there isn't; {@code citation_disagrees}, those
 * that name one with another number than its own; {@code cited_by_number}, {@code cited_by_name}
 * and {@code cited_by_both}, what principles of kept answers are named by; {@code declined}, those
 * that begin by declining (English), with {@code declined:refusal} and {@code
 * declined:not_knowing}, and by source and question type as principles are counted; {@code
 * principle_7_candor}, kept answers that name this one, {@code principle_7_candor:topic-guided},
 * those of them whose query has this source, and {@code principle_7_candor:type:culture}, those of
 * them whose query has this question type.
 *
 * <p>With a {@link PrincipleCheck}, {@code self_check_pairs}, on how many pairs it was measured,
 * and {@code self_check_left_out}, 1 where it is not used.
 *
 * <p>Immutable and safe for use by several threads, if its parts are.
 */
public final class PrincipleDrivenAlignment implements BatchStage<Query, Demonstration> {
  /** The stage's name, unless another is set. */
  public static final String NAME = "demonstrations";

  /** A query with a line that is one of the frame's markers. */
  public static final String QUERY_HAS_MARKER = "query_has_marker";

  /** A query whose prompt, with the new tokens, is longer than the model's context. */
  public static final String QUERY_TOO_LONG = "query_too_long";

  /** Nothing but white space was generated. */
  public static final String EMPTY = "empty";

  /** The thoughts do not begin with the frame's self-identification. */
  public static final String MISSING_SELF_IDENTIFICATION = "missing_self_identification";

  /** No answer follows the thoughts. */
  public static final String MISSING_ANSWER = "missing_answer";

  private static final Logger LOG = LoggerFactory.getLogger(PrincipleDrivenAlignment.class);

  private final Builder options;
  private final SafetyFilter safety;

  private PrincipleDrivenAlignment(Builder builder) {
    options = builder.copy();
    safety = options.safety.orElseGet(() -> defaultSafety(options));
  }

  private static SafetyFilter defaultSafety(Builder options) {
    return options.frame.principles().isEmpty()
        ? SafetyFilter.none()
        : PrincipleCheck.of(options.model, options.frame);
  }

  /** A builder with the defaults, for a model. */
  public static Builder builder(BaseModel model) {
    return new Builder(model);
  }

  /** A builder that starts from this stage; its safety filter stays this stage's own. */
  public Builder toBuilder() {
    return options.copy().safety(safety);
  }

  /**
   * Temperature 0.5, top-p 0.9, 256 new tokens, and the first token of "Sorry" forbidden, as the
   * paper has it. The seed is the run's, and the frame's stop strings are added.
   */
  public static GenerationOptions defaultSampling() {
    return GenerationOptions.builder()
        .temperature(0.5)
        .topP(0.9)
        .maxNewTokens(256)
        .logitBias("Sorry", Double.NEGATIVE_INFINITY)
        .build();
  }

  @Override
  public String name() {
    return options.name;
  }

  @Override
  public Class<Query> inputType() {
    return Query.class;
  }

  @Override
  public Class<Demonstration> outputType() {
    return Demonstration.class;
  }

  @Override
  public int unitSize() {
    return options.unitSize;
  }

  /** The prompt and how its continuation is read. */
  public PromptFrame frame() {
    return options.frame;
  }

  /** The model that answers. */
  public BaseModel model() {
    return options.model;
  }

  /** The filters, in the order in which they are tried. */
  public List<AnswerFilter> filters() {
    return options.filters;
  }

  /** What finds answers that break the principles. */
  public SafetyFilter safety() {
    return safety;
  }

  /** The most tokens of thoughts. */
  public int thoughtTokens() {
    return options.thoughtTokens;
  }

  /** How answers are sampled: with the stop strings that end them, and whatever seed. */
  public GenerationOptions sampling() {
    Set<String> stop = new LinkedHashSet<>(options.frame.answerStop());
    stop.addAll(options.sampling.stop());
    return options.sampling.toBuilder().stop(List.copyOf(stop)).build();
  }

  /** How the stage asks, with a seed. */
  public FrameReplies replies(long seed) {
    return new FrameReplies(
        options.model,
        options.frame,
        options.sampling.toBuilder().seed(seed).build(),
        options.thoughtTokens,
        safety instanceof PrincipleCheck check ? check.questionTokens() : 0);
  }

  @Override
  public Settings settings() {
    Settings.Builder filters = Settings.builder();
    options.filters.forEach(filter -> filters.add(filter.name(), filter.settings()));
    return Settings.builder()
        .add("model", options.model.fingerprint())
        .add("frame", options.frame.settings())
        .add("sampling", Settings.of(sampling()))
        .add("thought_tokens", options.thoughtTokens)
        .add("filters", filters.build())
        .add("filter_order", options.filters.stream().map(AnswerFilter::name).toList())
        .add("safety", safety.settings())
        .build();
  }

  /**
   * Checks that the frame leaves room for a query of a word, and a {@link PrincipleCheck} for an
   * answer.
   *
   * @throws IllegalArgumentException if it doesn't, naming the lengths and what to change
   */
  @Override
  public void validate() {
    checkRoom();
    List<String> leftOut = options.frame.leftOut();
    if (!leftOut.isEmpty()) {
      LOG.warn(
          "{} sentences, or names in lists, of exemplars are not shown, for their principles are not in"
              + " the set, such as: {}",
          leftOut.size(),
          leftOut.get(0));
    }
  }

  void checkRoom() {
    Query shortest = Query.of("shortest", "Hi");
    Prompt prompt = options.frame.prompt(shortest, RecordRandom.of(0, NAME, "shortest"));
    int tokens = options.model.countTokens(prompt.text());
    int newTokens = options.sampling.maxNewTokens();
    int context = options.model.contextLength();
    if ((long) tokens + newTokens > context) {
      throw new IllegalArgumentException(
          String.format(
              "the prompt of a query of one word has %d tokens, which with %d new ones is over the"
                  + " %d of the model's context; show fewer exemplars, take fewer principles,"
                  + " or generate fewer tokens",
              tokens, newTokens, context));
    }
    if (safety instanceof PrincipleCheck check) {
      check.checkRoom(newTokens);
    }
  }

  /**
   * Answers the queries that are left. A {@link PrincipleCheck} is measured before the first, and
   * what it was measured at is committed as a unit that advances nothing; see {@link SelfCheck#of}.
   */
  @Override
  public void run(StageContext<Query, Demonstration> context) {
    if (safety instanceof PrincipleCheck check && context.input().size() > 0) {
      toBuilder().safety(SelfCheckFile.measured(check, context)).build().runUnits(context);
    } else {
      runUnits(context);
    }
  }

  private void runUnits(StageContext<Query, Demonstration> context) {
    BatchStage.super.run(context);
  }

  @Override
  public Unit<Demonstration> process(List<Query> batch, UnitContext context) {
    return new DemonstrationBatch(this, context).of(batch);
  }

  /** Collects options; not safe for use by several threads. */
  public static final class Builder {
    private final BaseModel model;
    private String name = NAME;
    private PromptFrame frame = PromptFrame.standard();
    private GenerationOptions sampling = defaultSampling();
    private int thoughtTokens = FrameReplies.DEFAULT_THOUGHT_TOKENS;
    private List<AnswerFilter> filters = AnswerFilters.standard();
    private Optional<SafetyFilter> safety = Optional.empty();
    private int unitSize = 64;

    private Builder(BaseModel model) {
      this.model = model;
    }

    private Builder copy() {
      Builder copy = new Builder(model);
      copy.name = name;
      copy.frame = frame;
      copy.sampling = sampling;
      copy.thoughtTokens = thoughtTokens;
      copy.filters = filters;
      copy.safety = safety;
      copy.unitSize = unitSize;
      return copy;
    }

    /** The stage's name in a run; {@value PrincipleDrivenAlignment#NAME} by default. */
    @CanIgnoreReturnValue
    public Builder name(String newName) {
      name = newName;
      return this;
    }

    /** The prompt; {@link PromptFrame#standard} by default. */
    @CanIgnoreReturnValue
    public Builder frame(PromptFrame newFrame) {
      frame = newFrame;
      return this;
    }

    /**
     * How answers are sampled; {@link #defaultSampling} by default. Its seed has no effect: that
     * derives from the run's. Stop strings are added to the frame's.
     */
    @CanIgnoreReturnValue
    public Builder sampling(GenerationOptions newSampling) {
      sampling = newSampling;
      return this;
    }

    /**
     * The most tokens of thoughts, of those that the sampling has for a reply; {@value
     * FrameReplies#DEFAULT_THOUGHT_TOKENS} by default. A reply whose thoughts are not at their end
     * then has no answer. See {@link FrameReplies}.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    @CanIgnoreReturnValue
    public Builder thoughtTokens(int newTokens) {
      thoughtTokens = FrameReplies.checked(newTokens);
      return this;
    }

    /**
     * The filters, in the order in which they are tried; {@link AnswerFilters#standard} by default.
     *
     * @throws IllegalArgumentException if two have the same name
     */
    @CanIgnoreReturnValue
    public Builder filters(List<AnswerFilter> newFilters) {
      List<String> names = newFilters.stream().map(AnswerFilter::name).toList();
      if (Set.copyOf(names).size() < names.size()) {
        throw new IllegalArgumentException(
            "two filters have the same name; they are " + names + ", and each needs its own");
      }
      filters = List.copyOf(newFilters);
      return this;
    }

    /**
     * What finds answers that break the principles; by default a {@link PrincipleCheck} by the
     * model itself, unless the frame has no principles.
     */
    @CanIgnoreReturnValue
    public Builder safety(SafetyFilter newSafety) {
      safety = Optional.of(newSafety);
      return this;
    }

    /**
     * How many queries are committed, and handed to the model, together; 64 by default. Does not
     * change what is made of a query.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    @CanIgnoreReturnValue
    public Builder unitSize(int newSize) {
      if (newSize < 1) {
        throw new IllegalArgumentException("unitSize is " + newSize + ", but must be 1 up");
      }
      unitSize = newSize;
      return this;
    }

    /** The stage. */
    public PrincipleDrivenAlignment build() {
      return new PrincipleDrivenAlignment(this);
    }
  }
}
