package io.selfalign.report;

import io.selfalign.data.Traceable;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.pipeline.StageDescription;
import io.selfalign.pipeline.StageSummary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What sections read of a run. Stages are found by the type of their records, not by their names,
 * so that pipelines of one's own have a report too. Each stage's files are checked once.
 */
final class RunData {
  private final RunDirectory directory;
  private final Map<String, StageSummary> summaries = new HashMap<>();
  private final Map<String, Dataset<?>> datasets = new HashMap<>();

  RunData(RunDirectory directory) {
    this.directory = directory;
  }

  RunDirectory directory() {
    return directory;
  }

  List<StageDescription> stages() {
    return directory.stageNames().stream().map(directory::description).toList();
  }

  StageSummary summary(String stage) {
    return summaries.computeIfAbsent(stage, directory::stage);
  }

  /** The stages whose records are of a type, in the order in which they run. */
  List<String> stagesOf(Class<? extends Traceable> type) {
    return stages().stream()
        .filter(stage -> stage.recordType().equals(type.getSimpleName()))
        .map(StageDescription::name)
        .toList();
  }

  /** The last stage with records of a type that has kept some. */
  <T extends Traceable> Optional<Dataset<T>> last(Class<T> type) {
    return lastStage(type).map(stage -> records(stage, type));
  }

  /** The name of the last stage with records of a type that has kept some. */
  Optional<String> lastStage(Class<? extends Traceable> type) {
    return stagesOf(type).stream()
        .filter(stage -> summary(stage).records() > 0)
        .reduce((first, second) -> second);
  }

  /** The records of a stage. */
  @SuppressWarnings("unchecked") // of this type they were put
  <T extends Traceable> Dataset<T> records(String stage, Class<T> type) {
    return (Dataset<T>) datasets.computeIfAbsent(stage, name -> directory.records(name, type));
  }
}
