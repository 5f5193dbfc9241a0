package io.selfalign.principle;

import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.pipeline.Settings;
import java.util.List;

/**
 * Chooses the exemplars that the prompt of a query shows, in their order.
 *
 * <p>A selector is a function: the same query and random numbers give the same exemplars, whatever
 * was asked before. Implementations are safe for use by several threads. One's own may choose by
 * the similarity of embeddings, for example; its {@link #settings} then name the embedding model.
 *
 * <p>Where the choice varies from query to query, prompts share the principles and what is before
 * them; where it doesn't, they share everything but the query.
 */
public interface ExemplarSelector {
  /** All exemplars that may be chosen, with unique ids, always the same. */
  List<Exemplar> pool();

  /**
   * The exemplars for a query, each from the pool and at most once.
   *
   * @param random the random numbers of the query's record
   */
  List<Exemplar> select(Query query, RecordRandom random);

  /** What decides the choice besides the pool, such as {@code {"selector": "random", "k": 3}}. */
  Settings settings();

  /** The six {@linkplain Exemplars#standard standard exemplars} in their order. */
  static ExemplarSelector all() {
    return all(Exemplars.standard());
  }

  /**
   * All of these, in their order.
   *
   * @throws IllegalArgumentException if two have the same id
   */
  static ExemplarSelector all(List<Exemplar> exemplars) {
    return new FixedSelector("all", exemplars, exemplars);
  }

  /** No exemplars: the model sees the principles alone. */
  static ExemplarSelector none() {
    return new FixedSelector("none", List.of(), List.of());
  }

  /**
   * Some of these, drawn for each query anew, in the order of the pool.
   *
   * @param k how many
   * @throws IllegalArgumentException if two have the same id, or there are fewer than {@code k}
   */
  static ExemplarSelector random(List<Exemplar> pool, int k) {
    return new RandomSelector(pool, k);
  }

  /**
   * Those that have most in common with the query by BM25 (Okapi; k1 = 1.2, b = 0.75) over the
   * words of their questions and answers, the nearest last, where it has the most effect. Exemplars
   * that are equally near are taken in the order of the pool.
   *
   * @param k how many
   * @throws IllegalArgumentException if two have the same id, or there are fewer than {@code k}
   */
  static ExemplarSelector nearest(List<Exemplar> pool, int k) {
    return new NearestSelector(pool, k);
  }

  /**
   * Those that have least in common with each other: first the one that is farthest from all
   * others, then always the one farthest from its nearest among those chosen. The distance of two
   * is the share of the words of either that is not in both (Jaccard). The same for every query, in
   * the order of the pool.
   *
   * @param k how many
   * @throws IllegalArgumentException if two have the same id, or there are fewer than {@code k}
   */
  static ExemplarSelector diverse(List<Exemplar> pool, int k) {
    return new FixedSelector("diverse", pool, Choices.diverse(pool, k));
  }

  /**
   * Those whose thoughts name as many different principles as possible: always the one that adds
   * the most principles to those chosen, the first in the pool among equals. The same for every
   * query, in the order of the pool.
   *
   * @param k how many
   * @throws IllegalArgumentException if two have the same id, or there are fewer than {@code k}
   */
  static ExemplarSelector principleCoverage(List<Exemplar> pool, int k) {
    return new FixedSelector("principle_coverage", pool, Choices.coveringPrinciples(pool, k));
  }
}
