package io.selfalign.trial;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.data.RecordRandom;
import io.selfalign.error.SelfAlignException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How a model follows several frames. Printed, it is a table with a column for each frame, and for
 * each but the first its differences to that; {@link #samples} are replies to read.
 *
 * @param trial what all frames have in common
 * @param frames what was measured of each frame, in the order in which they were given
 * @param replies all replies, by frame, in the order of the questions
 */
public record TrialReport(TrialSetting trial, List<FrameResult> frames, List<TrialReply> replies) {
  /** Copies the lists. */
  public TrialReport {
    frames = List.copyOf(frames);
    replies = List.copyOf(replies);
  }

  /**
   * What was measured of a frame.
   *
   * @throws IllegalArgumentException if there is none of this name, naming those there are
   */
  public FrameResult frame(String name) {
    return frames.stream()
        .filter(frame -> frame.frame().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no frame '"
                        + name
                        + "'; there are "
                        + frames.stream().map(FrameResult::frame).toList()));
  }

  /**
   * Writes JSON Lines: a line for each {@link TrialReply}, then one for each {@link FrameResult}.
   * Field names are those of the records with underscores; what is absent is {@code null}. An
   * existing file is replaced.
   *
   * @throws SelfAlignException if the file can't be written
   */
  public void write(Path file) {
    try (JsonLinesWriter lines = JsonLines.write(file)) {
      write(lines);
    }
  }

  /** As {@link #write(Path)}, to a writer that stays open. */
  public void write(JsonLinesWriter lines) {
    replies.forEach(lines::write);
    frames.forEach(lines::write);
  }

  /**
   * Replies to read: some questions, each with the replies of all frames. They are drawn by the
   * seed, from each kind of question in turn, so that the same trial shows the same.
   *
   * @param questions how many questions to show; all if there are fewer
   */
  public String samples(int questions) {
    StringBuilder text = new StringBuilder();
    for (String id : drawn(questions)) {
      boolean first = true;
      for (TrialReply reply : replies) {
        if (reply.id().equals(id)) {
          if (first) {
            text.append("=== ").append(reply.kind()).append(": ").append(reply.question());
            text.append('\n');
          }
          first = false;
          text.append(sample(reply));
        }
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String sample(TrialReply reply) {
    List<String> holds = new ArrayList<>();
    reply
        .measures()
        .forEach(
            (measure, value) -> {
              if (value) {
                holds.add(measure.toString());
              }
            });
    String read =
        reply.hasAnswer()
            ? reply.thoughts() + "\n-> " + reply.answer()
            : reply.text().strip() + "\n-> (no answer)";
    return "--- " + reply.frame() + " " + holds + "\n" + read + "\n";
  }

  /** The ids of some questions, from each kind in turn. */
  private List<String> drawn(int questions) {
    Map<QuestionKind, List<String>> byKind = new EnumMap<>(QuestionKind.class);
    for (TrialReply reply : replies) {
      List<String> ids = byKind.computeIfAbsent(reply.kind(), kind -> new ArrayList<>());
      if (!ids.contains(reply.id())) {
        ids.add(reply.id());
      }
    }
    byKind.values().forEach(ids -> ids.sort(Comparator.comparing(this::place)));
    List<String> drawn = new ArrayList<>();
    int most = byKind.values().stream().mapToInt(List::size).max().orElse(0);
    for (int i = 0; i < most; i++) {
      for (List<String> ids : byKind.values()) {
        if (i < ids.size() && drawn.size() < questions) {
          drawn.add(ids.get(i));
        }
      }
    }
    return drawn;
  }

  private double place(String id) {
    return RecordRandom.of(trial.seed(), "trial-sample", id).uniform(0);
  }

  /** The table: a line for each measure, with shares, intervals and differences in percent. */
  @Override
  public String toString() {
    return new TrialTable(this).toString();
  }
}
