package io.selfalign.instruct;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.Settings;

/**
 * Options of {@link SelfInstruct}. Immutable.
 *
 * <pre>{@code
 * SelfInstructOptions.builder().instructions(5_000).withoutFilter("not_text").build();
 * }</pre>
 */
public final class SelfInstructOptions extends RoundOptions {
  private static final GenerationOptions SAMPLING =
      GenerationOptions.builder()
          .maxNewTokens(1024)
          .temperature(1)
          .topP(0.98)
          .forbidEndOfSequence(true)
          .build();

  private final TaskListTemplate template;
  private final int epochs;

  private SelfInstructOptions(Builder builder) {
    super(builder);
    template = builder.template;
    epochs = builder.epochs;
  }

  /**
   * 1,000 instructions in one epoch, 5 examples in a prompt, temperature 1 with top-p 0.98, up to
   * 1,024 new tokens without end of sequence (the released script's figure; the paper has 384).
   */
  public static SelfInstructOptions defaults() {
    return builder().build();
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder with these options. */
  public Builder toBuilder() {
    return fill(new Builder()).template(template).epochs(epochs);
  }

  /** How prompts are written. */
  public TaskListTemplate template() {
    return template;
  }

  /** In how many epochs the instructions are made. */
  public int epochs() {
    return epochs;
  }

  @Override
  Settings.Builder settings() {
    return super.settings().add("epochs", epochs).add("template", template);
  }

  /** Collects options; not safe for use by several threads. */
  public static final class Builder extends RoundOptions.Builder<Builder> {
    private TaskListTemplate template = TaskListTemplate.standard();
    private int epochs = 1;

    private Builder() {
      super(1_000, SAMPLING);
    }

    @Override
    Builder self() {
      return this;
    }

    /** How prompts are written; {@link TaskListTemplate#standard} by default. */
    @CanIgnoreReturnValue
    public Builder template(TaskListTemplate newTemplate) {
      template = newTemplate;
      return this;
    }

    /**
     * In how many epochs the instructions are made, 1 or more; 1 by default. Each makes an equal
     * share of them. The first draws its examples from the seeds, each later one from the share of
     * the epoch before it.
     */
    @CanIgnoreReturnValue
    public Builder epochs(int count) {
      check(count >= 1, "epochs", count, "1 or more");
      epochs = count;
      return this;
    }

    /** The options. */
    public SelfInstructOptions build() {
      return new SelfInstructOptions(this);
    }
  }
}
