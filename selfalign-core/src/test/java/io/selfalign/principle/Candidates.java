package io.selfalign.principle;

import io.selfalign.data.Query;
import java.util.List;

/** Answers to filter. */
final class Candidates {
  private Candidates() {}

  /** A closed answer, under the standard principles but without exemplars. */
  static Candidate of(String query, String answer) {
    return of(query, answer, List.of());
  }

  static Candidate of(String query, String answer, List<Exemplar> exemplars) {
    return of(query, "thoughts\n\n## Alina\n" + answer, answer, exemplars);
  }

  /** One of which was kept less than was written. */
  static Candidate of(String query, String written, String answer, List<Exemplar> exemplars) {
    return new Candidate(
        Query.of("q", query),
        new Prompt(PromptFrame.standard().head() + "\n\n## User\n" + query + "\n\n", exemplars),
        written,
        new Reply("thoughts", answer, true, List.of()),
        new PrincipleMentions(List.of(), List.of()),
        PromptFrame.standard().speech());
  }
}
