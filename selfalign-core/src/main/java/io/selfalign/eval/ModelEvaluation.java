package io.selfalign.eval;

import io.selfalign.data.Traceable;
import io.selfalign.model.BaseModel;
import io.selfalign.pipeline.Settings;

/** What all benchmarks of a model have in common. */
abstract class ModelEvaluation<I extends Traceable, O extends HasMetrics>
    implements Evaluation<I, O> {
  private final Class<I> inputType;
  private final Class<O> outputType;
  private final String benchmark;
  private final BaseModel model;
  private final String name;
  private final PromptStyle style;
  private final int unitSize;

  ModelEvaluation(
      Class<I> inputType, Class<O> outputType, String benchmark, EvaluationBuilder<?> options) {
    this.inputType = inputType;
    this.outputType = outputType;
    this.benchmark = benchmark;
    model = options.model();
    name = options.name();
    style = options.style();
    unitSize = options.unitSize();
  }

  PromptStyle style() {
    return style;
  }

  /** The settings so far; a benchmark adds what else decides. */
  Settings.Builder commonSettings() {
    return Settings.builder()
        .add("benchmark", benchmark)
        .add("model", model.fingerprint())
        .add("style", style.settings());
  }

  @Override
  public Settings settings() {
    return commonSettings().build();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String benchmark() {
    return benchmark;
  }

  /** The model that is measured. */
  public BaseModel model() {
    return model;
  }

  @Override
  public String modelName() {
    return model.name();
  }

  @Override
  public String modelFingerprint() {
    return model.fingerprint();
  }

  @Override
  public String promptStyle() {
    return style.name();
  }

  @Override
  public Class<I> inputType() {
    return inputType;
  }

  @Override
  public Class<O> outputType() {
    return outputType;
  }

  @Override
  public int unitSize() {
    return unitSize;
  }
}
