package io.selfalign.report;

import io.selfalign.pipeline.StageDescription;
import io.selfalign.pipeline.StageSummary;
import io.selfalign.tuning.Adapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What each stage kept, and what it dropped for which reason. */
final class FunnelSection implements Section {
  private static final int MOST_REASONS = 30;

  /** The data. */
  record Data(List<Stage> stages) {}

  /**
   * A stage.
   *
   * @param kind {@code source}, {@code texts} or {@code adapter}
   * @param drops the most frequent reasons first
   * @param more how many were dropped by reasons that are not listed
   */
  record Stage(
      String stage,
      String kind,
      boolean complete,
      long kept,
      long dropped,
      List<ReasonCount> drops,
      long more) {}

  /** How many a reason dropped. */
  record ReasonCount(String reason, long count) {}

  @Override
  public String name() {
    return "funnel";
  }

  @Override
  public Data collect(RunData run) {
    List<Stage> stages = new ArrayList<>();
    for (StageDescription description : run.stages()) {
      StageSummary summary = run.summary(description.name());
      List<ReasonCount> drops =
          summary.drops().entrySet().stream()
              .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
              .map(drop -> new ReasonCount(ShownText.label(drop.getKey(), 60), drop.getValue()))
              .toList();
      List<ReasonCount> shown = drops.subList(0, Math.min(MOST_REASONS, drops.size()));
      long dropped = sum(drops);
      stages.add(
          new Stage(
              description.name(),
              kind(description),
              summary.complete(),
              summary.records(),
              dropped,
              shown,
              dropped - sum(shown)));
    }
    return new Data(stages);
  }

  private static String kind(StageDescription stage) {
    if (stage.inputs().isEmpty()) {
      return "source";
    }
    return stage.recordType().equals(Adapter.class.getSimpleName()) ? "adapter" : "texts";
  }

  private static long sum(List<ReasonCount> drops) {
    return drops.stream().mapToLong(ReasonCount::count).sum();
  }
}
