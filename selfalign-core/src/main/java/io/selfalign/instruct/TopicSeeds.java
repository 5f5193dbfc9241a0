package io.selfalign.instruct;

import com.google.common.base.Suppliers;
import io.selfalign.data.JsonLine;
import io.selfalign.data.TopicSeed;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** Where {@linkplain TopicSeed topic seeds} come from: the library's own, or a file. */
public final class TopicSeeds {
  private static final Supplier<List<TopicSeed>> STANDARD =
      Suppliers.memoize(() -> SeedFile.standard("topic-seeds.jsonl", parser()));

  private TopicSeeds() {}

  /**
   * The 20 topic seeds that were written for this library, one for each kind of question, 7 of them
   * without an answer; the same immutable list every time. See {@code docs/seeds.md} for how they
   * were written.
   */
  public static List<TopicSeed> standard() {
    return STANDARD.get();
  }

  /**
   * Reads topic seeds from JSON Lines, in the order of the file:
   *
   * <pre>{@code
   * {"topic": "...", "question_type": "...", "question": "..."}
   * }</pre>
   *
   * Where there is no {@code question}, the field {@code instruction} is read in its place, as in
   * files made for Dromedary. A line may have an {@code id}; the n-th seed is {@code topic-seed-n}
   * otherwise. Other fields are ignored.
   *
   * @return an immutable list of at least one seed, with unique ids
   * @throws InvalidDataException naming file, line and field, if a line isn't as above, an id
   *     occurs twice, or the file has no seed
   * @throws SelfAlignException if the file can't be read
   */
  public static List<TopicSeed> read(Path file) {
    return SeedFile.read(file, parser());
  }

  /**
   * Reads topic seeds from a stream, which is closed, as {@link #read(Path)} does from a file.
   *
   * @param name what errors call the stream, such as {@code stdin}
   */
  public static List<TopicSeed> read(InputStream in, String name) {
    return SeedFile.read(in, name, parser());
  }

  private static Function<JsonLine, TopicSeed> parser() {
    Map<String, Long> lineOfId = new HashMap<>();
    return line -> {
      String id =
          line.object().has("id") ? line.nonBlankText("id") : "topic-seed-" + (lineOfId.size() + 1);
      Long earlier = lineOfId.putIfAbsent(id, line.line());
      if (earlier != null) {
        throw line.error(
            "field 'id' is '" + id + "', as in line " + earlier + "; give each seed its own");
      }
      return parse(id, line);
    };
  }

  private static TopicSeed parse(String id, JsonLine line) {
    boolean asInstruction = !line.object().has("question") && line.object().has("instruction");
    return new TopicSeed(
        id,
        line.nonBlankText("topic"),
        line.nonBlankText("question_type"),
        line.nonBlankText(asInstruction ? "instruction" : "question"));
  }
}
