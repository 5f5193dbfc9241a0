package io.selfalign.djl;

import io.selfalign.djl.internal.decode.ModelRunner;
import io.selfalign.model.AdaptedModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A {@link DjlModel} with an adapter, over the same weights. Thread-safe. */
final class DjlAdaptedModel implements AdaptedModel {
  private final String name;
  private final Supplier<String> fingerprint;
  private final int contextLength;
  private final ModelRunner runner;
  private final Consumer<DjlAdaptedModel> onClose;

  DjlAdaptedModel(
      String name,
      Supplier<String> fingerprint,
      int contextLength,
      ModelRunner runner,
      Consumer<DjlAdaptedModel> onClose) {
    this.name = name;
    this.fingerprint = fingerprint;
    this.contextLength = contextLength;
    this.runner = runner;
    this.onClose = onClose;
  }

  @Override
  public String name() {
    return name;
  }

  /** The base model's fingerprint and the SHA-256 of the adapter's files. */
  @Override
  public String fingerprint() {
    return fingerprint.get();
  }

  @Override
  public int contextLength() {
    return contextLength;
  }

  @Override
  public int countTokens(String text) {
    return runner.countTokens(text);
  }

  @Override
  public void generate(
      List<GenerationRequest> requests,
      GenerationOptions options,
      Consumer<? super Generation> onComplete) {
    runner.generate(requests, options, onComplete);
  }

  @Override
  public List<Score> score(List<ScoreRequest> requests) {
    return runner.score(requests);
  }

  float[] logits(String text) {
    return runner.logits(text);
  }

  @Override
  public void close() {
    onClose.accept(this);
    runner.close();
  }
}
