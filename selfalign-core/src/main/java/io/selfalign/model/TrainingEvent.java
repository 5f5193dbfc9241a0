package io.selfalign.model;

import java.nio.file.Path;
import java.time.Duration;

/** What happens during a training. Delivered on the training thread, in order. */
public sealed interface TrainingEvent {
  /**
   * The examples are read and training begins.
   *
   * @param examples how many are trained on
   * @param validationExamples how many are only measured
   * @param skippedExamples how many were too long
   * @param tokens how many tokens those have that are trained on, prompts included
   * @param totalSteps how many optimizer steps there are in all
   * @param resumedFrom the step that was the last one of the checkpoint that training goes on from;
   *     0 if it starts anew
   */
  record Started(
      int examples,
      int validationExamples,
      int skippedExamples,
      long tokens,
      int totalSteps,
      int resumedFrom)
      implements TrainingEvent {}

  /**
   * An optimizer step was made.
   *
   * @param step its number, from 1 on
   * @param totalSteps how many there are in all
   * @param loss the mean negative log-probability of a completion token over the step's batch
   * @param learningRate the rate that the step was made with
   * @param gradientNorm the norm of the whole gradient before clipping
   * @param tokens the tokens of the batch, prompts included
   * @param completionTokens those of them that are learnt
   * @param tokensPerSecond {@code tokens} over the time that the step took
   * @param timeLeft what the remaining steps will take at the mean speed so far
   */
  record Step(
      int step,
      int totalSteps,
      double loss,
      double learningRate,
      double gradientNorm,
      long tokens,
      long completionTokens,
      double tokensPerSecond,
      Duration timeLeft)
      implements TrainingEvent {}

  /**
   * The validation split was measured.
   *
   * @param step after how many optimizer steps
   * @param loss the mean negative log-probability of its completion tokens
   */
  record Validated(int step, double loss) implements TrainingEvent {
    /** The exponential of the loss. */
    public double perplexity() {
      return Math.exp(loss);
    }
  }

  /**
   * A checkpoint was written.
   *
   * @param step after how many optimizer steps
   * @param folder where it is
   */
  record CheckpointWritten(int step, Path folder) implements TrainingEvent {}
}
