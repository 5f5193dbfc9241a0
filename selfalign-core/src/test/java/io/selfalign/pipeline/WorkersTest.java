package io.selfalign.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.pipeline.SampleRun.Answer;
import io.selfalign.pipeline.SampleRun.Seed;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which threads work on a stage's units, and how far they run ahead. */
@Timeout(60)
class WorkersTest {
  private static final int UNITS = 40;

  @TempDir Path temporary;

  /** A unit is one record. */
  private record Watched(boolean parallel, Consumer<Integer> unit)
      implements BatchStage<Seed, Answer> {
    @Override
    public String name() {
      return "watched";
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
      return Settings.none();
    }

    @Override
    public int unitSize() {
      return 1;
    }

    @Override
    public Unit<Answer> process(List<Seed> batch, UnitContext context) {
      unit.accept(Integer.parseInt(batch.get(0).id()));
      return Unit.<Answer>builder().build();
    }
  }

  private RunResult run(Watched stage, RunOptions options) {
    List<Seed> seeds =
        IntStream.range(0, UNITS).mapToObj(i -> new Seed(String.valueOf(i), "")).toList();
    return Pipeline.of(stage, Dataset.of(Seed.class, seeds)).in(temporary, options).run();
  }

  @Test
  void a_stage_that_is_not_parallel_works_on_one_thread_whatever_the_number_of_workers() {
    Set<String> threads = ConcurrentHashMap.newKeySet();
    run(
        new Watched(false, unit -> threads.add(Thread.currentThread().getName())),
        RunOptions.builder().workers(4).build());
    assertThat(threads).containsExactly("selfalign-run");
  }

  @Test
  void workers_run_ahead_of_what_is_committed_by_two_units_each_and_no_more() {
    int workers = 2;
    AtomicInteger committed = new AtomicInteger();
    CountDownLatch last = new CountDownLatch(1);
    Queue<String> tooFar = new ConcurrentLinkedQueue<>();
    Watched stage =
        new Watched(
            true,
            unit -> {
              int done = committed.get();
              if (unit >= done + 2 * workers) {
                tooFar.add(unit + " began when " + done + " were committed");
              }
              if (unit == 2 * workers - 1) {
                last.countDown();
              } else if (unit == 0) {
                holdUp(last);
              }
            });
    RunOptions options =
        RunOptions.builder()
            .workers(workers)
            .listener(
                event -> {
                  if (event instanceof RunEvent.UnitCommitted unit
                      && unit.stage().equals("watched")) {
                    committed.incrementAndGet();
                  }
                })
            .build();

    assertThat(run(stage, options).directory().stage("watched").units()).isEqualTo(UNITS);

    assertThat(tooFar).isEmpty();
  }

  /** While the first unit waits for the last that may begin, the other worker has time for more. */
  private static void holdUp(CountDownLatch last) {
    try {
      last.await();
      Thread.sleep(100);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
