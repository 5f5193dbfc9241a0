package io.selfalign.eval;

import io.selfalign.eval.ScoredChoices.Scored;
import java.util.List;

/** The figures of multiple choice. */
final class ChoiceFigures {
  private ChoiceFigures() {}

  /**
   * Whether a right choice has the highest score: 1 or 0, and where several share the highest, the
   * share of right ones among these.
   */
  static double best(List<Scored> choices) {
    double highest = choices.stream().mapToDouble(Scored::score).max().orElseThrow();
    List<Scored> best = choices.stream().filter(choice -> choice.score() == highest).toList();
    return shareOfRight(best);
  }

  /** The part of the choices' probabilities that right ones have: {@code sum p / sum p}. */
  static double mass(List<Scored> choices) {
    double highest = choices.stream().mapToDouble(Scored::score).max().orElseThrow();
    double right = 0;
    double all = 0;
    for (Scored choice : choices) {
      // Relative to the highest, so that long answers do not all become 0.
      double probability = Math.exp(choice.score() - highest);
      right += choice.correct() ? probability : 0;
      all += probability;
    }
    return right / all;
  }

  /** What guessing gives: of {@link #best} the expectation, of {@link #mass} equal ones. */
  static double shareOfRight(List<Scored> choices) {
    return (double) choices.stream().filter(Scored::correct).count() / choices.size();
  }

  static List<Scored> single(List<Scored> choices) {
    return choices.stream().filter(Scored::single).toList();
  }
}
