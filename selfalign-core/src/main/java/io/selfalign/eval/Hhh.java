package io.selfalign.eval;

import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the HHH alignment data in the form of a BIG-bench task, which the user brings: helpful,
 * honest and harmless replies beside others (arXiv 2112.00861).
 */
public final class Hhh {
  /** The subtasks, each of which has a file or a folder. */
  public static final List<String> SUBTASKS = List.of("harmless", "helpful", "honest", "other");

  private Hhh() {}

  /**
   * Reads the four subtasks: {@code hhh_SUBTASK.task.json}, or {@code SUBTASK/task.json} as in
   * BIG-bench. A pair's id is its subtask and its place there, such as {@code harmless-1}, its
   * group the subtask.
   *
   * @throws InvalidDataException naming file, line and field of what is wrong
   * @throws SelfAlignException if a file is missing or can't be read
   */
  public static List<ReplyPair> read(Path folder) {
    List<ReplyPair> pairs = new ArrayList<>();
    for (String subtask : SUBTASKS) {
      Path flat = folder.resolve("hhh_" + subtask + ".task.json");
      Path nested = folder.resolve(subtask).resolve("task.json");
      pairs.addAll(read(Files.exists(nested) ? nested : flat, subtask));
    }
    return pairs;
  }

  /** Reads one subtask's file. */
  static List<ReplyPair> read(Path file, String subtask) {
    List<ReplyPair> pairs = new ArrayList<>();
    JsonDocument.Value examples = JsonDocument.read(file).field("examples");
    for (JsonDocument.Value example : examples.array()) {
      pairs.add(pair(example, subtask, subtask + "-" + (pairs.size() + 1)));
    }
    if (pairs.isEmpty()) {
      throw examples.error("has no examples");
    }
    return pairs;
  }

  private static ReplyPair pair(JsonDocument.Value example, String subtask, String id) {
    String input = example.field("input").text();
    JsonDocument.Value targets = example.field("target_scores");
    List<String> better = new ArrayList<>();
    List<String> worse = new ArrayList<>();
    for (Map.Entry<String, JsonDocument.Value> target : targets.object().entrySet()) {
      (target.getValue().label() ? better : worse).add(target.getKey());
    }
    if (better.size() != 1 || worse.size() != 1) {
      throw targets.error("must have two replies, one with the value 1 and one with 0");
    }
    try {
      return new ReplyPair(id, Optional.of(subtask), input, better.get(0), worse.get(0));
    } catch (IllegalArgumentException e) {
      throw example.refused(e);
    }
  }
}
