package io.selfalign.instruct;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.Settings;

/** Options of {@link TopicInstruct}. Immutable. */
public final class TopicInstructOptions extends RoundOptions {
  private static final GenerationOptions SAMPLING =
      GenerationOptions.builder().maxNewTokens(384).temperature(1).topP(0.98).build();

  private final TopicTaskTemplate template;
  private final int topicsPerPrompt;

  private TopicInstructOptions(Builder builder) {
    super(builder);
    template = builder.template;
    topicsPerPrompt = builder.topicsPerPrompt;
  }

  /**
   * 400 instructions, 5 examples and one new topic in a prompt, temperature 1 with top-p 0.98, up
   * to 384 new tokens.
   */
  public static TopicInstructOptions defaults() {
    return builder().build();
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder with these options. */
  public Builder toBuilder() {
    return fill(new Builder()).template(template).topicsPerPrompt(topicsPerPrompt);
  }

  /** How prompts are written. */
  public TopicTaskTemplate template() {
    return template;
  }

  /** For how many topics a prompt asks. */
  public int topicsPerPrompt() {
    return topicsPerPrompt;
  }

  @Override
  Settings.Builder settings() {
    return super.settings().add("topics_per_prompt", topicsPerPrompt).add("template", template);
  }

  /** Collects options; not safe for use by several threads. */
  public static final class Builder extends RoundOptions.Builder<Builder> {
    private TopicTaskTemplate template = TopicTaskTemplate.standard();
    private int topicsPerPrompt = 1;

    private Builder() {
      super(400, SAMPLING);
    }

    @Override
    Builder self() {
      return this;
    }

    /** How prompts are written; {@link TopicTaskTemplate#standard} by default. */
    @CanIgnoreReturnValue
    public Builder template(TopicTaskTemplate newTemplate) {
      template = newTemplate;
      return this;
    }

    /**
     * For how many topics a prompt asks, 1 or more; 1 by default. With one, the prompt ends with
     * its hint, and the model has only the question to write. With several, a prompt is read once
     * for all of them, but each line after the first must repeat its hint, which small models
     * seldom do.
     */
    @CanIgnoreReturnValue
    public Builder topicsPerPrompt(int count) {
      check(count >= 1, "topicsPerPrompt", count, "1 or more");
      topicsPerPrompt = count;
      return this;
    }

    /** The options. */
    public TopicInstructOptions build() {
      return new TopicInstructOptions(this);
    }
  }
}
