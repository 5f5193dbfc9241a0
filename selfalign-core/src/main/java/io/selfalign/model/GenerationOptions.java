package io.selfalign.model;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How to continue prompts. Immutable; {@link #toBuilder()} changes a copy.
 *
 * <p>At every position the next token's logits are changed in this order: n-gram penalties, logit
 * bias, forbidden end-of-sequence, temperature; then top-k, top-p and min-p restrict the
 * candidates, each on the distribution that the one before left. One token is drawn from the
 * renormalised rest. Temperature 0 takes the most likely token instead (the lowest id of equals).
 */
public final class GenerationOptions {
  /** The largest n-gram order that has a penalty. */
  public static final int MAX_NGRAM = 4;

  private static final GenerationOptions DEFAULTS = builder().build();

  private final int maxNewTokens;
  private final double temperature;
  private final double topP;
  private final int topK;
  private final double minP;
  private final List<Double> ngramPenalties;
  private final Map<String, Double> logitBias;
  private final boolean forbidEndOfSequence;
  private final List<String> stop;
  private final long seed;

  private GenerationOptions(Builder builder) {
    maxNewTokens = builder.maxNewTokens;
    temperature = builder.temperature;
    topP = builder.topP;
    topK = builder.topK;
    minP = builder.minP;
    ngramPenalties = List.copyOf(builder.ngramPenalties);
    logitBias = Collections.unmodifiableMap(new LinkedHashMap<>(builder.logitBias));
    forbidEndOfSequence = builder.forbidEndOfSequence;
    stop = List.copyOf(builder.stop);
    seed = builder.seed;
  }

  /** 256 new tokens at temperature 1 from the full distribution, seed 0. */
  public static GenerationOptions defaults() {
    return DEFAULTS;
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these options. */
  public Builder toBuilder() {
    Builder builder =
        new Builder()
            .maxNewTokens(maxNewTokens)
            .temperature(temperature)
            .topP(topP)
            .topK(topK)
            .minP(minP)
            .forbidEndOfSequence(forbidEndOfSequence)
            .stop(stop)
            .seed(seed);
    for (int n = 1; n <= MAX_NGRAM; n++) {
      builder.ngramPenalty(n, ngramPenalty(n));
    }
    logitBias.forEach(builder::logitBias);
    return builder;
  }

  /** The most tokens to generate for a request, at least 1. */
  public int maxNewTokens() {
    return maxNewTokens;
  }

  /** What logits are divided by; 0 means greedy. */
  public double temperature() {
    return temperature;
  }

  /**
   * Nucleus sampling: the smallest set of likeliest tokens with at least this mass, and those as
   * likely as the last of them; 1 is off.
   */
  public double topP() {
    return topP;
  }

  /** Only this many of the likeliest tokens, and those as likely as the last; 0 is off. */
  public int topK() {
    return topK;
  }

  /** Only tokens at least this fraction as likely as the likeliest; 0 is off. */
  public double minP() {
    return minP;
  }

  /** The penalty for n-grams of this order, 0 if off. See {@link Builder#ngramPenalty}. */
  public double ngramPenalty(int n) {
    return ngramPenalties.get(Objects.checkIndex(n - 1, MAX_NGRAM));
  }

  /** What is added to logits, by text. See {@link Builder#logitBias}. */
  public Map<String, Double> logitBias() {
    return logitBias;
  }

  /** Whether end-of-sequence tokens are never generated. */
  public boolean forbidEndOfSequence() {
    return forbidEndOfSequence;
  }

  /** The stop strings. */
  public List<String> stop() {
    return stop;
  }

  /** The seed, from which with the request's id all randomness derives. */
  public long seed() {
    return seed;
  }

  /** Whether the most likely token is always taken, so that the seed has no effect. */
  public boolean greedy() {
    return temperature == 0;
  }

  /**
   * The options that decide what is sampled, but for the seed, on one line and for a record's
   * provenance: {@code max_new_tokens=1024 temperature=1.0 top_p=0.98}. What is off is left out.
   */
  public String summary() {
    StringBuilder summary = new StringBuilder();
    summary.append("max_new_tokens=").append(maxNewTokens);
    summary.append(" temperature=").append(temperature);
    summary.append(topP == 1 ? "" : " top_p=" + topP);
    summary.append(topK == 0 ? "" : " top_k=" + topK);
    summary.append(minP == 0 ? "" : " min_p=" + minP);
    for (int n = 1; n <= MAX_NGRAM; n++) {
      summary.append(ngramPenalty(n) == 0 ? "" : " ngram_penalty_" + n + "=" + ngramPenalty(n));
    }
    logitBias.forEach((text, bias) -> summary.append(" bias[" + oneLine(text) + "]=" + bias));
    summary.append(forbidEndOfSequence ? " forbid_eos" : "");
    stop.forEach(text -> summary.append(" stop[" + oneLine(text) + "]"));
    return summary.toString();
  }

  private static String oneLine(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof GenerationOptions other && asList().equals(other.asList());
  }

  @Override
  public int hashCode() {
    return asList().hashCode();
  }

  @Override
  public String toString() {
    return String.format(
        "GenerationOptions[maxNewTokens=%d, temperature=%s, topP=%s, topK=%d, minP=%s,"
            + " ngramPenalties=%s, logitBias=%s, forbidEndOfSequence=%s, stop=%s, seed=%d]",
        asList().toArray());
  }

  private List<Object> asList() {
    return List.of(
        maxNewTokens,
        temperature,
        topP,
        topK,
        minP,
        ngramPenalties,
        logitBias,
        forbidEndOfSequence,
        stop,
        seed);
  }

  /** Builds {@link GenerationOptions}. Every method checks its value and returns this builder. */
  public static final class Builder {
    private int maxNewTokens = 256;
    private double temperature = 1;
    private double topP = 1;
    private int topK;
    private double minP;
    private final List<Double> ngramPenalties =
        new ArrayList<>(Collections.nCopies(MAX_NGRAM, 0.0));
    private final Map<String, Double> logitBias = new LinkedHashMap<>();
    private boolean forbidEndOfSequence;
    private List<String> stop = List.of();
    private long seed;

    private Builder() {}

    /** The most tokens to generate for a request, at least 1. */
    @CanIgnoreReturnValue
    public Builder maxNewTokens(int maxNewTokens) {
      check(maxNewTokens >= 1, "maxNewTokens", maxNewTokens, "at least 1");
      this.maxNewTokens = maxNewTokens;
      return this;
    }

    /** What logits are divided by, 0 or more; 0 takes the most likely token. */
    @CanIgnoreReturnValue
    public Builder temperature(double temperature) {
      check(
          temperature >= 0 && Double.isFinite(temperature),
          "temperature",
          temperature,
          "0 or more, and finite");
      this.temperature = temperature;
      return this;
    }

    /** The mass of the likeliest tokens to sample from, over 0 and at most 1; 1 is off. */
    @CanIgnoreReturnValue
    public Builder topP(double topP) {
      check(topP > 0 && topP <= 1, "topP", topP, "over 0 and at most 1");
      this.topP = topP;
      return this;
    }

    /** How many of the likeliest tokens to sample from; 0 is off. */
    @CanIgnoreReturnValue
    public Builder topK(int topK) {
      check(topK >= 0, "topK", topK, "0 (off) or more");
      this.topK = topK;
      return this;
    }

    /** How likely a token must be, as a fraction of the likeliest one, in [0, 1]; 0 is off. */
    @CanIgnoreReturnValue
    public Builder minP(double minP) {
      check(minP >= 0 && minP <= 1, "minP", minP, "between 0 and 1");
      this.minP = minP;
      return this;
    }

    /**
     * Discourages repetition: subtracts {@code penalty x count} from the logit of every token that
     * starts a word, where {@code count} is how often the n-gram that the token would complete has
     * occurred in this generation so far (the prompt doesn't count). Tokens inside a word are not
     * penalised, so that words can always be finished.
     *
     * @param n the order of the n-grams, 1 to {@value GenerationOptions#MAX_NGRAM}
     * @param penalty in logits per occurrence; 0 is off, negative values encourage repetition
     */
    @CanIgnoreReturnValue
    public Builder ngramPenalty(int n, double penalty) {
      check(n >= 1 && n <= MAX_NGRAM, "the order of an n-gram penalty", n, "1 to " + MAX_NGRAM);
      check(Double.isFinite(penalty), "an n-gram penalty", penalty, "finite");
      ngramPenalties.set(n - 1, penalty);
      return this;
    }

    /**
     * Adds to the logit of the token with this text; where no token has it, to that of the first
     * token of the text's encoding. Negative infinity forbids the token.
     *
     * @param text such as {@code "Sorry"} or {@code " Sorry"}, with the space that most tokenizers
     *     keep in the token that begins a word: these are different tokens
     * @param bias in logits, not NaN and not positive infinity
     */
    @CanIgnoreReturnValue
    public Builder logitBias(String text, double bias) {
      check(!text.isEmpty(), "the text of a logit bias", "''", "not empty");
      Requests.checkUnicode("the text of a logit bias", text);
      check(
          !Double.isNaN(bias) && bias != Double.POSITIVE_INFINITY,
          "the logit bias of '" + text + "'",
          bias,
          "finite or negative infinity");
      logitBias.put(text, bias);
      return this;
    }

    /** Whether to never generate end-of-sequence tokens. */
    @CanIgnoreReturnValue
    public Builder forbidEndOfSequence(boolean forbid) {
      this.forbidEndOfSequence = forbid;
      return this;
    }

    /**
     * Ends a generation as soon as its text contains one of these strings, wherever token borders
     * fall; the text ends before it. Of several that the same token completes, the one that begins
     * first counts, and of those the longest. A stop string that is a special token of the model
     * stops at that token. Replaces earlier stop strings.
     */
    @CanIgnoreReturnValue
    public Builder stop(String... stop) {
      return stop(List.of(stop));
    }

    /** See {@link #stop(String...)}. */
    @CanIgnoreReturnValue
    public Builder stop(List<String> stop) {
      for (String s : stop) {
        check(!s.isEmpty(), "a stop string", "''", "not empty: it would stop at once");
        Requests.checkUnicode("a stop string", s);
      }
      this.stop = List.copyOf(stop);
      return this;
    }

    /** The seed, from which with the request's id all randomness derives. */
    @CanIgnoreReturnValue
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** The options. */
    public GenerationOptions build() {
      return new GenerationOptions(this);
    }

    private static void check(boolean holds, String what, Object actual, String expected) {
      if (!holds) {
        throw new IllegalArgumentException(what + " is " + actual + ", but must be " + expected);
      }
    }
  }
}
