package io.selfalign.examples.miniature;

import com.google.common.collect.ImmutableMap;
import io.selfalign.eval.EvaluationResult;
import java.util.Map;

/**
 * What the held-out questions showed.
 *
 * @param results what came of each way of asking, in order
 * @param table the same as a table, for people
 * @param transcripts what was answered to some of the questions, in every way
 */
record Measurement(Map<String, EvaluationResult> results, String table, String transcripts) {
  /** Copies the map. */
  Measurement {
    results = ImmutableMap.copyOf(results);
  }
}
