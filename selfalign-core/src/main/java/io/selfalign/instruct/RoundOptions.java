package io.selfalign.instruct;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.Settings;
import io.selfalign.text.NearDuplicateIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the two generators of instructions have in common: both work in rounds of a fixed number of
 * requests, and look for near-duplicates among all that was kept before. Immutable.
 */
public abstract sealed class RoundOptions permits SelfInstructOptions, TopicInstructOptions {
  private final int instructions;
  private final int examplesPerPrompt;
  private final int requestsPerRound;
  private final int patience;
  private final boolean acceptFewer;
  private final GenerationOptions sampling;
  private final List<InstructionFilter> filters;
  private final double nearDuplicateThreshold;

  RoundOptions(Builder<?> builder) {
    instructions = builder.instructions;
    examplesPerPrompt = builder.examplesPerPrompt;
    requestsPerRound = builder.requestsPerRound;
    patience = builder.patience;
    acceptFewer = builder.acceptFewer;
    sampling = builder.sampling;
    filters = ImmutableList.copyOf(builder.filters);
    nearDuplicateThreshold = builder.nearDuplicateThreshold;
  }

  /** How many instructions to make. */
  public int instructions() {
    return instructions;
  }

  /** How many examples a prompt shows, if there are as many and they fit the model's context. */
  public int examplesPerPrompt() {
    return examplesPerPrompt;
  }

  /** How many requests go to the model together; near-duplicates are judged between rounds. */
  public int requestsPerRound() {
    return requestsPerRound;
  }

  /** After how many rounds in a row that kept nothing the stage gives up. */
  public int patience() {
    return patience;
  }

  /** Whether giving up completes the stage with what there is, instead of failing. */
  public boolean acceptFewer() {
    return acceptFewer;
  }

  /** How to sample; the run decides the seed, and the template adds its own stop strings. */
  public GenerationOptions sampling() {
    return sampling;
  }

  /** The filters in the order in which they are asked. */
  public List<InstructionFilter> filters() {
    return filters;
  }

  /** The ROUGE-L F over which an instruction is a near-duplicate; 1 is off. */
  public double nearDuplicateThreshold() {
    return nearDuplicateThreshold;
  }

  /** What decides the output. Patience does not: giving up early changes no record. */
  Settings.Builder settings() {
    Settings.Builder filterSettings = Settings.builder();
    filters.forEach(filter -> filterSettings.add(filter.name(), filter.settings()));
    return Settings.builder()
        .add("instructions", instructions)
        .add("examples_per_prompt", examplesPerPrompt)
        .add("requests_per_round", requestsPerRound)
        .add("sampling", sampling.summary())
        .add("filters", filters.stream().map(InstructionFilter::name).toList())
        .add("filter_settings", filterSettings.build())
        .add("near_duplicate_threshold", nearDuplicateThreshold);
  }

  <B extends Builder<B>> B fill(B builder) {
    return builder
        .instructions(instructions)
        .examplesPerPrompt(examplesPerPrompt)
        .requestsPerRound(requestsPerRound)
        .patience(patience)
        .acceptFewer(acceptFewer)
        .sampling(sampling)
        .filters(filters)
        .nearDuplicateThreshold(nearDuplicateThreshold);
  }

