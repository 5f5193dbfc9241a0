package io.selfalign.verbose;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.answer.FrameSpeech;
import io.selfalign.data.Demonstration;
import io.selfalign.data.Query;
import io.selfalign.data.Traceable;
import io.selfalign.data.VerboseAnswer;
import io.selfalign.error.InvalidDataException;
import io.selfalign.model.AdaptedModel;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.TrainableModel;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Stage;
import io.selfalign.pipeline.StageContext;
import io.selfalign.tuning.Adapter;
import io.selfalign.tuning.ChatPrompt;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The answers of stage 4 (arXiv 2305.03047, section 3.4): the engraved model answers every query
 * under a prompt that describes an extensive variant of itself.
 *
 * <p>Comes after the stage that trained the engraving {@link Adapter}, which it attaches to the
 * base model while it runs, and after that of the {@link Demonstration}s, if their answers are to
 * be the least length.
 *
 * <p>Every query ends as one {@link VerboseAnswer} or as one line of the ledger, both with the
 * query's id after {@code verbose-}. The ledger's reasons, in the order in which they are tried:
 *
 * <ul>
 *   <li>before generating: {@value #QUERY_HAS_MARKER}, for a query with a line that would be taken
 *       for a turn's beginning, and {@value #QUERY_TOO_LONG}, for one that does not fit the model's
 *       context with the prompt and the new tokens; nothing is ever cut from a prompt;
 *   <li>of what was generated: {@value #EMPTY}, then the {@link VerboseFilter}s.
 * </ul>
 *
 * <p>Counters: {@code next_turn_cut}, kept answers after which the model had gone on with another
 * turn, in a spelling that is no stop string; {@code declined}, {@code declined:refusal} and {@code
 * declined:not_knowing}, those that begin by declining (English).
 *
 * <p>Immutable and safe for use by several threads, if its filters are.
 */
public final class VerboseAnswering implements Stage<Query, VerboseAnswer> {
  /** A query with a line that is one of the prompt's markers. */
  public static final String QUERY_HAS_MARKER = "query_has_marker";

  /** A query whose prompt, with the new tokens, is longer than the model's context. */
  public static final String QUERY_TOO_LONG = "query_too_long";

  /** Nothing but white space was generated. */
  public static final String EMPTY = "empty";

  private final Builder options;
  private final ChatPrompt prompt;

  private VerboseAnswering(Builder builder) {
    options = builder.copy();
    prompt = options.cue.prompt(options.prompt);
  }

  /**
   * A builder with the defaults.
   *
   * @param model the base model that the engraving adapter belongs to
   * @param name the stage's name
   */
  public static Builder builder(TrainableModel model, String name) {
    return new Builder(model, name);
  }

  /**
   * Temperature 0.3, top-p 0.7, 512 new tokens, and penalties of 1.0 for trigrams and 2.0 for
   * 4-grams, as the paper has it. The seed is the run's, and the prompt's stop strings are added.
   */
  public static GenerationOptions defaultSampling() {
    return GenerationOptions.builder()
        .temperature(0.3)
        .topP(0.7)
        .maxNewTokens(512)
        .ngramPenalty(3, 1.0)
        .ngramPenalty(4, 2.0)
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
  public Class<VerboseAnswer> outputType() {
    return VerboseAnswer.class;
  }

  @Override
  public Set<Class<? extends Traceable>> alsoReads() {
    return options.compareWithStage2
        ? Set.of(Adapter.class, Demonstration.class)
        : Set.of(Adapter.class);
  }

  /** The prompt of the extensive variant. */
  public ChatPrompt prompt() {
    return prompt;
  }

  /**
   * How answers are sampled: with whatever seed, and the stop strings of the prompt and of the one
   * that the model was engraved with, to which it may return.
   */
  public GenerationOptions sampling() {
    Set<String> stop = new LinkedHashSet<>(prompt.stop());
    stop.addAll(options.prompt.stop());
    stop.addAll(options.sampling.stop());
    return options.sampling.toBuilder().stop(List.copyOf(stop)).build();
  }

  /** Finds what speaks of the prompt, and of stage 2's frame if that was set. */
  FrameSpeech speech() {
    FrameSpeech.Builder speech = options.frameSpeech.toBuilder().persona(prompt.persona());
    prompt.markers().forEach(speech::marker);
    options.prompt.markers().forEach(speech::marker);
    options.prompt.withSystem(options.cue.system()).systemText().ifPresent(speech::text);
    options.prompt.systemText().ifPresent(speech::text);
    return speech.build();
  }

  /** The prompt that the model was engraved with, to which it may return within an answer. */
  ChatPrompt engravedPrompt() {
    return options.prompt;
  }

  /** What makes the model answer at length. */
  ExtensiveCue cue() {
    return options.cue;
  }

  @Override
  public Settings settings() {
    Settings.Builder filters = Settings.builder();
    options.filters.forEach(filter -> filters.add(filter.name(), filter.settings()));
    return Settings.builder()
        .add("model", options.model.fingerprint())
        .add("prompt", prompt)
        .add("sampling", Settings.of(sampling()))
        .add("filters", filters.build())
        .add("filter_order", options.filters.stream().map(VerboseFilter::name).toList())
        .add("compare_with_stage_2", options.compareWithStage2)
        .add("engraved_prompt", options.prompt)
        .add("frame_speech", options.frameSpeech.settings())
        .build();
  }

  /**
   * Checks that the prompt leaves room for a query of a word.
   *
   * @throws IllegalArgumentException if it doesn't, naming the lengths and what to change
   */
  @Override
  public void validate() {
    int tokens = options.model.countTokens(prompt.text("Hi"));
    int newTokens = options.sampling.maxNewTokens();
    int context = options.model.contextLength();
    if ((long) tokens + newTokens > context) {
      throw new IllegalArgumentException(
          String.format(
              "the prompt of a query of one word has %d tokens, which with %d new ones is over the"
                  + " %d of the model's context; shorten the system text, or generate fewer tokens",
              tokens, newTokens, context));
    }
  }

  @Override
  public void run(StageContext<Query, VerboseAnswer> context) {
    List<Adapter> adapters = context.also(Adapter.class).toList();
    if (adapters.size() != 1) {
      throw new InvalidDataException(
          "stage '"
              + options.name
              + "' comes after "
              + adapters.size()
              + " adapters, but answers with one; wire it after one stage that trains");
    }
    Adapter adapter = adapters.get(0);
    Path folder = adapter.locate(context.files(adapter.stage()));
    try (AdaptedModel engraved = options.model.withAdapter(folder)) {
      new VerboseBatches(
              this, engraved, engravedAnswers(context), options.filters, speech(), options.unitSize)
          .run(context);
    }
  }

  /** The answers of stage 2 by their queries' ids. */
  private Map<String, String> engravedAnswers(StageContext<Query, VerboseAnswer> context) {
    Map<String, String> answers = new HashMap<>();
    if (options.compareWithStage2) {
      try (Stream<Demonstration> demonstrations = context.also(Demonstration.class).stream()) {
        demonstrations.forEach(made -> answers.put(made.id(), made.answer()));
      }
    }
    return answers;
  }

  /** Collects options; not safe for use by several threads. */
  public static final class Builder {
    private final TrainableModel model;
    private final String name;
    private ChatPrompt prompt = ChatPrompt.standard();
    private ExtensiveCue cue = ExtensiveCue.standard();
    private GenerationOptions sampling = defaultSampling();
    private List<VerboseFilter> filters = VerboseFilters.standard();
    private boolean compareWithStage2;
    private FrameSpeech frameSpeech = FrameSpeech.none();
    private int unitSize = 64;

    private Builder(TrainableModel model, String name) {
      this.model = model;
      this.name = name;
    }

    private Builder copy() {
      Builder copy = new Builder(model, name);
      copy.prompt = prompt;
      copy.sampling = sampling;
      copy.filters = filters;
      copy.compareWithStage2 = compareWithStage2;
      copy.frameSpeech = frameSpeech;
      copy.cue = cue;
      copy.unitSize = unitSize;
      return copy;
    }

    /**
     * The prompt that the adapter was trained under; {@link ChatPrompt#standard} by default. The
     * {@link #cue} takes the place of its system text.
     */
    @CanIgnoreReturnValue
    public Builder prompt(ChatPrompt newPrompt) {
      prompt = newPrompt;
      return this;
    }

    /** What makes the model answer at length; {@link ExtensiveCue#standard} by default. */
    @CanIgnoreReturnValue
    public Builder cue(ExtensiveCue newCue) {
      cue = newCue;
      return this;
    }

    /**
     * How answers are sampled; {@link #defaultSampling} by default. Its seed has no effect: that
     * derives from the run's. Stop strings are added to the prompt's.
     */
    @CanIgnoreReturnValue
    public Builder sampling(GenerationOptions newSampling) {
      sampling = newSampling;
      return this;
    }

    /**
     * The filters, in the order in which they are tried; {@link VerboseFilters#standard} by
     * default.
     *
     * @throws IllegalArgumentException if two have the same name
     */
    @CanIgnoreReturnValue
    public Builder filters(List<VerboseFilter> newFilters) {
      List<String> names = newFilters.stream().map(VerboseFilter::name).toList();
      if (Set.copyOf(names).size() < names.size()) {
        throw new IllegalArgumentException(
            "two filters have the same name; they are " + names + ", and each needs its own");
      }
      filters = List.copyOf(newFilters);
      return this;
    }

    /**
     * Whether filters see the answers of stage 2, whose stage this one must then come after; false
     * by default. They are held in memory.
     */
    @CanIgnoreReturnValue
    public Builder compareWithStage2(boolean compare) {
      compareWithStage2 = compare;
      return this;
    }

    /**
     * The frame of stage 2, of which an extensive answer must not speak any more than of this
     * stage's prompt; none by default.
     */
    @CanIgnoreReturnValue
    public Builder frameSpeech(FrameSpeech speech) {
      frameSpeech = speech;
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
    public VerboseAnswering build() {
      return new VerboseAnswering(this);
    }
  }
}
