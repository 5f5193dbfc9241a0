package io.selfalign.pipeline;

import com.google.common.collect.ImmutableSortedMap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What happens in a run. The order of events is
 *
 * <pre>{@code
 * RunStarted
 *   for each stage: StageStarted | StageResumed | StageReused
 *                   (TrainingStep* UnitCommitted Progress)*
 *                   StageEnded
 * RunEnded | RunFailed | RunCancelled
 * }</pre>
 *
 * <p>A run that can't begin, because its directory is in use or was begun otherwise, or that is
 * cancelled before it did, throws and has no events. A run that fails or is cancelled leaves its
 * stage without StageEnded. A stage that was complete before has StageReused and StageEnded alone.
 */
public sealed interface RunEvent {
  /**
   * The run has its directory, locked and checked.
   *
   * @param directory the run directory
   * @param stages the names of the stages in the order in which they run
   * @param resumed whether the directory held a run before
   */
  record RunStarted(Path directory, List<String> stages, boolean resumed) implements RunEvent {
    /** Copies the list. */
    public RunStarted {
      stages = List.copyOf(stages);
    }
  }

  /** A stage begins, with nothing committed. */
  record StageStarted(String stage) implements RunEvent {}

  /** A stage goes on after the units that an earlier process committed. */
  record StageResumed(String stage, long units, long records, long drops) implements RunEvent {}

  /** A stage was complete before; its output is used as it is. */
  record StageReused(String stage) implements RunEvent {}

  /** A unit is committed. */
  record UnitCommitted(String stage, CommittedUnit unit) implements RunEvent {}

  /**
   * How far a stage is; follows every UnitCommitted.
   *
   * @param stage the stage's name
   * @param done how far it advanced, units of earlier processes included
   * @param total how far it has to, if it is known
   * @param records how many records it has kept
   * @param drops how many it has dropped, by reason
   * @param perSecond its rate in this process
   * @param timeLeft at this rate, if the total is known
   */
  record Progress(
      String stage,
      long done,
      OptionalLong total,
      long records,
      Map<String, Long> drops,
      double perSecond,
      Optional<Duration> timeLeft)
      implements RunEvent {
    /** Copies the map. */
    public Progress {
      drops = ImmutableSortedMap.copyOf(drops);
    }
  }

  /**
   * An optimizer step of training.
   *
   * @param stage the stage's name
   * @param step the step, from 1
   * @param steps how many there will be
   * @param loss the mean loss of the step's tokens, in nats
   * @param learningRate the step's learning rate
   * @param gradientNorm the L2 norm of the gradient before clipping
   * @param tokensPerSecond the step's throughput
   * @param timeLeft until the last step
   */
  record TrainingStep(
      String stage,
      long step,
      long steps,
      double loss,
      double learningRate,
      double gradientNorm,
      double tokensPerSecond,
      Duration timeLeft)
      implements RunEvent {}

  /**
   * A stage is complete.
   *
   * @param stage the stage's name
   * @param records how many records it kept, in all processes together
   * @param drops how many it dropped, by reason
   * @param counters its counters
   * @param duration how long it took in this process
   */
  record StageEnded(
      String stage,
      long records,
      Map<String, Long> drops,
      Map<String, Long> counters,
      Duration duration)
      implements RunEvent {
    /** Copies the maps. */
    public StageEnded {
      drops = ImmutableSortedMap.copyOf(drops);
      counters = ImmutableSortedMap.copyOf(counters);
    }
  }

  /** All stages are complete. */
  record RunEnded(Duration duration) implements RunEvent {}

  /** The run ended by an error, which {@code Run.run()} throws; it can be resumed. */
  record RunFailed(Throwable error) implements RunEvent {}

  /** The run was cancelled; it can be resumed. */
  record RunCancelled() implements RunEvent {}
}
