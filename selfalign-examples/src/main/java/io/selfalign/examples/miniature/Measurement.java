package io.selfalign.examples.miniature;

import com.google.common.collect.ImmutableMap;
import io.selfalign.eval.EvaluationResult;
import java.util.Map;
import java.util.Optional;

/**
 * What the held-out questions showed.
 *
 * @param invention what stage 1 made, if there was one
 * @param results what came of each way of asking, in order
 * @param table the same as a table, for people
 * @param transcripts what was answered to some of the questions, in every way
 */
public record Measurement(
    Optional<Invention> invention,
    Map<String, EvaluationResult> results,
    String table,
    String transcripts) {
  /** Copies the map. */
  public Measurement {
    results = ImmutableMap.copyOf(results);
  }

  Measurement after(Invention made) {
    return new Measurement(Optional.of(made), results, table, transcripts);
  }

  /** Everything, for people: transcripts, what stage 1 made, and the table last. */
  @Override
  public String toString() {
    return transcripts + "\n" + invention.map(made -> made + "\n\n").orElse("") + table;
  }
}
