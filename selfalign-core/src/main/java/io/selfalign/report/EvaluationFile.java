package io.selfalign.report;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.error.SelfAlignException;
import io.selfalign.eval.EvaluationResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The evaluation results of a run: JSON Lines, a model's result of a benchmark each. */
final class EvaluationFile {
  static final String NAME = "evaluation.jsonl";

  /** So long a line may be: results have all their items, for paired differences. */
  private static final int MAX_LINE_BYTES = 1 << 30;

  /** A line. */
  record Line(String model, EvaluationResult result) {
    Line {
      if (model.isBlank()) {
        throw new IllegalArgumentException("field 'model' is blank; give the model a name");
      }
    }
  }

  private final Path file;

  EvaluationFile(Path directory) {
    file = directory.resolve(NAME);
  }

  /** The results by model, in the order of the file. */
  Map<String, List<EvaluationResult>> read() {
    Map<String, List<EvaluationResult>> results = new LinkedHashMap<>();
    for (Line line : lines()) {
      results.computeIfAbsent(line.model(), model -> new ArrayList<>()).add(line.result());
    }
    return results;
  }

  /**
   * Adds a result, or puts it in the place of the same model's of the same benchmark and opponent.
   */
  void add(String model, EvaluationResult result) {
    Line added = new Line(model, result);
    List<Line> lines = new ArrayList<>(lines());
    int place = 0;
    while (place < lines.size() && !isSame(lines.get(place), added)) {
      place++;
    }
    if (place < lines.size()) {
      lines.set(place, added);
    } else {
      lines.add(added);
    }
    write(lines);
  }

  private static boolean isSame(Line line, Line other) {
    return line.model().equals(other.model()) && line.result().isOfSameBenchmarkAs(other.result());
  }

  private List<Line> lines() {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (JsonLinesReader reader =
        JsonLines.read(Files.newInputStream(file), file.toString(), MAX_LINE_BYTES)) {
      return reader.stream(Line.class).toList();
    } catch (IOException e) {
      throw new SelfAlignException(file + ": can't be read: " + JsonLines.reason(e), e);
    }
  }

  private void write(List<Line> lines) {
    WholeFile.write(
        file,
        temporary -> {
          try (JsonLinesWriter writer = JsonLines.write(temporary)) {
            lines.forEach(writer::write);
          }
        });
  }
}
