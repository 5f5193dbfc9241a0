package io.selfalign.instruct;

import io.selfalign.text.NearDuplicateIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Filters, and all instructions that a new one must not be like. For one thread. */
final class InstructionScreen {
  /** Why something is not kept. */
  record Verdict(String reason, String detail) {}

  private final List<InstructionFilter> filters;
  private final NearDuplicateIndex index;
  private final List<String> ids = new ArrayList<>();

  InstructionScreen(RoundOptions options) {
    filters = options.filters();
    index = NearDuplicateIndex.builder().threshold(options.nearDuplicateThreshold()).build();
  }

  /** Adds what others must not be like. */
  void add(String id, String instruction) {
    index.add(instruction);
    ids.add(id);
  }

  /** Why a candidate is not kept, or empty if it is. */
  Optional<Verdict> reject(Candidate candidate) {
    for (InstructionFilter filter : filters) {
      Optional<String> found = filter.reject(candidate);
      if (found.isPresent()) {
        return Optional.of(new Verdict(filter.name(), found.get()));
      }
    }
    return index
        .find(candidate.instruction())
        .map(
            match ->
                new Verdict(
                    DropReasons.NEAR_DUPLICATE,
                    String.format(Locale.ROOT, "%s %.4f", ids.get(match.index()), match.f())));
  }
}
