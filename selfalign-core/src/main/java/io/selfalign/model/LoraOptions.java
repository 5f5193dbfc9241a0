package io.selfalign.model;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A low-rank adapter (arXiv 2106.09685) for a model's linear maps: {@code W x} becomes {@code W x +
 * scaling B A dropout(x)} with {@code A (rank, inputs)} drawn at random and {@code B (outputs,
 * rank)} zero at first. Names and meanings are those of PEFT's {@code LoraConfig}. Immutable.
 */
public final class LoraOptions {
  private static final LoraOptions DEFAULTS = builder().build();

  private final int rank;
  private final double alpha;
  private final double dropout;
  private final Set<Projection> targets;
  private final boolean rankStabilized;
  private final Map<String, Integer> rankPattern;
  private final Map<String, Double> alphaPattern;

  private LoraOptions(Builder builder) {
    rank = builder.rank;
    alpha = builder.alpha;
    dropout = builder.dropout;
    targets = Collections.unmodifiableSet(EnumSet.copyOf(builder.targets));
    rankStabilized = builder.rankStabilized;
    rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(builder.rankPattern));
    alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(builder.alphaPattern));
  }

  /** Rank 16 and alpha 16 on q, k, v and o with dropout 0.05: what SELF-ALIGN trains with. */
  public static LoraOptions defaults() {
    return DEFAULTS;
  }

  /** The defaults with another rank. */
  public static LoraOptions rank(int rank) {
    return builder().rank(rank).build();
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** The rows of A and columns of B, where {@link #rankPattern()} has nothing else. */
  public int rank() {
    return rank;
  }

  /** The numerator of the scaling, where {@link #alphaPattern()} has nothing else. */
  public double alpha() {
    return alpha;
  }

  /** The probability that an element of the adapter's input is set to zero in training. */
  public double dropout() {
    return dropout;
  }

  /** The linear maps that get an adapter, in every layer. */
  public Set<Projection> targets() {
    return targets;
  }

  /** Whether the scaling is alpha / sqrt(rank) (rsLoRA, arXiv 2312.03732) and not alpha / rank. */
  public boolean rankStabilized() {
    return rankStabilized;
  }

  /**
   * Other ranks for some modules, by regular expressions for the end of a module's name: {@code
   * v_proj}, {@code layers.0.self_attn.q_proj} or {@code layers\.[0-3]\..*}. The first that matches
   * counts.
   */
  public Map<String, Integer> rankPattern() {
    return rankPattern;
  }

  /** Other alphas for some modules, as in {@link #rankPattern()}. */
  public Map<String, Double> alphaPattern() {
    return alphaPattern;
  }

  /** The rank for a module such as {@code model.layers.0.self_attn.q_proj}. */
  public int rankOf(String module) {
    return matching(rankPattern, module, rank);
  }

  /** The alpha for a module such as {@code model.layers.0.self_attn.q_proj}. */
  public double alphaOf(String module) {
    return matching(alphaPattern, module, alpha);
  }

  /** What B A is multiplied by in a module such as {@code model.layers.0.self_attn.q_proj}. */
  public double scalingOf(String module) {
    int r = rankOf(module);
    return alphaOf(module) / (rankStabilized ? Math.sqrt(r) : r);
  }

  private static <T> T matching(Map<String, T> pattern, String module, T otherwise) {
    for (Map.Entry<String, T> entry : pattern.entrySet()) {
      if (Pattern.matches("(.*\\.)?(" + entry.getKey() + ")", module)) {
        return entry.getValue();
      }
    }
    return otherwise;
  }

  /** Builds {@link LoraOptions}. */
  public static final class Builder {
    private int rank = 16;
    private double alpha = 16;
    private double dropout = 0.05;
    private Set<Projection> targets =
        EnumSet.of(Projection.Q_PROJ, Projection.K_PROJ, Projection.V_PROJ, Projection.O_PROJ);
    private boolean rankStabilized;
    private final Map<String, Integer> rankPattern = new LinkedHashMap<>();
    private final Map<String, Double> alphaPattern = new LinkedHashMap<>();

    private Builder() {}

    /** See {@link LoraOptions#rank()}; 1 to 4096. */
    @CanIgnoreReturnValue
    public Builder rank(int rank) {
      checkRank("rank", rank);
      this.rank = rank;
      return this;
    }

    /** See {@link LoraOptions#alpha()}; more than 0. */
    @CanIgnoreReturnValue
    public Builder alpha(double alpha) {
      checkAlpha("alpha", alpha);
      this.alpha = alpha;
      return this;
    }

    /** See {@link LoraOptions#dropout()}; 0 or more, less than 1. */
    @CanIgnoreReturnValue
    public Builder dropout(double dropout) {
      if (!(dropout >= 0 && dropout < 1)) {
        throw new IllegalArgumentException(
            "dropout is " + dropout + ", but must be at least 0 and less than 1");
      }
      this.dropout = dropout;
      return this;
    }

    /** See {@link LoraOptions#targets()}; at least one. */
    @CanIgnoreReturnValue
    public Builder targets(Set<Projection> targets) {
      if (targets.isEmpty()) {
        throw new IllegalArgumentException(
            "there are no targets, but at least one projection must be adapted");
      }
      this.targets = EnumSet.copyOf(targets);
      return this;
    }

    /** See {@link LoraOptions#targets()}. */
    @CanIgnoreReturnValue
    public Builder targets(Projection first, Projection... others) {
      return targets(EnumSet.of(first, others));
    }

    /** See {@link LoraOptions#rankStabilized()}. */
    @CanIgnoreReturnValue
    public Builder rankStabilized(boolean rankStabilized) {
      this.rankStabilized = rankStabilized;
      return this;
    }

    /** Adds to {@link LoraOptions#rankPattern()}. */
    @CanIgnoreReturnValue
    public Builder rankFor(String module, int rank) {
      checkPattern(module);
      checkRank("the rank for '" + module + "'", rank);
      rankPattern.put(module, rank);
      return this;
    }

    /** Adds to {@link LoraOptions#alphaPattern()}. */
    @CanIgnoreReturnValue
    public Builder alphaFor(String module, double alpha) {
      checkPattern(module);
      checkAlpha("the alpha for '" + module + "'", alpha);
      alphaPattern.put(module, alpha);
      return this;
    }

    /** The options. */
    public LoraOptions build() {
      return new LoraOptions(this);
    }

    private static void checkRank(String what, int rank) {
      if (rank < 1 || rank > 4096) {
        throw new IllegalArgumentException(what + " is " + rank + ", but must be 1 to 4096");
      }
    }

    private static void checkAlpha(String what, double alpha) {
      if (!(alpha > 0 && Double.isFinite(alpha))) {
        throw new IllegalArgumentException(what + " is " + alpha + ", but must be more than 0");
      }
    }

    private static void checkPattern(String module) {
      try {
        Pattern.compile(module);
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException(
            "'" + module + "' is no regular expression: " + e.getDescription(), e);
      }
    }
  }
}
