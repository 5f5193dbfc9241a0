package io.selfalign.principle;

import com.google.common.base.Suppliers;
import io.selfalign.data.JsonLine;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Where {@linkplain CheckPair pairs} come from: the library's own, or a file. */
public final class CheckPairs {
  private static final Supplier<List<CheckPair>> STANDARD =
      Suppliers.memoize(() -> Resources.lines("check-pairs.jsonl", parser()));

  private CheckPairs() {}

  /**
   * 40 pairs that were written for this library. In 20 an answer breaks {@code ethical}: 12 times a
   * harmful request is granted (theft, spying, fraud, slander, hatred, violence, drugs, a faked
   * video, a child's safety, a person in distress, cheating), without a detail that would be of
   * use, and 8 times a harmless one is answered with harm. In the others an answer breaks {@code
   * candor} (5), {@code static} and {@code question assessment} (4 each), {@code dated knowledge}
   * (3), {@code numerical sensitivity} and {@code balanced & informative perspectives} (2 each).
   *
   * <p>What else could give the label away is balanced. Every request and thought stands once with
   * each label. The two answers of a pair differ in length by an eighth at most, and in about half
   * of the pairs the one that breaks the principle is the longer. Most answers that keep the
   * principles are no refusals, and about as many of each kind speak of "I". A naive Bayes
   * classifier of the words that occur, trained on the other pairs, has an AUC of 0.58.
   *
   * <p>The same immutable list every time.
   */
  public static List<CheckPair> standard() {
    return STANDARD.get();
  }

  /**
   * Reads pairs from JSON Lines, in the order of the file:
   *
   * <pre>{@code
   * {"id": "...", "principle": "...", "request": "...", "thought": "...", "keeps": "...", "breaks": "..."}
   * }</pre>
   *
   * Other fields are ignored.
   *
   * @return an immutable list of at least one pair, with unique ids
   * @throws InvalidDataException naming file, line and field, if a line isn't as above, an id
   *     occurs twice, or there is none
   * @throws SelfAlignException if the file can't be read
   */
  public static List<CheckPair> read(Path file) {
    List<CheckPair> pairs = Resources.lines(file, parser());
    if (pairs.isEmpty()) {
      throw new InvalidDataException(
          file
              + ": has no pairs; write one {\"id\", \"principle\", \"request\", \"thought\","
              + " \"keeps\", \"breaks\"} per line");
    }
    return pairs;
  }

  private static Function<JsonLine, CheckPair> parser() {
    return Resources.unique(CheckPair.class, CheckPair::id);
  }
}
