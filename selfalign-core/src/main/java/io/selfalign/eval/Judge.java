package io.selfalign.eval;

import io.selfalign.pipeline.Settings;
import java.util.List;
import java.util.Optional;

/**
 * Judges answers: which of two is better, and whether one does what a {@link Rubric} asks. {@link
 * LogProbabilityJudge} and {@link ParsedJudge} ask a model; one's own may ask people.
 *
 * <p>A judge says nothing of orders: whoever wants to know whether it looks at the order asks both
 * ways, as {@link PairwiseEvaluation} does. What it says of an item must not depend on the others.
 * Safe for use by several threads.
 */
public interface Judge {
  /** Compares answers; one verdict for each pair, in their order. */
  List<Verdict<PairScores>> compare(List<PairToJudge> pairs);

  /**
   * Grades answers: 0 is no, 1 is yes, and over 1/2 counts as yes. One verdict for each answer, in
   * their order.
   */
  List<Verdict<Double>> grade(List<AnswerToGrade> answers, Rubric rubric);

  /** Everything that decides, such as a model's fingerprint and the prompts. */
  Settings settings();

  /**
   * The fingerprint of the model that judges, if one does, by which it is told from those judged.
   */
  Optional<String> fingerprint();
}
