package io.selfalign.principle;

import io.selfalign.data.Query;
import java.util.List;

/** Answers to filter. */
final class Candidates {
  private Candidates() {}

  /** A closed answer, under the standard rules but without exemplars. */
  static Candidate of(String query, String answer) {
    return of(query, answer, List.of());
  }

  static Candidate of(String query, String answer, List<Exemplar> exemplars) {
    return new Candidate(
        Query.of("q", query),
        new Reply("thoughts", answer, true, List.of()),
        new RuleMentions(List.of(), List.of()),
        exemplars);
  }
}
