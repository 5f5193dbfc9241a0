package io.selfalign.testing;

import io.selfalign.eval.AnswerToGrade;
import io.selfalign.eval.Judge;
import io.selfalign.eval.PairScores;
import io.selfalign.eval.PairToJudge;
import io.selfalign.eval.Rubric;
import io.selfalign.eval.Verdict;
import io.selfalign.pipeline.Settings;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;

/** A judge whose verdicts are functions. */
public final class ScriptedJudge implements Judge {
  private final Function<PairToJudge, Verdict<PairScores>> compare;
  private final ToDoubleBiFunction<AnswerToGrade, Rubric> grade;
  private final Optional<String> fingerprint;

  private ScriptedJudge(
      Function<PairToJudge, Verdict<PairScores>> compare,
      ToDoubleBiFunction<AnswerToGrade, Rubric> grade,
      Optional<String> fingerprint) {
    this.compare = compare;
    this.grade = grade;
    this.fingerprint = fingerprint;
  }

  /** A judge that compares by scores. */
  public static ScriptedJudge comparing(Function<PairToJudge, PairScores> compare) {
    return answering(pair -> Verdict.of(compare.apply(pair), ""));
  }

  /** A judge that compares, or has no verdict. */
  public static ScriptedJudge answering(Function<PairToJudge, Verdict<PairScores>> compare) {
    return new ScriptedJudge(compare, (answer, rubric) -> 0, Optional.empty());
  }

  /** A judge that grades. */
  public static ScriptedJudge grading(ToDoubleBiFunction<AnswerToGrade, Rubric> grade) {
    return new ScriptedJudge(pair -> Verdict.of(new PairScores(1, 1), ""), grade, Optional.empty());
  }

  /** The same judge, as the model of a fingerprint. */
  public ScriptedJudge as(String model) {
    return new ScriptedJudge(compare, grade, Optional.of(model));
  }

  @Override
  public List<Verdict<PairScores>> compare(List<PairToJudge> pairs) {
    return pairs.stream().map(compare).toList();
  }

  @Override
  public List<Verdict<Double>> grade(List<AnswerToGrade> answers, Rubric rubric) {
    return answers.stream()
        .map(answer -> Verdict.of(grade.applyAsDouble(answer, rubric), ""))
        .toList();
  }

  @Override
  public Settings settings() {
    return Settings.builder().add("judge", "scripted").build();
  }

  @Override
  public Optional<String> fingerprint() {
    return fingerprint;
  }
}
