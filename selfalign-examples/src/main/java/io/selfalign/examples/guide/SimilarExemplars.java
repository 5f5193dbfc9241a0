package io.selfalign.examples.guide;

import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.pipeline.Settings;
import io.selfalign.principle.Exemplar;
import io.selfalign.principle.ExemplarSelector;
import io.selfalign.text.RougeTokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Shows an exemplar selector of one's own: the exemplars whose questions are most similar to the
 * query, the most similar last, where it has the most effect.
 *
 * <p>Similarity is the cosine of two vectors. {@link #byRareWords} makes a vector of a text's
 * words, each weighted by its rarity. To use an embedding model, give its vectors instead and its
 * name, by which a run tells that another selector was used.
 *
 * <p>Safe for use by several threads, if the embedding is.
 */
final class SimilarExemplars implements ExemplarSelector {
  private final List<Exemplar> pool;
  private final int k;
  private final String embeddingName;
  private final Function<String, ? extends Map<String, Double>> embedding;

  /**
   * @param k how many to show
   * @param embeddingName names the embedding in a run's settings
   * @param embedding a text's vector, by the names of its dimensions; 0 where there is none
   */
  SimilarExemplars(
      List<Exemplar> pool,
      int k,
      String embeddingName,
      Function<String, ? extends Map<String, Double>> embedding) {
    if (k < 1 || k > pool.size()) {
      throw new IllegalArgumentException("k is " + k + ", but must be 1 to " + pool.size());
    }
    this.pool = List.copyOf(pool);
    this.k = k;
    this.embeddingName = embeddingName;
    this.embedding = embedding;
  }

  /** Similar by common words, of which one counts the more, the fewer exemplars have it. */
  static SimilarExemplars byRareWords(List<Exemplar> pool, int k) {
    Map<String, Integer> holders = new HashMap<>();
    for (Exemplar exemplar : pool) {
      new TreeSet<>(words(question(exemplar)))
          .forEach(word -> holders.merge(word, 1, Integer::sum));
    }
    return new SimilarExemplars(
        pool,
        k,
        "rare-words",
        text -> {
          // Sorted, so that sums have one order and a choice is the same on every machine.
          Map<String, Double> vector = new TreeMap<>();
          for (String word : words(text)) {
            int count = holders.getOrDefault(word, 0);
            vector.merge(word, Math.log((pool.size() + 1.0) / (count + 0.5)), Double::sum);
          }
          return vector;
        });
  }

  private static List<String> words(String text) {
    return RougeTokenizer.UNICODE.tokenize(text);
  }

  private static String question(Exemplar exemplar) {
    return exemplar.turns().get(0).query();
  }

  @Override
  public List<Exemplar> pool() {
    return pool;
  }

  @Override
  public List<Exemplar> select(Query query, RecordRandom random) {
    Map<String, Double> asked = embedding.apply(query.text());
    Map<String, Double> similarity = new HashMap<>();
    for (Exemplar exemplar : pool) {
      similarity.put(exemplar.id(), cosine(asked, embedding.apply(question(exemplar))));
    }
    List<Exemplar> nearestLast = new ArrayList<>(pool);
    nearestLast.sort(Comparator.comparing(exemplar -> similarity.get(exemplar.id())));
    return List.copyOf(nearestLast.subList(pool.size() - k, pool.size()));
  }

  private static double cosine(Map<String, Double> a, Map<String, Double> b) {
    double product = dot(a, b);
    return product == 0 ? 0 : product / Math.sqrt(dot(a, a) * dot(b, b));
  }

  private static double dot(Map<String, Double> a, Map<String, Double> b) {
    double sum = 0;
    for (Map.Entry<String, Double> entry : a.entrySet()) {
      sum += entry.getValue() * b.getOrDefault(entry.getKey(), 0.0);
    }
    return sum;
  }

  @Override
  public Settings settings() {
    return Settings.builder()
        .add("selector", "similar")
        .add("embedding", embeddingName)
        .add("k", k)
        .build();
  }
}
