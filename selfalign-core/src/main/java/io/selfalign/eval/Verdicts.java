package io.selfalign.eval;

import io.selfalign.data.Drop;
import java.util.List;
import java.util.Optional;

/** What becomes of a judge's verdicts. */
final class Verdicts {
  private Verdicts() {}

  /** Checks that there is a verdict on each item. */
  static void checkCount(List<?> verdicts, List<?> asked) {
    if (verdicts.size() != asked.size()) {
      throw new IllegalStateException(
          String.format(
              "the judge gave %d verdicts on %d items; it must give one for each",
              verdicts.size(), asked.size()));
    }
  }

  /** The ledger's line on an item without a verdict. */
  static Optional<Drop> drop(String id, Verdict<?> verdict) {
    if (verdict.value().isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        verdict.reason().equals(Scoring.TOO_LONG)
            ? new Drop(id, List.of(id), Scoring.TOO_LONG, "for the judge: " + verdict.text(), "")
            : new Drop(id, List.of(id), verdict.reason(), "", verdict.text()));
  }
}
