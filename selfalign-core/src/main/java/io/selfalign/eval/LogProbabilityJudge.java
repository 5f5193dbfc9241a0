package io.selfalign.eval;

import io.selfalign.model.BaseModel;
import io.selfalign.pipeline.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model as a judge by its log-probabilities: nothing is generated or parsed, so that base models
 * can judge as well, and every question has a verdict.
 *
 * <pre>{@code
 * score of the first answer  = p(" A") / (p(" A") + p(" B"))
 * score of the second answer = p(" B") / (p(" A") + p(" B"))
 * grade                      = p(" Yes") / (p(" Yes") + p(" No"))
 * }</pre>
 *
 * <p>What does not fit the model's context has no verdict, for the reason {@code too_long}.
 * Immutable and safe for use by several threads, as the model is.
 */
public final class LogProbabilityJudge implements Judge {
  private static final String WHICH = "\n\nWhich answer is better, A or B?\nAnswer";
  private static final String VERDICT = "\nVerdict (Yes or No):";

  private final BaseModel model;

  private LogProbabilityJudge(BaseModel model) {
    this.model = model;
  }

  /** A judge that asks a model. */
  public static LogProbabilityJudge of(BaseModel model) {
    return new LogProbabilityJudge(model);
  }

  @Override
  public List<Verdict<PairScores>> compare(List<PairToJudge> pairs) {
    List<String> prompts = pairs.stream().map(pair -> JudgePrompts.compare(pair) + WHICH).toList();
    List<Verdict<PairScores>> verdicts = new ArrayList<>();
    for (Verdict<Double> share : shares(prompts, " A", " B")) {
      verdicts.add(
          share
              .value()
              .map(p -> Verdict.of(new PairScores(p, 1 - p), ""))
              .orElseGet(() -> Verdict.none(share.reason(), share.text())));
    }
    return verdicts;
  }

  @Override
  public List<Verdict<Double>> grade(List<AnswerToGrade> answers, Rubric rubric) {
    List<String> prompts =
        answers.stream().map(answer -> JudgePrompts.grade(answer, rubric) + VERDICT).toList();
    return shares(prompts, " Yes", " No");
  }

  /** For each prompt the part of both words' probability that the first word has. */
  private List<Verdict<Double>> shares(List<String> prompts, String word, String other) {
    Scoring scoring = new Scoring(model);
    for (int i = 0; i < prompts.size(); i++) {
      String prompt = prompts.get(i);
      scoring.add(
          String.valueOf(i),
          List.of(new Scoring.Continuation(prompt, word), new Scoring.Continuation(prompt, other)));
    }
    Scoring.Result result = scoring.run();
    List<Verdict<Double>> shares = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      List<Double> scores = result.scores().get(String.valueOf(i));
      shares.add(
          scores == null
              ? Verdict.none(Scoring.TOO_LONG, result.tooLong().getOrDefault(String.valueOf(i), ""))
              : Verdict.of(1 / (1 + Math.exp(scores.get(1) - scores.get(0))), ""));
    }
    return shares;
  }

  @Override
  public Settings settings() {
    return Settings.builder()
        .add("judge", "log-probability")
        .add("model", model.fingerprint())
        .add("prompts", JudgePrompts.settings())
        .add("ask", List.of(WHICH, VERDICT))
        .build();
  }

  @Override
  public Optional<String> fingerprint() {
    return Optional.of(model.fingerprint());
  }
}
