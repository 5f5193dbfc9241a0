package io.selfalign.instruct;

import com.google.common.base.Suppliers;
import io.selfalign.data.JsonLine;
import io.selfalign.data.TopicSeed;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Where {@linkplain TopicSeed topic seeds} come from: the library's own, or a file. */
public final class TopicSeeds {
  private static final Supplier<List<TopicSeed>> STANDARD =
      Suppliers.memoize(() -> SeedFile.standard("topic-seeds.jsonl", TopicSeeds::parse));

  private TopicSeeds() {}

  /**
   * The 20 topic seeds that were written for this library, one for each kind of question; the same
   * immutable list every time. See {@code docs/seeds.md} for how they were written.
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
   * files made for Dromedary. Other fields are ignored.
   *
   * @return an immutable list of at least one seed
   * @throws InvalidDataException naming file, line and field, if a line isn't as above or the file
   *     has no seed
   * @throws SelfAlignException if the file can't be read
   */
  public static List<TopicSeed> read(Path file) {
    return SeedFile.read(file, TopicSeeds::parse);
  }

  private static TopicSeed parse(JsonLine line) {
    boolean asInstruction = !line.object().has("question") && line.object().has("instruction");
    return new TopicSeed(
        line.nonBlankText("topic"),
        line.nonBlankText("question_type"),
        line.nonBlankText(asInstruction ? "instruction" : "question"));
  }
}
