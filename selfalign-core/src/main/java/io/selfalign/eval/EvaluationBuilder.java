package io.selfalign.eval;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.model.BaseModel;

/**
 * The options that every benchmark of a model has. Not safe for use by several threads.
 *
 * @param <B> the builder's own type
 */
public abstract sealed class EvaluationBuilder<B extends EvaluationBuilder<B>>
    permits MultipleChoice.Builder,
        TrueFalseRanking.Builder,
        PreferenceEvaluation.Builder,
        AnswerGeneration.Builder {
  private final BaseModel model;
  private String name;
  private PromptStyle style;
  private int unitSize = 64;

  EvaluationBuilder(BaseModel model, String name, PromptStyle style) {
    this.model = model;
    this.name = name;
    this.style = style;
  }

  abstract B self();

  /** The stage's name in a run; each model that a run measures needs its own. */
  @CanIgnoreReturnValue
  public B name(String newName) {
    name = newName;
    return self();
  }

  /** How items are put to the model; a plain style by default. */
  @CanIgnoreReturnValue
  public B style(PromptStyle newStyle) {
    style = newStyle;
    return self();
  }

  /**
   * How many items are committed, and handed to the model, together; 64 by default. Does not change
   * what is found for an item.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  @CanIgnoreReturnValue
  public B unitSize(int newSize) {
    if (newSize < 1) {
      throw new IllegalArgumentException("unitSize is " + newSize + ", but must be 1 up");
    }
    unitSize = newSize;
    return self();
  }

  BaseModel model() {
    return model;
  }

  String name() {
    return name;
  }

  PromptStyle style() {
    return style;
  }

  int unitSize() {
    return unitSize;
  }
}