  /**
   * Collects options; not safe for use by several threads. Every method checks its value and throws
   * {@link IllegalArgumentException}.
   *
   * @param <B> the builder itself
   */
  public abstract static sealed class Builder<B extends Builder<B>>
      permits SelfInstructOptions.Builder, TopicInstructOptions.Builder {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");

    private int instructions;
    private int examplesPerPrompt = 5;
    private int requestsPerRound = 32;
    private int patience = 10;
    private boolean acceptFewer;
    private GenerationOptions sampling;
    private List<InstructionFilter> filters = InstructionFilters.standard();
    private double nearDuplicateThreshold = NearDuplicateIndex.DEFAULT_THRESHOLD;

    Builder(int instructions, GenerationOptions sampling) {
      this.instructions = instructions;
      this.sampling = sampling;
    }

    abstract B self();

    /** How many instructions to make, 0 or more. */
    @CanIgnoreReturnValue
    public B instructions(int count) {
      check(count >= 0, "instructions", count, "0 or more");
      instructions = count;
      return self();
    }

    /** How many examples a prompt shows, 1 or more; 5 by default. */
    @CanIgnoreReturnValue
    public B examplesPerPrompt(int count) {
      check(count >= 1, "examplesPerPrompt", count, "1 or more");
      examplesPerPrompt = count;
      return self();
    }

    /**
     * How many requests go to the model together, 1 or more; 32 by default. More keep a device with
     * much memory busy; what exceeds the number of instructions in the last round is surplus. It
     * decides the output, because what a round kept counts for the next.
     */
    @CanIgnoreReturnValue
    public B requestsPerRound(int count) {
      check(count >= 1, "requestsPerRound", count, "1 or more");
      requestsPerRound = count;
      return self();
    }

    /**
     * After how many rounds in a row that kept nothing the stage gives up, 1 or more; 10 by
     * default. May be changed when a run is resumed.
     */
    @CanIgnoreReturnValue
    public B patience(int count) {
      check(count >= 1, "patience", count, "1 or more");
      patience = count;
      return self();
    }

    /**
     * What giving up means: false, the default, fails with {@link
     * io.selfalign.error.NoProgressException}, and the run can be resumed; true completes the stage
     * with what there is, and the counter {@code missing} tells how many are not. May be changed
     * when a run is resumed.
     */
    @CanIgnoreReturnValue
    public B acceptFewer(boolean accept) {
      acceptFewer = accept;
      return self();
    }

    /** How to sample; its seed has no effect. */
    @CanIgnoreReturnValue
    public B sampling(GenerationOptions newSampling) {
      sampling = newSampling.toBuilder().seed(0).build();
      return self();
    }

    /**
     * The filters, in the order in which they are asked; {@link InstructionFilters#standard} by
     * default. An empty list keeps all that can be read and is no near-duplicate.
     */
    @CanIgnoreReturnValue
    public B filters(List<InstructionFilter> newFilters) {
      List<String> names = new ArrayList<>();
      for (InstructionFilter filter : newFilters) {
        checkName(filter.name(), names);
        names.add(filter.name());
      }
      filters = List.copyOf(newFilters);
      return self();
    }

    /** Adds a filter, to be asked last. */
    @CanIgnoreReturnValue
    public B filter(InstructionFilter filter) {
      List<InstructionFilter> more = new ArrayList<>(filters);
      more.add(filter);
      return filters(more);
    }

    /** Takes a filter away, by its name. */
    @CanIgnoreReturnValue
    public B withoutFilter(String name) {
      List<String> names = filters.stream().map(InstructionFilter::name).toList();
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            "no filter has the name '" + name + "'; they have " + names);
      }
      filters = filters.stream().filter(filter -> !filter.name().equals(name)).toList();
      return self();
    }

    /**
     * The ROUGE-L F over which an instruction is a near-duplicate, between 0 and 1; 0.7 by default,
     * 1 is off.
     */
    @CanIgnoreReturnValue
    public B nearDuplicateThreshold(double threshold) {
      check(threshold >= 0 && threshold <= 1, "nearDuplicateThreshold", threshold, "0 to 1");
      nearDuplicateThreshold = threshold;
      return self();
    }

    static void check(boolean holds, String what, Object actual, String expected) {
      if (!holds) {
        throw new IllegalArgumentException(what + " is " + actual + ", but must be " + expected);
      }
    }

    private static void checkName(String name, List<String> others) {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "filter name '" + name + "' must be lower-case words joined by '_', as in too_short");
      }
      if (others.contains(name)) {
        throw new IllegalArgumentException(
            "two filters have the name '" + name + "'; take one away with withoutFilter first");
      }
      if (DropReasons.RESERVED.contains(name)) {
        throw new IllegalArgumentException(
            "filter name '"
                + name
                + "' is the stage's own; choose a name not in "
                + DropReasons.RESERVED);
      }
    }
  }
}
