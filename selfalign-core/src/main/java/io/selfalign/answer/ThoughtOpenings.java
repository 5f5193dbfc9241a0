package io.selfalign.answer;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The words with which thoughts of several exemplars begin their sentences, such as "The user
 * wants", and no sentence of an exemplar's answer does. Where half of all begin with the same two
 * words, what follows them need not recur.
 */
final class ThoughtOpenings {
  private static final int LONGEST = 6;

  /** Fewer words tell too little: "The user". */
  private static final int SHORTEST = 3;

  /** "This is a" may begin anything. */
  private static final int LEAST_LETTERS = 10;

  /** If half of all thoughts begin with these, each way in which they go on counts. */
  private static final int HEAD = 2;

  /** So many thoughts must begin a sentence so. */
  private static final int LEAST = 2;

  final FramePhrases anywhere = new FramePhrases();
  final FramePhrases atSentences = new FramePhrases();

  /**
   * Looks for openings.
   *
   * @param thoughts one text for each turn, without the self-identification
   * @param answers what must not begin so
   * @param cites whether an opening has the word for principles in it, and counts anywhere
   */
  ThoughtOpenings(List<String> thoughts, List<String> answers, Predicate<String> cites) {
    int all = thoughts.size();
    Map<List<String>, Integer> counts = new HashMap<>();
    for (String text : thoughts) {
      openings(text).forEach(opening -> counts.merge(opening, 1, Integer::sum));
    }
    answers.forEach(answer -> counts.keySet().removeAll(openings(answer)));
    counts.forEach(
        (opening, count) -> {
          boolean recurs = count >= LEAST && isLongest(opening, count, counts);
          int alike = counts.getOrDefault(opening.subList(0, HEAD), 0);
          boolean usual = opening.size() == SHORTEST && alike >= LEAST && 2 * alike >= all;
          boolean citing = cites.test(Words.join(opening));
          if (opening.size() >= SHORTEST && (recurs || usual) && (citing || isTelling(opening))) {
            (citing ? anywhere : atSentences).add(opening);
          }
        });
  }

  /** Whether it has enough letters; a character that is half a word counts as two. */
  private static boolean isTelling(List<String> opening) {
    int letters = 0;
    for (String word : opening) {
      letters += Words.size(word) < Words.WORD ? 2 : word.length();
    }
    return letters >= LEAST_LETTERS;
  }

  /** Whether no longer opening is as frequent. */
  private static boolean isLongest(
      List<String> opening, int count, Map<List<String>, Integer> counts) {
    return counts.entrySet().stream()
        .noneMatch(
            other ->
                other.getValue() == count
                    && other.getKey().size() == opening.size() + 1
                    && other.getKey().subList(0, opening.size()).equals(opening));
  }

  private static Set<List<String>> openings(String text) {
    Words words = Words.of(text);
    Set<List<String>> openings = new HashSet<>();
    for (int at = words.starts().nextSetBit(0); at >= 0; at = words.starts().nextSetBit(at + 1)) {
      int next = words.starts().nextSetBit(at + 1);
      int end = next < 0 ? words.tokens().size() : next;
      for (int to = at + HEAD; to <= Math.min(end, at + LONGEST); to++) {
        openings.add(List.copyOf(words.tokens().subList(at, to)));
      }
    }
    return openings;
  }
}
