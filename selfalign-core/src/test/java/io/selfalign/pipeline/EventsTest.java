package io.selfalign.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.selfalign.error.CancelledException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.pipeline.RunEvent.Progress;
import io.selfalign.pipeline.RunEvent.StageEnded;
import io.selfalign.pipeline.RunEvent.StageResumed;
import io.selfalign.pipeline.RunEvent.UnitCommitted;
import io.selfalign.pipeline.SampleRun.Answer;
import io.selfalign.pipeline.SampleRun.Seed;
import io.selfalign.testing.ScriptedModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What listeners are told, and how runs are stopped. */
@Timeout(60)
class EventsTest {
  @TempDir Path temporary;

  private final List<RunEvent> events = new ArrayList<>();

  private RunOptions listening() {
    return RunOptions.builder().listener(events::add).build();
  }

  private List<String> kinds() {
    return events.stream().map(event -> event.getClass().getSimpleName()).distinct().toList();
  }

  @Test
  void events_come_in_the_documented_order() {
    SampleRun.compose(SampleRun.model(), 2).pipeline().in(temporary, listening()).run();

    StringBuilder order = new StringBuilder();
    events.forEach(event -> order.append(event.getClass().getSimpleName()).append(' '));
    assertThat(order.toString())
        .matches("RunStarted (StageStarted (UnitCommitted Progress )+StageEnded ){3}RunEnded ");
  }

  @Test
  void a_run_that_has_ended_does_not_fail_by_what_a_listener_does_then() {
    RunListener full =
        event -> {
          events.add(event);
          if (event instanceof RunEvent.RunEnded) {
            throw new OutOfMemoryError("of a listener");
          }
        };
    Run run =
        SampleRun.compose(SampleRun.model(), 2)
            .pipeline()
            .in(temporary, RunOptions.builder().listener(full).build());
    assertThatThrownBy(run::run).isInstanceOf(OutOfMemoryError.class);
    assertThat(kinds()).endsWith("RunEnded").doesNotContain("RunFailed");
  }

  @Test
  void progress_counts_kept_and_dropped_and_knows_the_end() {
    SampleRun.compose(SampleRun.model(), 7).pipeline().in(temporary, listening()).run();

    List<Progress> progress =
        events.stream()
            .filter(Progress.class::isInstance)
            .map(Progress.class::cast)
            .filter(event -> event.stage().equals("questions"))
            .toList();
    assertThat(progress).extracting(Progress::done).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    Progress last = progress.get(6);
    assertThat(last.total()).isEqualTo(OptionalLong.of(7));
    assertThat(last.timeLeft().orElseThrow()).isZero();
    assertThat(last.perSecond()).isPositive();
    assertThat(last.records() + last.drops().get("known")).isEqualTo(21);
    StageEnded ended =
        events.stream()
            .filter(StageEnded.class::isInstance)
            .map(StageEnded.class::cast)
            .filter(event -> event.stage().equals("questions"))
            .findFirst()
            .orElseThrow();
    assertThat(ended.drops()).isEqualTo(last.drops());
    assertThat(ended.counters()).containsEntry("asked", 21L);
  }

  @Test
  void a_listener_that_throws_harms_nothing() {
    Set<Thread> threads = new HashSet<>();
    RunOptions options =
        RunOptions.builder()
            .listener(
                event -> {
                  threads.add(Thread.currentThread());
                  throw new IllegalStateException("at " + event);
                })
            .listener(
                event -> {
                  throw new AssertionError();
                })
            .listener(events::add)
            .workers(3)
            .build();
    SampleRun.compose(SampleRun.model(), 4).pipeline().in(temporary, options).run();

    assertThat(kinds()).contains("RunEnded").doesNotContain("RunFailed");
    assertThat(threads).hasSize(1);
  }

  @Test
  void a_failure_and_the_resumption_after_it_are_told() {
    ScriptedModel failing =
        ScriptedModel.builder()
            .otherwise(SampleRun.SCRIPT)
            .failAt(5, () -> new SelfAlignException("broken"))
            .build();
    assertThatThrownBy(
            () -> SampleRun.compose(failing, 4).pipeline().in(temporary, listening()).run())
        .hasMessage("broken");
    assertThat(events.get(events.size() - 1))
        .isInstanceOfSatisfying(
            RunEvent.RunFailed.class, event -> assertThat(event.error()).hasMessage("broken"));

    events.clear();
    SampleRun.compose(SampleRun.model(), 4).pipeline().in(temporary, listening()).run();

    assertThat(events.get(0))
        .isEqualTo(
            new RunEvent.RunStarted(temporary, List.of("seeds", "questions", "answers"), true));
    assertThat(events.get(1)).isEqualTo(new RunEvent.StageReused("seeds"));
    assertThat(events.get(3))
        .isInstanceOfSatisfying(
            StageResumed.class, event -> assertThat(event.units()).isEqualTo(1));
    assertThat(events).hasAtLeastOneElementOfType(RunEvent.RunEnded.class);
  }

