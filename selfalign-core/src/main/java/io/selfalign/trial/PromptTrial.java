package io.selfalign.trial;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.error.CancelledException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.model.BaseModel;
import io.selfalign.model.GenerationOptions;
import io.selfalign.principle.FrameReplies;
import io.selfalign.principle.PrincipleDrivenAlignment;
import io.selfalign.principle.PromptFrame;
import io.selfalign.trial.FrameResult.PromptTokens;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * Tries prompts: a model answers the same labelled questions under several frames, and what it
 * writes is measured.
 *
 * <pre>{@code
 * TrialReport report =
 *     PromptTrial.of(model)
 *         .frame("standard", PromptFrame.standard())
 *         .frame("mine", PromptFrame.builder().principles(mine).exemplars(own).build())
 *         .run();
 * System.out.println(report);
 * System.out.println(report.samples(5));
 * }</pre>
 *
 * <p>A question's random numbers come from the seed and its id alone, so that all frames get the
 * same. Nothing is filtered: what {@link PrincipleDrivenAlignment} would drop is here to be seen.
 * Questions that a frame can't put, because they have a line that is one of its markers or are too
 * long for the model's context, are counted by reason.
 *
 * <p>Prompts are read and replies are measured by the calling thread; all replies are held in
 * memory. Not safe for use by several threads.
 */
public final class PromptTrial {
  private final BaseModel model;
  private final Map<String, PromptFrame> frames = new LinkedHashMap<>();
  private final Map<String, ToIntFunction<String>> tokenizers = new LinkedHashMap<>();
  private List<TrialQuestion> questions = TrialQuestions.standard();
  private GenerationOptions sampling = PrincipleDrivenAlignment.defaultSampling();
  private int thoughtTokens = FrameReplies.DEFAULT_THOUGHT_TOKENS;
  private Consumer<? super TrialReply> listener = reply -> {};

  private PromptTrial(BaseModel model) {
    this.model = model;
    tokenizers.put(model.name(), model::countTokens);
  }

  /** A trial with a model, which may be any and stays open; so far without a frame. */
  public static PromptTrial of(BaseModel model) {
    return new PromptTrial(model);
  }

  /**
   * Adds a frame. The others are compared with the first.
   *
   * @param name what the report calls it
   * @throws IllegalArgumentException if there is a frame of this name
   */
  @CanIgnoreReturnValue
  public PromptTrial frame(String name, PromptFrame frame) {
    if (frames.putIfAbsent(name, frame) != null) {
      throw new IllegalArgumentException(
          "two frames are named '" + name + "'; they are " + frames.keySet());
    }
    return this;
  }

  /**
   * What is asked; {@link TrialQuestions#standard} by default.
   *
   * @throws IllegalArgumentException if there are none, or two have the same id
   */
  @CanIgnoreReturnValue
  public PromptTrial questions(List<TrialQuestion> newQuestions) {
    if (newQuestions.isEmpty()) {
      throw new IllegalArgumentException("there are no questions; give at least one");
    }
    Set<String> ids = new HashSet<>();
    for (TrialQuestion question : newQuestions) {
      if (!ids.add(question.id())) {
        throw new IllegalArgumentException(
            "two questions have the id '" + question.id() + "'; make ids unique");
      }
    }
    questions = List.copyOf(newQuestions);
    return this;
  }

  /**
   * How replies are sampled, with the seed; {@link PrincipleDrivenAlignment#defaultSampling} with
   * seed 0 by default. Each frame's stop strings are added.
   */
  @CanIgnoreReturnValue
  public PromptTrial sampling(GenerationOptions newSampling) {
    sampling = newSampling;
    return this;
  }

  /**
   * The most tokens of thoughts; {@value FrameReplies#DEFAULT_THOUGHT_TOKENS} by default.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  @CanIgnoreReturnValue
  public PromptTrial thoughtTokens(int newTokens) {
    if (newTokens < 1) {
      throw new IllegalArgumentException("thoughtTokens is " + newTokens + ", but must be 1 up");
    }
    thoughtTokens = newTokens;
    return this;
  }

  /**
   * Counts the prompts' tokens with another tokenizer too, such as that of the model for which the
   * frame is meant.
   *
   * @param name what the report calls it
   * @param countTokens how many tokens a text has
   * @throws IllegalArgumentException if there is a tokenizer of this name
   */
  @CanIgnoreReturnValue
  public PromptTrial tokenizer(String name, ToIntFunction<String> countTokens) {
    if (tokenizers.putIfAbsent(name, countTokens) != null) {
      throw new IllegalArgumentException(
          "two tokenizers are named '" + name + "'; they are " + tokenizers.keySet());
    }
    return this;
  }

  /** Gets every reply as soon as it is measured, on the thread that runs the trial. */
  @CanIgnoreReturnValue
  public PromptTrial listener(Consumer<? super TrialReply> newListener) {
    listener = newListener;
    return this;
  }

  /**
   * Asks all questions under every frame.
   *
   * @throws IllegalStateException if there is no frame
   * @throws IllegalArgumentException if a frame does not fit the model's context, before anything
   *     is generated, or the model can't do what the sampling wants
   * @throws CancelledException if the thread is interrupted
   * @throws SelfAlignException if the model fails
   */
  public TrialReport run() {
    if (frames.isEmpty()) {
      throw new IllegalStateException("there is no frame to try; add one with frame(name, frame)");
    }
    List<FrameTrial> trials = new ArrayList<>();
    frames.forEach(
        (name, frame) -> trials.add(new FrameTrial(name, frame, model, sampling, thoughtTokens)));
    trials.forEach(FrameTrial::checkRoom);
    TrialSetting setting =
        new TrialSetting(
            model.name(),
            model.fingerprint(),
            sampling.summary(),
            thoughtTokens,
            sampling.seed(),
            counts());
    List<FrameResult> results = new ArrayList<>();
    List<TrialReply> replies = new ArrayList<>();
    Optional<FrameTrial.Outcome> first = Optional.empty();
    for (FrameTrial trial : trials) {
      FrameTrial.Outcome outcome = trial.run(questions, listener);
      results.add(result(trial, setting, outcome, first));
      replies.addAll(outcome.replies());
      first = first.or(() -> Optional.of(outcome));
    }
    return new TrialReport(setting, results, replies);
  }

  private FrameResult result(
      FrameTrial trial,
      TrialSetting setting,
      FrameTrial.Outcome outcome,
      Optional<FrameTrial.Outcome> first) {
    List<TrialReply> replies = outcome.replies();
    List<TrialReply> answered = replies.stream().filter(TrialReply::hasAnswer).toList();
    List<PromptTokens> promptTokens = new ArrayList<>();
    tokenizers.forEach(
        (name, count) -> promptTokens.add(trial.promptTokens(name, count, questions)));
    String against = frames.keySet().iterator().next();
    return new FrameResult(
        trial.name(),
        setting,
        trial.sha256(),
        promptTokens,
        replies.size(),
        answered.size(),
        outcome.skipped(),
        Statistics.median(answered, TrialReply::characters),
        Statistics.median(replies, TrialReply::tokens),
        Statistics.shares(replies),
        first
            .map(other -> Statistics.differences(against, other.replies(), replies))
            .orElse(List.of()));
  }

  private Map<QuestionKind, Integer> counts() {
    Map<QuestionKind, Integer> counts = new EnumMap<>(QuestionKind.class);
    questions.forEach(question -> counts.merge(question.kind(), 1, Integer::sum));
    return counts;
  }
}
