package io.selfalign.eval;

import java.util.Optional;

/**
 * What a judge says, or why it says nothing.
 *
 * @param value the verdict, if there is one
 * @param reason if there is none the reason under which the ledger has the item, such as {@code
 *     unparsable_verdict}; else empty
 * @param text what the judge wrote, or what is known about why there is no verdict; may be empty
 * @param <T> {@link PairScores} of a comparison, a number from 0 to 1 of a grade
 */
public record Verdict<T>(Optional<T> value, String reason, String text) {
  /** Checks that there is a value or a reason, and not both. */
  public Verdict {
    if (value.isPresent() == !reason.isEmpty()) {
      throw new IllegalArgumentException(
          "a verdict has either a value or a reason why there is none, but has "
              + value
              + " and '"
              + reason
              + "'");
    }
  }

  /** A verdict, with the text that it was read from, which may be empty. */
  public static <T> Verdict<T> of(T value, String text) {
    return new Verdict<>(Optional.of(value), "", text);
  }

  /** No verdict. */
  public static <T> Verdict<T> none(String reason, String text) {
    return new Verdict<>(Optional.empty(), reason, text);
  }
}