  @Test
  void cancelling_from_a_listener_stops_after_that_unit() {
    AtomicReference<Run> run = new AtomicReference<>();
    RunOptions options =
        RunOptions.builder()
            .listener(
                event -> {
                  if (event instanceof UnitCommitted unit && unit.stage().equals("questions")) {
                    run.get().cancel();
                  }
                })
            .listener(events::add)
            .build();
    run.set(SampleRun.compose(SampleRun.model(), 9).pipeline().in(temporary, options));

    assertThatThrownBy(() -> run.get().run())
        .isInstanceOf(CancelledException.class)
        .hasMessageContaining("run it again to go on where it stopped");

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(events.get(events.size() - 1)).isEqualTo(new RunEvent.RunCancelled());
    assertThat(RunDirectory.open(temporary).stage("questions").units()).isEqualTo(1);
    assertResumes(9);
  }

  @Test
  void interrupting_the_waiting_thread_cancels_and_stays_set() throws InterruptedException {
    CountDownLatch working = new CountDownLatch(1);
    Pipeline pipeline = blocking(working);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> status = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                pipeline.in(temporary, listening()).run();
              } catch (RuntimeException e) {
                thrown.set(e);
              }
              status.set(Thread.currentThread().isInterrupted());
            });
    caller.start();
    working.await();
    caller.interrupt();
    caller.join();

    assertThat(thrown.get()).isInstanceOf(CancelledException.class);
    assertThat(status.get()).isTrue();
    assertThat(RunDirectory.open(temporary).stage("blocking").units()).isZero();
  }

  @Test
  void cancelling_interrupts_workers_and_waits_for_them() throws InterruptedException {
    CountDownLatch working = new CountDownLatch(2);
    Pipeline pipeline = blocking(working);
    Run run = pipeline.in(temporary, listening().toBuilder().workers(2).build());
    Thread canceller =
        new Thread(
            () -> {
              try {
                working.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              run.cancel();
            });
    canceller.start();
    assertThatThrownBy(run::run).isInstanceOf(CancelledException.class);
    canceller.join();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("selfalign-blocking"));
  }

  @Test
  void cancelling_while_a_stage_tells_its_settings_stops_before_the_run_begins() {
    SampleRun.compose(SampleRun.model(), 2).pipeline().in(temporary).run();
    var data = SampleRun.data(temporary);
    for (boolean deaf : new boolean[] {false, true}) {
      AtomicReference<Run> run = new AtomicReference<>();
      List<String> asked = new ArrayList<>();
      Pipeline.Builder builder = Pipeline.builder();
      Output<Seed> other =
          builder.source("seeds", Dataset.of(Seed.class, List.of(new Seed("other", ""))));
      for (String name : List.of("one", "two")) {
        builder.stage(
            slowSettings(
                name,
                () -> {
                  asked.add(name);
                  run.get().cancel();
                  try {
                    Thread.sleep(60_000);
                  } catch (InterruptedException e) {
                    if (!deaf) {
                      throw new IllegalArgumentException("the model's fingerprint is unknown", e);
                    }
                  }
                }),
            other);
      }
      RunOptions anew = listening().toBuilder().restartWhenChanged(true).build();
      run.set(builder.build().in(temporary, anew));

      assertThatThrownBy(() -> run.get().run())
          .isInstanceOf(CancelledException.class)
          .hasMessageContaining("run it again to go on where it stopped");

      assertThat(asked).containsExactly("one");
      assertThat(events).isEmpty();
      assertThat(SampleRun.data(temporary)).isEqualTo(data);
    }
  }

  private static Stage<Seed, Answer> slowSettings(String name, Runnable settings) {
    return new Stage<>() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Class<Seed> inputType() {
        return Seed.class;
      }

      @Override
      public Class<Answer> outputType() {
        return Answer.class;
      }

      @Override
      public Settings settings() {
        settings.run();
        return Settings.none();
      }

      @Override
      public void run(StageContext<Seed, Answer> context) {}
    };
  }

  @Test
  void a_run_cancelled_before_it_begins_touches_nothing() {
    Path directory = temporary.resolve("none");
    Run run = SampleRun.compose(SampleRun.model(), 1).pipeline().in(directory);
    run.cancel();
    assertThatThrownBy(run::run).isInstanceOf(CancelledException.class);
    assertThat(directory).doesNotExist();
  }

  @Test
  void cancelling_a_run_that_has_ended_does_nothing() {
    Run run = SampleRun.compose(SampleRun.model(), 1).pipeline().in(temporary);
    run.run();
    run.cancel();
    assertResumes(1);
  }

  /** A stage whose units never end by themselves. */
  private static Pipeline blocking(CountDownLatch working) {
    return Pipeline.of(
        TestStages.processing(
            "blocking",
            Seed.class,
            Answer.class,
            batch -> {
              working.countDown();
              try {
                Thread.sleep(60_000);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancelledException("interrupted");
              }
              return Unit.<Answer>builder().build();
            }),
        Dataset.of(Seed.class, SampleRun.seeds()));
  }

  private void assertResumes(int rounds) {
    SampleRun.compose(SampleRun.model(), rounds).pipeline().in(temporary).run();
    Path whole = temporary.resolve("whole");
    SampleRun.compose(SampleRun.model(), rounds).pipeline().in(whole).run();
    var data = SampleRun.data(temporary);
    data.keySet().removeIf(name -> name.startsWith("whole"));
    assertThat(data).isEqualTo(SampleRun.data(whole));
  }
}
