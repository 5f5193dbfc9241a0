package io.selfalign.testing;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.data.RecordRandom;
import io.selfalign.error.CancelledException;
import io.selfalign.error.ContextLengthException;
import io.selfalign.model.BaseModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Requests;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * A model for tests, in memory and without weights: a script says what it writes after each prompt.
 *
 * <pre>{@code
 * ScriptedModel model = ScriptedModel.builder()
 *     .whenPromptContains("Topic:", "chess\n", "gardening\n")   // one of them, by seed and id
 *     .otherwise("I don't know.\n")
 *     .build();
 * }</pre>
 *
 * <p><b>Tokens.</b> Each code point is a token, and its number is the token's id. The
 * end-of-sequence token is {@value #END_OF_SEQUENCE}. Nothing is added to a prompt.
 *
 * <p><b>Generating.</b> The model writes its reply, then ends the sequence. If that is forbidden it
 * starts a new line and writes the reply again, without end. The new-token limit, stop strings and
 * the context length work as {@link BaseModel} says; among stop strings that complete with the same
 * token, the one that begins first ends the text. At temperature 0 a reply's random numbers depend
 * on the prompt alone, at any other on the seed and the request's id. Top-k, top-p, min-p, n-gram
 * penalties and logit bias have no effect. If the prompt's last line, with its line break, is also
 * a line of the reply, the model goes on behind it: one script serves callers that ask for a reply
 * in parts, as stage 2 does.
 *
 * <p><b>Order.</b> Requests run in groups of {@link Builder#groupSize}. Within a group the shortest
 * generation is delivered first, as by a backend that batches: a caller that relies on the order of
 * requests fails.
 *
 * <p><b>Scoring.</b> Unless {@link Builder#scorer} says otherwise, a token's log-probability is
 * -0.1 if the greedy reply to the prompt has it at that place, and -5 if not.
 *
 * <p>Safe for use by several threads, if the script is.
 */
public final class ScriptedModel implements BaseModel {
  /** The id of the end-of-sequence token, one more than the last code point. */
  public static final int END_OF_SEQUENCE = Character.MAX_CODE_POINT + 1;

  /** What the model writes after a prompt. */
  @FunctionalInterface
  public interface Script {
    /**
     * The whole reply, the same for the same prompt and numbers.
     *
     * @param prompt the request's prompt
     * @param random the request's random numbers
     */
    String reply(String prompt, RecordRandom random);
  }

  /** A call of {@code generate}, as the model saw it. */
  public record Call(List<GenerationRequest> requests, GenerationOptions options) {
    /** Copies the list. */
    public Call {
      requests = List.copyOf(requests);
    }
  }

  private final String name;
  private final String fingerprint;
  private final int contextLength;
  private final int groupSize;
  private final ScriptedReplies replies;
  private final Map<Long, Supplier<? extends RuntimeException>> failures;

  private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
  private final List<ScoreRequest> scored = Collections.synchronizedList(new ArrayList<>());
  private final Counters counters = new Counters();

  private ScriptedModel(Builder builder) {
    name = builder.name;
    fingerprint = builder.fingerprint.orElse("scripted:" + builder.name);
    contextLength = builder.contextLength;
    groupSize = builder.groupSize;
    replies = new ScriptedReplies(builder.rules, builder.scorer);
    failures = Map.copyOf(builder.failures);
  }

  /** A builder for a model with an empty reply to everything. */
  public static Builder builder() {
    return new Builder();
  }

  /** A model that always writes this reply. */
  public static ScriptedModel replying(String reply) {
    return builder().otherwise(reply).build();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public int contextLength() {
    return contextLength;
  }

  @Override
  public int countTokens(String text) {
    return ScriptedReplies.countTokens(text);
  }

  /** Every call of {@code generate} that was not refused, in order. */
  public List<Call> calls() {
    synchronized (calls) {
      return List.copyOf(calls);
    }
  }

  /** The requests of all {@link #calls()}, in order. */
  public List<GenerationRequest> requests() {
    return calls().stream().flatMap(call -> call.requests().stream()).toList();
  }

  /** Every request to score that was not refused, in order. */
  public List<ScoreRequest> scoreRequests() {
    synchronized (scored) {
      return List.copyOf(scored);
    }
  }

  /** How many requests have been generated for, delivered or not. */
  public long generations() {
    return counters.generations();
  }

  /** How many tokens have been generated. */
  public long generatedTokens() {
    return counters.tokens();
  }

  @Override
  public void generate(
      List<GenerationRequest> requests,
      GenerationOptions options,
      Consumer<? super Generation> onComplete) {
    Requests.checkUniqueIds(requests, GenerationRequest::id);
    for (GenerationRequest request : requests) {
      checkFits(request.id(), countTokens(request.prompt()), options.maxNewTokens());
    }
    calls.add(new Call(requests, options));
    for (int start = 0; start < requests.size(); start += groupSize) {
      int end = Math.min(requests.size(), start + groupSize);
      generateGroup(requests.subList(start, end), options, onComplete);
    }
  }

  @Override
  public List<Score> score(List<ScoreRequest> requests) {
    Requests.checkUniqueIds(requests, ScoreRequest::id);
    for (ScoreRequest request : requests) {
      checkFits(request.id(), countTokens(request.prompt()), countTokens(request.continuation()));
    }
    List<Score> scores = new ArrayList<>(requests.size());
    for (ScoreRequest request : requests) {
      checkNotInterrupted();
      scored.add(request);
      scores.add(replies.score(request));
    }
    return scores;
  }

  private void generateGroup(
      List<GenerationRequest> group,
      GenerationOptions options,
      Consumer<? super Generation> onComplete) {
    List<Generation> done = new ArrayList<>(group.size());
    Map<String, Supplier<? extends RuntimeException>> failing = new HashMap<>();
    for (GenerationRequest request : group) {
      Generation generation = replies.generation(request, options);
      long ordinal = counters.add(generation.tokenIds().size());
      Optional.ofNullable(failures.get(ordinal)).ifPresent(f -> failing.put(request.id(), f));
      done.add(generation);
    }
    done.sort(Comparator.comparingInt(generation -> generation.tokenIds().size()));
    for (Generation generation : done) {
      checkNotInterrupted();
      Supplier<? extends RuntimeException> failure = failing.get(generation.id());
      if (failure != null) {
        throw failure.get();
      }
      onComplete.accept(generation);
    }
  }

  private void checkFits(String id, int promptTokens, int newTokens) {
    if ((long) promptTokens + newTokens > contextLength) {
      throw new ContextLengthException(id, promptTokens, newTokens, contextLength);
    }
  }

  static void checkNotInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancelledException("the scripted model's thread was interrupted");
    }
  }

  private static final class Counters {
    private long generations;
    private long tokens;

    synchronized long add(int newTokens) {
      tokens += newTokens;
      return ++generations;
    }

    synchronized long generations() {
      return generations;
    }

    synchronized long tokens() {
      return tokens;
    }
  }

  /** Builds a {@link ScriptedModel}. Of several rules that fit a prompt, the first decides. */
  public static final class Builder {
    private String name = "scripted";
    private Optional<String> fingerprint = Optional.empty();
    private int contextLength = 8192;
    private int groupSize = 4;
    private final List<ScriptedReplies.Rule> rules = new ArrayList<>();
    private Optional<ToDoubleFunction<ScoreRequest>> scorer = Optional.empty();
    private final Map<Long, Supplier<? extends RuntimeException>> failures = new HashMap<>();

    private Builder() {}

    /** The model's name; "scripted" if not set. */
    @CanIgnoreReturnValue
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /** The model's fingerprint; "scripted:" and the name if not set. */
    @CanIgnoreReturnValue
    public Builder fingerprint(String fingerprint) {
      this.fingerprint = Optional.of(fingerprint);
      return this;
    }

    /** The longest sequence in tokens; 8192 if not set. */
    @CanIgnoreReturnValue
    public Builder contextLength(int contextLength) {
      this.contextLength = contextLength;
      return this;
    }

    /** How many requests run together; 4 if not set. */
    @CanIgnoreReturnValue
    public Builder groupSize(int groupSize) {
      if (groupSize < 1) {
        throw new IllegalArgumentException("groupSize is " + groupSize + ", but must be 1 up");
      }
      this.groupSize = groupSize;
      return this;
    }

    /** After a prompt with this in it, one of these replies, chosen evenly by seed and id. */
    @CanIgnoreReturnValue
    public Builder whenPromptContains(String part, String... replies) {
      return whenPromptContains(part, oneOf(replies));
    }

    /** After a prompt with this in it, what the script says. */
    @CanIgnoreReturnValue
    public Builder whenPromptContains(String part, Script script) {
      return when(prompt -> prompt.contains(part), script);
    }

    /** After such a prompt, what the script says. */
    @CanIgnoreReturnValue
    public Builder when(Predicate<String> prompt, Script script) {
      rules.add(new ScriptedReplies.Rule(prompt, script));
      return this;
    }

    /** After any other prompt, one of these replies, chosen evenly by seed and id. */
    @CanIgnoreReturnValue
    public Builder otherwise(String... replies) {
      return otherwise(oneOf(replies));
    }

    /** After any other prompt, what the script says. Later rules have no effect. */
    @CanIgnoreReturnValue
    public Builder otherwise(Script script) {
      return when(prompt -> true, script);
    }

    /** The log-probability of a whole continuation, which is spread evenly over its tokens. */
    @CanIgnoreReturnValue
    public Builder scorer(ToDoubleFunction<ScoreRequest> scorer) {
      this.scorer = Optional.of(scorer);
      return this;
    }

    /**
     * Throws instead of delivering the n-th request that this model generates for, counted from 1
     * over all calls.
     */
    @CanIgnoreReturnValue
    public Builder failAt(long request, Supplier<? extends RuntimeException> failure) {
      failures.put(request, failure);
      return this;
    }

    /** The model. */
    public ScriptedModel build() {
      return new ScriptedModel(this);
    }

    private static Script oneOf(String... replies) {
      List<String> alternatives = List.of(replies);
      if (alternatives.isEmpty()) {
        throw new IllegalArgumentException("a rule needs at least one reply");
      }
      return (prompt, random) -> alternatives.get((int) (random.uniform(0) * alternatives.size()));
    }
  }
}
