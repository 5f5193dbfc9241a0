package io.selfalign.pipeline;

import java.util.List;

/**
 * What a run's manifest says of a stage.
 *
 * @param name the stage's name
 * @param inputs the stages whose output is its input; none for a source
 * @param after the stages that it comes after besides
 * @param recordType the simple name of the type of its records, such as {@code Demonstration}
 * @param settings the settings with which it was begun
 * @param fingerprint of everything that decides its output, in hexadecimal
 */
public record StageDescription(
    String name,
    List<String> inputs,
    List<String> after,
    String recordType,
    Settings settings,
    String fingerprint) {
  /** Copies the lists. */
  public StageDescription {
    inputs = List.copyOf(inputs);
    after = List.copyOf(after);
  }
}
