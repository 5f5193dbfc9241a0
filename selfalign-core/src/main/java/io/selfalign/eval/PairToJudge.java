package io.selfalign.eval;

/**
 * Two answers to compare, in the order in which a judge is to see them.
 *
 * @param id identifies the comparison in its call
 * @param question what was asked
 * @param first the answer that is shown first
 * @param second the answer that is shown last
 */
public record PairToJudge(String id, String question, String first, String second) {}
