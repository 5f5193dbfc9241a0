package io.selfalign.principle;

import io.selfalign.text.RougeTokenizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Chooses exemplars from a pool without regard to a query. */
final class Choices {
  private Choices() {}

  /** The pool as an immutable list, of which {@code k} can be chosen. */
  static List<Exemplar> checkedPool(List<Exemplar> pool, int k) {
    Set<String> ids = new HashSet<>();
    for (Exemplar exemplar : pool) {
      if (!ids.add(exemplar.id())) {
        throw new IllegalArgumentException(
            "two exemplars have the id '" + exemplar.id() + "'; make ids unique");
      }
    }
    if (k < 0 || k > pool.size()) {
      throw new IllegalArgumentException(
          "k is " + k + ", but must be 0 to " + pool.size() + ", the number of exemplars");
    }
    return List.copyOf(pool);
  }

  /** The words of an exemplar's questions and answers, with repetitions. */
  static List<String> words(Exemplar exemplar) {
    List<String> words = new ArrayList<>();
    for (Exemplar.Turn turn : exemplar.turns()) {
      words.addAll(RougeTokenizer.UNICODE.tokenize(turn.query()));
      words.addAll(RougeTokenizer.UNICODE.tokenize(turn.answer()));
    }
    return words;
  }

  /** The principles that an exemplar names, whatever their spelling. */
  static Set<String> principles(Exemplar exemplar) {
    Set<String> principles = new HashSet<>();
    exemplar.principles().forEach(principle -> principles.add(Principle.key(principle)));
    return principles;
  }

  static List<Exemplar> diverse(List<Exemplar> pool, int k) {
    checkedPool(pool, k);
    List<Set<String>> words = new ArrayList<>();
    pool.forEach(exemplar -> words.add(new HashSet<>(words(exemplar))));
    Set<Integer> chosen = new TreeSet<>();
    while (chosen.size() < k) {
      int best = -1;
      double bestDistance = -1;
      for (int i = 0; i < pool.size(); i++) {
        double distance = chosen.contains(i) ? -1 : distance(words, i, chosen);
        if (distance > bestDistance) {
          best = i;
          bestDistance = distance;
        }
      }
      chosen.add(best);
    }
    return chosen.stream().map(pool::get).toList();
  }

  /** To the nearest of those chosen; to all others together as long as none is. */
  private static double distance(List<Set<String>> words, int i, Set<Integer> chosen) {
    double least = Double.MAX_VALUE;
    double sum = 0;
    for (int other = 0; other < words.size(); other++) {
      double distance = jaccardDistance(words.get(i), words.get(other));
      sum += distance;
      if (chosen.contains(other)) {
        least = Math.min(least, distance);
      }
    }
    return chosen.isEmpty() ? sum : least;
  }

  private static double jaccardDistance(Set<String> a, Set<String> b) {
    long common = a.stream().filter(b::contains).count();
    long either = a.size() + b.size() - common;
    return either == 0 ? 0 : 1 - (double) common / either;
  }

  static List<Exemplar> coveringPrinciples(List<Exemplar> pool, int k) {
    checkedPool(pool, k);
    Set<Integer> chosen = new TreeSet<>();
    Set<String> covered = new HashSet<>();
    while (chosen.size() < k) {
      int best = -1;
      long bestGain = -1;
      for (int i = 0; i < pool.size(); i++) {
        long gain =
            principles(pool.get(i)).stream()
                .filter(principle -> !covered.contains(principle))
                .count();
        if (!chosen.contains(i) && gain > bestGain) {
          best = i;
          bestGain = gain;
        }
      }
      chosen.add(best);
      covered.addAll(principles(pool.get(best)));
    }
    return chosen.stream().map(pool::get).toList();
  }
}
