package io.selfalign.answer;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Runs of words, of which a text may have one. Mutable until it is searched. */
final class FramePhrases {
  private final Set<String> phrases = new HashSet<>();
  private final Set<Integer> lengths = new TreeSet<>();

  void add(List<String> words) {
    phrases.add(Words.join(words));
    lengths.add(words.size());
  }

  void addAll(FramePhrases other) {
    phrases.addAll(other.phrases);
    lengths.addAll(other.lengths);
  }

  /**
   * All runs of a sentence that are as large as this, or the whole of it if it is smaller.
   *
   * @param size twice the number of words
   * @param least a sentence that is smaller than this is left out
   */
  void addRuns(List<String> sentence, int size, int least) {
    int whole = Words.size(sentence);
    if (whole < least) {
      return;
    }
    int wanted = Math.min(size, whole);
    for (int from = 0; from < sentence.size(); from++) {
      int to = from;
      for (int run = 0; run < wanted && to < sentence.size(); to++) {
        run += Words.size(sentence.get(to));
      }
      if (Words.size(sentence.subList(from, to)) >= wanted) {
        add(sentence.subList(from, to));
      }
    }
  }

  /** The first run that a text has at an accepted place. */
  Optional<String> find(Words words, Predicate<Integer> place, Predicate<String> accepted) {
    List<String> tokens = words.tokens();
    for (int i = 0; i < tokens.size(); i++) {
      if (place.test(i)) {
        for (int length : lengths) {
          if (i + length <= tokens.size()) {
            String run = Words.join(tokens.subList(i, i + length));
            if (phrases.contains(run) && accepted.test(run)) {
              return Optional.of(run);
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  Collection<String> sorted() {
    return new TreeSet<>(phrases);
  }
}
