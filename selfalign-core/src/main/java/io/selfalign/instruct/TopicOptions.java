package io.selfalign.instruct;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.Settings;
import java.util.OptionalInt;

/** Options of {@link TopicBrainstorming}. Immutable. */
public final class TopicOptions {
  private static final GenerationOptions SAMPLING =
      GenerationOptions.builder().maxNewTokens(384).temperature(1).topP(0.98).build();

  private final int epochs;
  private final OptionalInt topicsPerType;
  private final int topicsShown;
  private final int maxWords;
  private final int patience;
  private final boolean acceptFewer;
  private final GenerationOptions sampling;
  private final TopicListTemplate template;

  private TopicOptions(Builder builder) {
    epochs = builder.epochs;
    topicsPerType = builder.topicsPerType;
    topicsShown = builder.topicsShown;
    maxWords = builder.maxWords;
    patience = builder.patience;
    acceptFewer = builder.acceptFewer;
    sampling = builder.sampling;
    template = builder.template;
  }

  /**
   * 10 epochs of all types, up to 10 topics shown, topics of up to 3 words, temperature 1 with
   * top-p 0.98, up to 384 new tokens.
   */
  public static TopicOptions defaults() {
    return builder().build();
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder with these options. */
  public Builder toBuilder() {
    Builder builder = builder();
    builder.topicsPerType = topicsPerType;
    return builder
        .epochs(epochs)
        .topicsShown(topicsShown)
        .maxWords(maxWords)
        .patience(patience)
        .acceptFewer(acceptFewer)
        .sampling(sampling)
        .template(template);
  }

  /** How often each type of question is asked for at most. */
  public int epochs() {
    return epochs;
  }

  /** With how many topics a type is asked for no more; empty if it is asked for in every epoch. */
  public OptionalInt topicsPerType() {
    return topicsPerType;
  }

  /** How many known topics of the type a prompt shows at most. */
  public int topicsShown() {
    return topicsShown;
  }

  /** How many words a topic has at most. */
  public int maxWords() {
    return maxWords;
  }

  /** How many epochs more a type without topics gets. */
  public int patience() {
    return patience;
  }

  /** Whether a type without topics is left out, instead of failing. */
  public boolean acceptFewer() {
    return acceptFewer;
  }

  /** How to sample; the run decides the seed, and the template adds its own stop strings. */
  public GenerationOptions sampling() {
    return sampling;
  }

  /** How prompts are written. */
  public TopicListTemplate template() {
    return template;
  }

  /** What decides the output, patience excepted. */
  Settings.Builder settings() {
    Settings.Builder settings = Settings.builder().add("epochs", epochs);
    topicsPerType.ifPresent(count -> settings.add("topics_per_type", count));
    return settings
        .add("topics_shown", topicsShown)
        .add("max_words", maxWords)
        .add("sampling", sampling.summary())
        .add("template", template);
  }

  /**
   * Collects options; not safe for use by several threads. Every method checks its value and throws
   * {@link IllegalArgumentException}.
   */
  public static final class Builder {
    private int epochs = 10;
    private OptionalInt topicsPerType = OptionalInt.empty();
    private int topicsShown = 10;
    private int maxWords = 3;
    private int patience = 5;
    private boolean acceptFewer;
    private GenerationOptions sampling = SAMPLING;
    private TopicListTemplate template = TopicListTemplate.standard();

    private Builder() {}

    /**
     * How often each type of question is asked for, 1 or more; 10 by default. At most so often if
     * {@link #topicsPerType} is set.
     */
    @CanIgnoreReturnValue
    public Builder epochs(int count) {
      RoundOptions.Builder.check(count >= 1, "epochs", count, "1 or more");
      epochs = count;
      return this;
    }

    /**
     * How many topics are enough for a type of question, 1 or more: a type that has as many, those
     * of seeds not counted, is asked for no more. What an answer holds beyond that is kept all the
     * same, for {@link TopicBalancing} draws from it. Unset, each type is asked for in every epoch;
     * {@link InstructStages} sets it from the number of instructions that are wanted.
     */
    @CanIgnoreReturnValue
    public Builder topicsPerType(int count) {
      RoundOptions.Builder.check(count >= 1, "topicsPerType", count, "1 or more");
      topicsPerType = OptionalInt.of(count);
      return this;
    }

    /** How many known topics of the type a prompt shows at most, 1 or more; 10 by default. */
    @CanIgnoreReturnValue
    public Builder topicsShown(int count) {
      RoundOptions.Builder.check(count >= 1, "topicsShown", count, "1 or more");
      topicsShown = count;
      return this;
    }

    /** How many words a topic has at most, 1 or more; 3 by default. */
    @CanIgnoreReturnValue
    public Builder maxWords(int count) {
      RoundOptions.Builder.check(count >= 1, "maxWords", count, "1 or more");
      maxWords = count;
      return this;
    }

    /**
     * How many epochs more a type gets that has no topic after all epochs, 0 or more; 5 by default.
     * May be changed when a run is resumed.
     */
    @CanIgnoreReturnValue
    public Builder patience(int count) {
      RoundOptions.Builder.check(count >= 0, "patience", count, "0 or more");
      patience = count;
      return this;
    }

    /**
     * What becomes of a type that still has no topic: false, the default, fails with {@link
     * io.selfalign.error.NoProgressException} that names it, and the run can be resumed; true
     * leaves it out, and the counter {@code types_without_topics} tells how many are. May be
     * changed when a run is resumed.
     */
    @CanIgnoreReturnValue
    public Builder acceptFewer(boolean accept) {
      acceptFewer = accept;
      return this;
    }

    /** How to sample; its seed has no effect. */
    @CanIgnoreReturnValue
    public Builder sampling(GenerationOptions newSampling) {
      sampling = newSampling.toBuilder().seed(0).build();
      return this;
    }

    /** How prompts are written; {@link TopicListTemplate#standard} by default. */
    @CanIgnoreReturnValue
    public Builder template(TopicListTemplate newTemplate) {
      template = newTemplate;
      return this;
    }

    /** The options. */
    public TopicOptions build() {
      return new TopicOptions(this);
    }
  }
}
