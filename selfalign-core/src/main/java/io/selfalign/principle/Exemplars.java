package io.selfalign.principle;

import com.google.common.base.Suppliers;
import io.selfalign.data.JsonLine;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Where {@linkplain Exemplar exemplars} come from: the library's own, or a file. */
public final class Exemplars {
  private static final Supplier<List<Exemplar>> STANDARD =
      Suppliers.memoize(() -> Resources.lines("exemplars.jsonl", parser()));

  private Exemplars() {}

  /**
   * Six exemplars that were written for this library, for the cases of SELF-ALIGN: a question with
   * a rich, plain answer, one about what happened after the model's knowledge ends, a small program
   * with a question about what it returns, a question about an unknown private person, one about
   * the present moment, and a name that reference works describe, with a question that follows. The
   * same immutable list every time.
   */
  public static List<Exemplar> standard() {
    return STANDARD.get();
  }

  /**
   * Reads exemplars from JSON Lines, in the order of the file:
   *
   * <pre>{@code
   * {"id": "...", "turns": [{"query": "...", "thoughts": ["..."], "answer": "..."}]}
   * }</pre>
   *
   * Other fields are ignored.
   *
   * @return an immutable list of at least one exemplar, with unique ids
   * @throws InvalidDataException naming file, line and field, if a line isn't as above, an id
   *     occurs twice, or there is none
   * @throws SelfAlignException if the file can't be read
   */
  public static List<Exemplar> read(Path file) {
    List<Exemplar> exemplars = Resources.lines(file, parser());
    if (exemplars.isEmpty()) {
      throw new InvalidDataException(
          file + ": has no exemplars; write one {\"id\", \"turns\"} per line");
    }
    return exemplars;
  }

  private static Function<JsonLine, Exemplar> parser() {
    return Resources.unique(Exemplar.class, Exemplar::id);
  }
}
