package io.selfalign.instruct;

import com.google.common.base.Suppliers;
import io.selfalign.data.JsonLine;
import io.selfalign.data.SeedTask;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where {@linkplain SeedTask seed tasks} come from: the library's own, or a file. */
public final class SeedTasks {
  private static final Supplier<List<SeedTask>> STANDARD =
      Suppliers.memoize(() -> SeedFile.standard("seed-tasks.jsonl", parser()));

  private SeedTasks() {}

  /**
   * The 175 seed tasks that were written for this library; the same immutable list every time. See
   * {@code docs/seeds.md} for how they were written.
   */
  public static List<SeedTask> standard() {
    return STANDARD.get();
  }

  /**
   * Reads seed tasks from JSON Lines, in the order of the file. A line has one of two forms, which
   * may be mixed:
   *
   * <pre>{@code
   * {"id": "a", "instruction": "...", "input": "...", "output": "...", "is_classification": false}
   * {"id": "b", "instruction": "...", "instances": [{"input": "...", "output": "..."}],
   *  "is_classification": false}
   * }</pre>
   *
   * The second is that of Self-Instruct; of several instances the first counts. An input that is
   * absent, null or blank means that there is none, an absent {@code is_classification} means
   * false. Other fields are ignored.
   *
   * @return an immutable list of at least one task, with unique ids
   * @throws InvalidDataException naming file, line and field, if a line isn't as above, an id
   *     occurs twice, or the file has no task
   * @throws SelfAlignException if the file can't be read
   */
  public static List<SeedTask> read(Path file) {
    return SeedFile.read(file, parser());
  }

  /**
   * Reads seed tasks from a stream, which is closed, as {@link #read(Path)} does from a file.
   *
   * @param name what errors call the stream, such as {@code stdin}
   */
  public static List<SeedTask> read(InputStream in, String name) {
    return SeedFile.read(in, name, parser());
  }

  private static Function<JsonLine, SeedTask> parser() {
    Map<String, Long> lineOfId = new HashMap<>();
    return line -> {
      String id = line.nonBlankText("id");
      Long earlier = lineOfId.putIfAbsent(id, line.line());
      if (earlier != null) {
        throw line.error(
            "field 'id' is '" + id + "', as in line " + earlier + "; give each task its own");
      }
      String instruction = line.nonBlankText("instruction");
      boolean isClassification =
          line.object().has("is_classification") && line.flag("is_classification");
      if (line.object().has("instances")) {
        Instance first = firstInstance(line);
        return new SeedTask(
            id, instruction, filled(first.input()), first.output(), isClassification);
      }
      Optional<String> input = filled(line.optionalText("input"));
      return new SeedTask(id, instruction, input, line.nonBlankText("output"), isClassification);
    };
  }

  private static Optional<String> filled(Optional<String> input) {
    return input.filter(text -> !text.isBlank());
  }

  private static Instance firstInstance(JsonLine line) {
    List<@Nullable Instance> instances = line.as(Instances.class).instances();
    if (instances.isEmpty()) {
      throw line.error("field 'instances' is empty; write one {\"input\", \"output\"}");
    }
    Instance first = instances.get(0);
    if (first == null) {
      throw line.error("field 'instances[0]' must be an object, but is null");
    }
    if (first.output().isBlank()) {
      throw line.error("field 'instances[0].output' is blank");
    }
    return first;
  }

  private record Instances(List<@Nullable Instance> instances) {}

  private record Instance(Optional<String> input, String output) {}
}
