package io.selfalign.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.Uninterruptibles;
import io.selfalign.djl.internal.program.NativeValue;
import io.selfalign.error.CancelledException;
import io.selfalign.error.ModelLoadException;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.LoraOptions;
import io.selfalign.model.Projection;
import io.selfalign.model.ScoreRequest;
import io.selfalign.model.TrainingEvent;
import io.selfalign.model.TrainingExample;
import io.selfalign.model.TrainingOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Opening, closing, interrupting and sharing a model; every test also checks for leaks. */
@Timeout(300)
class LifecycleTest {
  private static final Path FOLDER = Fixtures.folder("smollm");
  private static final GenerationOptions ENDLESS =
      GenerationOptions.builder().maxNewTokens(100).forbidEndOfSequence(true).build();

  private final ExecutorService threads = Executors.newFixedThreadPool(3);
  private long openBefore;

  @BeforeEach
  void countNativeValues() {
    openBefore = NativeValue.openCount();
  }

  @AfterEach
  void noNativeValueIsLeft() throws InterruptedException {
    threads.shutdown();
    assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(NativeValue.openCount()).isEqualTo(openBefore);
  }

  private static List<GenerationRequest> requests(int count) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(new GenerationRequest("r" + i, "Tell me about the number " + i + "."));
    }
    return requests;
  }

  @Test
  void two_thousand_calls_leave_memory_flat() {
    GenerationOptions options = GenerationOptions.builder().maxNewTokens(3).build();
    try (DjlModel model =
        DjlModel.open(FOLDER, DjlModelOptions.builder().prefixCacheBytes(1 << 20).build())) {
      // The prefix cache and the allocator fill up first.
      call(model, options, 0, 500);
      long open = NativeValue.openCount();
      long resident = residentBytes();
      call(model, options, 500, 2500);
      assertThat(NativeValue.openCount()).isLessThanOrEqualTo(open + 300);
      assertThat(residentBytes() - resident).isLessThan(64L << 20);
    }
  }

  @Test
  @Timeout(900)
  void a_thousand_training_steps_leave_memory_flat(@TempDir Path folder) {
    List<TrainingExample> examples =
        List.of(new TrainingExample("1", "a", " b"), new TrainingExample("2", "a b c", " d e"));
    TrainingOptions options =
        TrainingOptions.builder()
            .lora(LoraOptions.builder().rank(2).dropout(0.1).targets(Projection.Q_PROJ).build())
            .batchSize(2)
            .microBatchSize(1)
            .epochs(1200)
            .checkpointEvery(400)
            .build();
    Map<Integer, Memory> after = new HashMap<>();
    try (DjlModel model = DjlModel.open(Fixtures.folder("llama2-gqa-tied"))) {
      model.train(
          examples,
          options,
          folder,
          event -> {
            // The allocator and the compiler's code fill up in the steps before the first.
            if (event instanceof TrainingEvent.Step step && step.step() % 1000 == 200) {
              after.put(step.step(), Memory.now());
            }
          });
    }
    assertThat(after).containsOnlyKeys(200, 1200);
    Memory begin = after.get(200);
    Memory end = after.get(1200);
    assertThat(end.open()).isEqualTo(begin.open());
    // What 2,000 passes would leave: 8 KB each, and in Java not one array's wrapper.
    assertThat(end.resident() - begin.resident()).isLessThan(16L << 20);
    assertThat(end.heap() - begin.heap()).isLessThan(300_000);
  }

  /** Native values that are open, and bytes that the process and what it reaches in Java have. */
  private record Memory(long open, long resident, long heap) {
    static Memory now() {
      System.gc();
      Runtime java = Runtime.getRuntime();
      return new Memory(
          NativeValue.openCount(), residentBytes(), java.totalMemory() - java.freeMemory());
    }
  }

  private static void call(DjlModel model, GenerationOptions options, int from, int to) {
    for (int i = from; i < to; i++) {
      String prompt = i + " words of a prompt that differs ".repeat(1 + i % 5);
      model.generate(List.of(new GenerationRequest("a", prompt)), options);
      if (i % 10 == 0) {
        model.score(List.of(new ScoreRequest("s", prompt, " and ends")));
      }
    }
  }

  /** The least of some readings: the collector gives pages back after it has returned. */
  private static long residentBytes() {
    System.gc();
    long least = Long.MAX_VALUE;
    for (int reading = 0; reading < 10; reading++) {
      Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(50));
      least = Math.min(least, residentBytesNow());
    }
    return least;
  }

  private static long residentBytesNow() {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_model_that_can_not_be_opened_leaves_nothing_behind(@TempDir Path folder)
      throws IOException {
    for (String file : List.of("config.json", "tokenizer.json", "model.safetensors")) {
      Files.copy(FOLDER.resolve(file), folder.resolve(file));
    }
    Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": 3}");
    assertThatThrownBy(() -> DjlModel.open(folder))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("tokenizer.json");
    assertThatThrownBy(
            () ->
                DjlModel.open(
                    FOLDER, DjlModelOptions.builder().device(ComputeDevice.cuda(0)).build()))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("CUDA");
  }

  @Test
  void close_twice_is_the_same_as_once() {
    DjlModel model = DjlModel.open(FOLDER);
    model.close();
    model.close();
    assertThatThrownBy(() -> model.generate("x"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> model.countTokens("x")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> model.score(List.of(new ScoreRequest("s", "a", "b"))))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void close_during_a_call_ends_the_call() throws Exception {
    DjlModel model = DjlModel.open(FOLDER);
    CountDownLatch running = new CountDownLatch(1);
    Future<?> call =
        threads.submit(
            () ->
                model.generate(
                    requests(2000),
                    ENDLESS.toBuilder().maxNewTokens(20).build(),
                    generation -> running.countDown()));
    assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
    model.close();
    assertThatThrownBy(call::get).cause().isInstanceOf(IllegalStateException.class);
  }

  @Test
  void close_from_the_callback_ends_the_call() {
    DjlModel model = DjlModel.open(FOLDER);
    assertThatThrownBy(() -> model.generate(requests(200), ENDLESS, generation -> model.close()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void interrupt_stops_the_call_and_the_model_goes_on() throws Exception {
    try (DjlModel model = DjlModel.open(FOLDER)) {
      CountDownLatch running = new CountDownLatch(1);
      AtomicInteger completed = new AtomicInteger();
      boolean[] statusKept = new boolean[1];
      Thread thread =
          new Thread(
              () -> {
                try {
                  model.generate(
                      requests(5000),
                      ENDLESS,
                      generation -> {
                        completed.incrementAndGet();
                        running.countDown();
                      });
                } catch (CancelledException e) {
                  statusKept[0] = Thread.currentThread().isInterrupted();
                }
              });
      thread.start();
      assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
      thread.interrupt();
      thread.join(60_000);
      assertThat(thread.isAlive()).isFalse();
      assertThat(statusKept[0]).isTrue();
      assertThat(completed.get()).isLessThan(5000);
      assertThat(model.generate("And then", ENDLESS)).isNotEmpty();
    }
  }

  @Test
  void calls_from_several_threads_get_the_results_of_one() throws Exception {
    try (DjlModel model = DjlModel.open(FOLDER)) {
      List<List<GenerationRequest>> parts =
          List.of(requests(9), requests(5), requests(12).subList(3, 12));
      List<List<Generation>> alone = new ArrayList<>();
      for (List<GenerationRequest> part : parts) {
        alone.add(model.generate(part, ENDLESS));
      }
      List<Future<List<Generation>>> together = new ArrayList<>();
      for (List<GenerationRequest> part : parts) {
        together.add(threads.submit(() -> model.generate(part, ENDLESS)));
      }
      for (int i = 0; i < parts.size(); i++) {
        assertThat(together.get(i).get()).isEqualTo(alone.get(i));
      }
    }
  }

  @Test
  void an_exception_of_the_callback_leaves_nothing_behind() {
    try (DjlModel model = DjlModel.open(FOLDER)) {
      assertThatThrownBy(
              () ->
                  model.generate(
                      requests(100),
                      ENDLESS,
                      generation -> {
                        throw new UnsupportedOperationException("no room");
                      }))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThat(model.generate("And then", ENDLESS)).isNotEmpty();
    }
  }
}
