package io.selfalign.eval;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.data.Drop;
import io.selfalign.model.BaseModel;
import io.selfalign.model.FinishReason;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.pipeline.BatchStage;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Unit;
import io.selfalign.pipeline.UnitContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets a model answer questions in its own words, for a {@link Judge}. A question whose prompt does
 * not fit the model's context with the new tokens is in the ledger as {@value Scoring#TOO_LONG}. An
 * answer of nothing is an answer. Immutable and safe for use by several threads.
 */
public final class AnswerGeneration implements BatchStage<OpenQuestion, GeneratedAnswer> {
  /** The stage's name, unless another is set. */
  public static final String NAME = "answers";

  private final BaseModel model;
  private final String name;
  private final PromptStyle style;
  private final GenerationOptions sampling;
  private final int unitSize;

  private AnswerGeneration(Builder builder) {
    model = builder.model();
    name = builder.name();
    style = builder.style();
    sampling = builder.sampling;
    unitSize = builder.unitSize();
  }

  /** A builder with the defaults, for a model. */
  public static Builder builder(BaseModel model) {
    return new Builder(model);
  }

  /**
   * Greedy, 256 new tokens, and an end where the next question or turn of {@link PromptStyle}'s own
   * forms would begin.
   */
  public static GenerationOptions defaultSampling() {
    return GenerationOptions.builder()
        .temperature(0)
        .maxNewTokens(256)
        .stop("\nQ:", "\n\n## User")
        .build();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Class<OpenQuestion> inputType() {
    return OpenQuestion.class;
  }

  @Override
  public Class<GeneratedAnswer> outputType() {
    return GeneratedAnswer.class;
  }

  @Override
  public int unitSize() {
    return unitSize;
  }

  /** The model that answers. */
  public BaseModel model() {
    return model;
  }

  /** How questions are put. */
  public PromptStyle style() {
    return style;
  }

  @Override
  public Settings settings() {
    return Settings.builder()
        .add("model", model.fingerprint())
        .add("style", style.settings())
        .add("sampling", sampling.summary())
        .build();
  }

  @Override
  public Unit<GeneratedAnswer> process(List<OpenQuestion> batch, UnitContext context) {
    int limit = model.contextLength() - sampling.maxNewTokens();
    List<GenerationRequest> requests = new ArrayList<>();
    Map<String, Drop> tooLong = new HashMap<>();
    for (OpenQuestion question : batch) {
      String id = question.id();
      String prompt = style.prompt(question.question());
      int tokens = model.countTokens(prompt);
      if (tokens > limit) {
        String detail = "prompt of " + tokens + " tokens, at most " + limit;
        tooLong.put(id, new Drop(id, List.of(id), Scoring.TOO_LONG, detail, question.question()));
      } else {
        requests.add(new GenerationRequest(id, prompt));
      }
    }
    Map<String, Generation> generations = new HashMap<>();
    if (!requests.isEmpty()) {
      GenerationOptions seeded = sampling.toBuilder().seed(context.seed()).build();
      model.generate(requests, seeded).forEach(g -> generations.put(g.id(), g));
    }
    Unit.Builder<GeneratedAnswer> unit = Unit.builder();
    for (OpenQuestion question : batch) {
      Generation generation = generations.get(question.id());
      if (generation == null) {
        unit.drop(Optional.ofNullable(tooLong.get(question.id())).orElseThrow());
      } else {
        unit.keep(
            GeneratedAnswer.of(
                question,
                generation.text(),
                generation.finishReason() != FinishReason.LENGTH,
                model.name(),
                Optional.of(model.fingerprint())));
      }
    }
    return unit.build();
  }

  /** Collects options; not safe for use by several threads. */
  public static final class Builder extends EvaluationBuilder<Builder> {
    private GenerationOptions sampling = defaultSampling();

    private Builder(BaseModel model) {
      super(model, NAME, PromptStyle.plain());
    }

    @Override
    Builder self() {
      return this;
    }

    /**
     * How answers are sampled; {@link #defaultSampling} by default. Its seed has no effect: that
     * derives from the run's.
     */
    @CanIgnoreReturnValue
    public Builder sampling(GenerationOptions newSampling) {
      sampling = newSampling;
      return this;
    }

    /** The stage. */
    public AnswerGeneration build() {
      return new AnswerGeneration(this);
    }
  }
}
