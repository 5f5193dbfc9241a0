package io.selfalign.principle;

import io.selfalign.text.RougeL;
import io.selfalign.text.RougeTokenizer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Compares answers with those of the exemplars that their prompts showed. */
record ExemplarLeak(double threshold, int run, Map<String, List<String>> tokens) {
  ExemplarLeak(double threshold, int run) {
    this(threshold, run, new ConcurrentHashMap<>());
  }

  Optional<String> reject(Candidate candidate) {
    List<String> answer = RougeTokenizer.UNICODE.tokenize(candidate.answer());
    for (Exemplar exemplar : candidate.exemplars()) {
      for (Exemplar.Turn turn : exemplar.turns()) {
        List<String> shown =
            tokens.computeIfAbsent(turn.answer(), RougeTokenizer.UNICODE::tokenize);
        double f = RougeL.between(answer, shown).f();
        if (f > threshold) {
          return Optional.of("exemplar '" + exemplar.id() + "', F " + AnswerFilters.figure(f));
        }
        int common = longestRun(answer, shown);
        if (common >= run) {
          return Optional.of("exemplar '" + exemplar.id() + "', " + common + " words in a row");
        }
      }
    }
    return Optional.empty();
  }

  /** The length of the longest sequence of words that both have without gaps. */
  static int longestRun(List<String> a, List<String> b) {
    int[] previous = new int[b.size() + 1];
    int longest = 0;
    for (String word : a) {
      int[] current = new int[b.size() + 1];
      for (int j = 0; j < b.size(); j++) {
        current[j + 1] = word.equals(b.get(j)) ? previous[j] + 1 : 0;
        longest = Math.max(longest, current[j + 1]);
      }
      previous = current;
    }
    return longest;
  }
}
