package io.selfalign.principle;

import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.pipeline.Settings;
import io.selfalign.text.RougeTokenizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The exemplars nearest to a query by Okapi BM25, the nearest last. */
final class NearestSelector implements ExemplarSelector {
  private static final double K1 = 1.2;
  private static final double B = 0.75;

  private final List<Exemplar> pool;
  private final int k;

  /** How often each exemplar has each word. */
  private final List<Map<String, Integer>> counts = new ArrayList<>();

  private final List<Integer> lengths = new ArrayList<>();
  private final double meanLength;

  /** In how many exemplars each word is. */
  private final Map<String, Integer> frequency = new HashMap<>();

  NearestSelector(List<Exemplar> pool, int k) {
    this.pool = Choices.checkedPool(pool, k);
    this.k = k;
    for (Exemplar exemplar : this.pool) {
      Map<String, Integer> words = new HashMap<>();
      List<String> tokens = Choices.words(exemplar);
      tokens.forEach(word -> words.merge(word, 1, Integer::sum));
      words.keySet().forEach(word -> frequency.merge(word, 1, Integer::sum));
      counts.add(words);
      lengths.add(tokens.size());
    }
    meanLength = lengths.stream().mapToInt(length -> length).average().orElse(1);
  }

  @Override
  public List<Exemplar> pool() {
    return pool;
  }

  @Override
  public List<Exemplar> select(Query query, RecordRandom random) {
    List<String> words = RougeTokenizer.UNICODE.tokenize(query.text());
    double[] scores = IntStream.range(0, pool.size()).mapToDouble(i -> score(i, words)).toArray();
    List<Exemplar> nearest = new ArrayList<>();
    IntStream.range(0, pool.size())
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
        .limit(k)
        .forEach(i -> nearest.add(pool.get(i)));
    Collections.reverse(nearest);
    return nearest;
  }

  private double score(int exemplar, List<String> query) {
    double score = 0;
    for (String word : new HashSet<>(query).stream().sorted().toList()) {
      int count = counts.get(exemplar).getOrDefault(word, 0);
      if (count > 0) {
        int holders = frequency.getOrDefault(word, 0);
        double rarity = Math.log1p((pool.size() - holders + 0.5) / (holders + 0.5));
        double norm = K1 * (1 - B + B * lengths.get(exemplar) / meanLength);
        score += rarity * count * (K1 + 1) / (count + norm);
      }
    }
    return score;
  }

  @Override
  public Settings settings() {
    return Settings.builder().add("selector", "nearest").add("k", k).build();
  }
}
