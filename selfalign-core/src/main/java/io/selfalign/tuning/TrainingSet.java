package io.selfalign.tuning;

import com.google.common.base.CaseFormat;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.data.Answered;
import io.selfalign.data.Drop;
import io.selfalign.data.IdentityPair;
import io.selfalign.data.Traceable;
import io.selfalign.data.TrainingPair;
import io.selfalign.model.BaseModel;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Stage;
import io.selfalign.pipeline.StageContext;
import io.selfalign.pipeline.Unit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes the training set of stage 3 or 4: of every answer the {@link ChatPrompt} of its query and
 * the answer with what closes it, and after them pairs about the assistant itself, which training
 * shuffles in.
 *
 * <p>Every answer ends as one {@link TrainingPair} or as one line of the ledger. Its reasons, in
 * the order in which they are tried:
 *
 * <ul>
 *   <li>{@value #QUERY_HAS_MARKER}, a query with a line that would be taken for a turn's beginning;
 *   <li>{@value #ANSWER_HAS_MARKER}, an answer with the user's marker in it: a model that learnt it
 *       would be stopped there;
 *   <li>{@value #UNCLOSED}, an answer that did not come to its end, where the model's
 *       end-of-sequence token closes them all. Where the user's marker does, such an answer is kept
 *       without it, so that nothing is learnt about where to stop;
 *   <li>{@value #TOO_LONG}, a pair that has more tokens than are allowed; nothing is ever cut.
 * </ul>
 *
 * <p>Counters: {@code identity}, the pairs about the assistant that are kept; {@code
 * without_closing}, the answers that are kept without it.
 *
 * <p>Immutable and safe for use by several threads.
 *
 * @param <I> what is learnt from
 */
public final class TrainingSet<I extends Answered> implements Stage<I, TrainingPair> {
  /** A query with a line that is one of the prompt's markers. */
  public static final String QUERY_HAS_MARKER = "query_has_marker";

  /** An answer with the marker that ends answers in it. */
  public static final String ANSWER_HAS_MARKER = "answer_has_marker";

  /** An answer that did not come to its end, and could not be kept without saying that it did. */
  public static final String UNCLOSED = "unclosed";

  /** Prompt and completion together have too many tokens. */
  public static final String TOO_LONG = "too_long";

  /** How many pairs about the assistant the paper mixes in. */
  public static final int DEFAULT_IDENTITY_PAIRS = 910;

  /** How many pairs about the assistant there are at most for each answer. */
  public static final double DEFAULT_IDENTITY_SHARE = 0.1;

  /** How many answers are committed together. */
  private static final int UNIT_SIZE = 256;

  private final Builder<I> options;

  private TrainingSet(Builder<I> builder) {
    options = builder.copy();
  }

  /**
   * A builder with the defaults.
   *
   * @param model counts the tokens
   * @param type the record type of the answers
   * @param name the stage's name
   */
  public static <I extends Answered> Builder<I> builder(
      BaseModel model, Class<I> type, String name) {
    return new Builder<>(model, type, name);
  }

  @Override
  public String name() {
    return options.name;
  }

  @Override
  public Class<I> inputType() {
    return options.type;
  }

  @Override
  public Class<TrainingPair> outputType() {
    return TrainingPair.class;
  }

  @Override
  public Set<Class<? extends Traceable>> alsoReads() {
    return options.identityPairs > 0 ? Set.of(IdentityPair.class) : Set.of();
  }

  @Override
  public Settings settings() {
    return Settings.builder()
        .add("model", options.model.fingerprint())
        .add("prompt", options.prompt)
        .add("max_length", maxLength())
        .add("identity_pairs", options.identityPairs)
        .add("identity_share", options.identityShare)
        .build();
  }

  /**
   * Checks that the prompt leaves room for a query and an answer of a word.
   *
   * @throws IllegalArgumentException if it doesn't
   */
  @Override
  public void validate() {
    int tokens = tokens("Hi", options.prompt.completion("Hi", true));
    if (tokens > maxLength()) {
      throw new IllegalArgumentException(
          String.format(
              "a query and an answer of one word have %d tokens with the prompt, but at most %d are"
                  + " allowed; shorten the system text, or raise maxLength up to the %d of the"
                  + " model's context",
              tokens, maxLength(), options.model.contextLength()));
    }
  }

  @Override
  public void run(StageContext<I, TrainingPair> context) {
    long answers = context.input().size();
    context.expect(answers + 1);
    try (Stream<I> stream = context.input().stream()) {
      Iterator<I> left = stream.skip(Math.min(answers, context.committedAdvance())).iterator();
      while (left.hasNext()) {
        List<I> batch = new ArrayList<>();
        while (left.hasNext() && batch.size() < UNIT_SIZE) {
          batch.add(left.next());
        }
        commit(batch, context, Unit.<TrainingPair>builder().advance(batch.size()));
      }
    }
    if (context.committedAdvance() == answers) {
      List<IdentityPair> identity = identity(context);
      Unit.Builder<TrainingPair> unit = Unit.builder();
      commit(identity, context, unit.advance(1));
    }
  }

  private List<IdentityPair> identity(StageContext<I, TrainingPair> context) {
    if (options.identityPairs == 0) {
      return List.of();
    }
    long most = (long) Math.ceil(options.identityShare * context.records().size());
    try (Stream<IdentityPair> pairs = context.also(IdentityPair.class).stream()) {
      return pairs.limit(Math.min(options.identityPairs, most)).toList();
    }
  }

  private void commit(
      List<? extends Answered> batch,
      StageContext<I, TrainingPair> context,
      Unit.Builder<TrainingPair> unit) {
    for (Answered answered : batch) {
      context.checkCancelled();
      add(answered, unit);
    }
    context.commit(unit.build());
  }

  private void add(Answered answered, Unit.Builder<TrainingPair> unit) {
    ChatPrompt prompt = options.prompt;
    Optional<String> marked = prompt.markedLine(answered.query());
    if (marked.isPresent()) {
      unit.drop(drop(answered, QUERY_HAS_MARKER, "line '" + marked.get() + "'", answered.query()));
      return;
    }
    if (prompt.stopsWithin(answered.answer())) {
      unit.drop(drop(answered, ANSWER_HAS_MARKER, "", answered.answer()));
      return;
    }
    if (!answered.closed() && prompt.endOfSequence()) {
      unit.drop(drop(answered, UNCLOSED, "", answered.answer()));
      return;
    }
    String completion = prompt.completion(answered.answer(), answered.closed());
    int tokens = tokens(answered.query(), completion);
    if (tokens > maxLength()) {
      String detail = tokens + " tokens, at most " + maxLength();
      unit.drop(drop(answered, TOO_LONG, detail, answered.answer()));
      return;
    }
    String kind =
        CaseFormat.UPPER_CAMEL.to(CaseFormat.LOWER_UNDERSCORE, answered.getClass().getSimpleName());
    unit.keep(
        new TrainingPair(
            id(answered),
            List.of(answered.id()),
            kind,
            prompt.text(answered.query()),
            completion,
            tokens));
    if (answered instanceof IdentityPair) {
      unit.count("identity", 1);
    }
    if (!answered.closed()) {
      unit.count("without_closing", 1);
    }
  }

  private int maxLength() {
    return Math.min(options.maxLength, options.model.contextLength());
  }

  private int tokens(String query, String completion) {
    int end = options.prompt.endOfSequence() ? 1 : 0;
    return options.model.countTokens(options.prompt.text(query) + completion) + end;
  }

  private static String id(Answered answered) {
    return "pair-" + answered.id();
  }

  private static Drop drop(Answered answered, String reason, String detail, String text) {
    return new Drop(id(answered), List.of(answered.id()), reason, detail, text);
  }

  /**
   * Collects options; not safe for use by several threads.
   *
   * @param <I> what is learnt from
   */
  public static final class Builder<I extends Answered> {
    private final BaseModel model;
    private final Class<I> type;
    private final String name;
    private ChatPrompt prompt = ChatPrompt.standard();
    private int maxLength = Integer.MAX_VALUE;
    private int identityPairs;
    private double identityShare = DEFAULT_IDENTITY_SHARE;

    private Builder(BaseModel model, Class<I> type, String name) {
      this.model = model;
      this.type = type;
      this.name = name;
    }

    private Builder<I> copy() {
      Builder<I> copy = new Builder<>(model, type, name);
      copy.prompt = prompt;
      copy.maxLength = maxLength;
      copy.identityPairs = identityPairs;
      copy.identityShare = identityShare;
      return copy;
    }

    /** The prompt that the model is to answer after; {@link ChatPrompt#standard} by default. */
    @CanIgnoreReturnValue
    public Builder<I> prompt(ChatPrompt newPrompt) {
      prompt = newPrompt;
      return this;
    }

    /**
     * The most tokens of a pair, an end-of-sequence token included; the model's context by default.
     *
     * @throws IllegalArgumentException if it is less than 2
     */
    @CanIgnoreReturnValue
    public Builder<I> maxLength(int newMaxLength) {
      if (newMaxLength < 2) {
        throw new IllegalArgumentException("maxLength is " + newMaxLength + ", but must be 2 up");
      }
      maxLength = newMaxLength;
      return this;
    }

    /**
     * How many pairs about the assistant are mixed in: the first of those that the stages before
     * have, which this stage must then come after. None by default.
     *
     * @param most how many at most
     * @param share how many at most for each answer that is kept, so that a small set does not
     *     become one about the assistant
     * @throws IllegalArgumentException if one of them is negative
     */
    @CanIgnoreReturnValue
    public Builder<I> identityPairs(int most, double share) {
      if (most < 0) {
        throw new IllegalArgumentException("identityPairs is " + most + ", but must be 0 up");
      }
      if (!(share >= 0 && Double.isFinite(share))) {
        throw new IllegalArgumentException("identityShare is " + share + ", but must be 0 up");
      }
      identityPairs = most;
      identityShare = share;
      return this;
    }

    /** The stage. */
    public TrainingSet<I> build() {
      return new TrainingSet<>(this);
    }
  }
}
