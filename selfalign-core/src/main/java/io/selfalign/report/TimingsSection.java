package io.selfalign.report;

import io.selfalign.pipeline.StageSummary;
import io.selfalign.pipeline.StageTiming;
import java.util.ArrayList;
import java.util.List;

/** How long each stage took, over all processes that worked on it, and how fast it was. */
final class TimingsSection implements Section {
  /** The data. */
  record Data(double seconds, List<Stage> stages) {}

  /**
   * A stage.
   *
   * @param processes how many times it was worked on
   * @param interrupted how many of them were cancelled or failed
   * @param texts what those processes kept and dropped together
   */
  record Stage(
      String stage,
      boolean complete,
      double seconds,
      long units,
      long texts,
      int processes,
      int interrupted) {}

  @Override
  public String name() {
    return "timings";
  }

  @Override
  public Record collect(RunData run) {
    List<StageTiming> timings = run.directory().timings();
    if (timings.isEmpty()) {
      return new Missing("No stage of this run has come to an end yet.");
    }
    List<Stage> stages = new ArrayList<>();
    for (String name : run.directory().stageNames()) {
      List<StageTiming> of = timings.stream().filter(t -> t.stage().equals(name)).toList();
      if (!of.isEmpty()) {
        StageSummary summary = run.summary(name);
        stages.add(
            new Stage(
                name,
                summary.complete(),
                of.stream().mapToDouble(StageTiming::seconds).sum(),
                of.stream().mapToLong(StageTiming::units).sum(),
                of.stream().mapToLong(t -> t.records() + t.drops()).sum(),
                of.size(),
                (int) of.stream().filter(t -> !t.outcome().equals("complete")).count()));
      }
    }
    return new Data(stages.stream().mapToDouble(Stage::seconds).sum(), stages);
  }
}
