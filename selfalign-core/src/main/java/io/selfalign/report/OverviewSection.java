package io.selfalign.report;

import io.selfalign.data.Demonstration;
import io.selfalign.data.Instruction;
import io.selfalign.data.Traceable;
import io.selfalign.data.VerboseAnswer;
import io.selfalign.pipeline.StageSummary;
import io.selfalign.pipeline.StageTiming;
import io.selfalign.tuning.Adapter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a reader wants to know first. */
final class OverviewSection implements Section {
  /**
   * The data.
   *
   * @param complete how many stages are complete
   * @param unfinished those that are not
   */
  record Data(
      String name,
      long seed,
      String library,
      int stages,
      int complete,
      List<String> unfinished,
      Optional<Count> instructions,
      Optional<Count> demonstrations,
      Optional<Count> verboseAnswers,
      int adapters,
      double seconds,
      Optional<String> started) {}

  /** What a stage kept and dropped. */
  record Count(long kept, long dropped) {}

  @Override
  public String name() {
    return "overview";
  }

  @Override
  public Data collect(RunData run) {
    List<String> names = run.directory().stageNames();
    List<String> unfinished = names.stream().filter(s -> !run.summary(s).complete()).toList();
    List<StageTiming> timings = run.directory().timings();
    Path directory = run.directory().path().toAbsolutePath().normalize();
    return new Data(
        ShownText.label(String.valueOf(directory.getFileName()), 80),
        run.directory().seed(),
        run.directory().libraryVersion(),
        names.size(),
        names.size() - unfinished.size(),
        unfinished,
        count(run, Instruction.class),
        count(run, Demonstration.class),
        count(run, VerboseAnswer.class),
        (int) run.stagesOf(Adapter.class).stream().filter(s -> run.summary(s).complete()).count(),
        timings.stream().mapToDouble(StageTiming::seconds).sum(),
        timings.stream().map(StageTiming::started).min(String::compareTo));
  }

  /** What the last stage of a type kept, and all of them dropped. */
  private static Optional<Count> count(RunData run, Class<? extends Traceable> type) {
    long dropped =
        run.stagesOf(type).stream()
            .map(run::summary)
            .flatMap(summary -> summary.drops().values().stream())
            .mapToLong(Long::longValue)
            .sum();
    return run.lastStage(type)
        .map(run::summary)
        .map(StageSummary::records)
        .map(kept -> new Count(kept, dropped));
  }
}
