package io.selfalign.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.Drop;
import io.selfalign.data.JsonLines;
import io.selfalign.data.Traceable;
import io.selfalign.model.BaseModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed without warning, again and again, until their run is complete. */
class KillTest {
  private static final int KILLS = 200;
  private static final int ROUNDS = 60;
  private static final int LONGEST_WAIT_MILLIS = 1_500;

  /** How long a process may take that is not to be killed. */
  private static final int LIFE_MILLIS = 180_000;

  @TempDir Path temporary;

  /** The run that is killed: its process gets the directory and a file for what it asks. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] args) throws IOException {
      try (FileOutputStream asked = new FileOutputStream(args[1], true)) {
        Run run =
            SampleRun.compose(new RecordingModel(asked), ROUNDS)
                .pipeline()
                .in(Path.of(args[0]), RunOptions.builder().workers(2).build());
        // Loads what takes longest, so that kills fall into the work.
        JsonLines.parse("warm-up", 1, new String(JsonLines.encode(SampleRun.seeds().get(0)), UTF_8))
            .as(SampleRun.Seed.class);
        System.out.println("begins");
        run.run();
        System.out.println("complete");
      }
    }
  }

  /** Writes down every request before it answers it. */
  private record RecordingModel(BaseModel model, FileOutputStream asked) implements BaseModel {
    RecordingModel(FileOutputStream asked) {
      this(SampleRun.model(), asked);
    }

    @Override
    public String name() {
      return model.name();
    }

    @Override
    public String fingerprint() {
      return model.fingerprint();
    }

    @Override
    public int contextLength() {
      return model.contextLength();
    }

    @Override
    public int countTokens(String text) {
      return model.countTokens(text);
    }

    @Override
    public void generate(
        List<GenerationRequest> requests,
        GenerationOptions options,
        Consumer<? super Generation> onComplete) {
      StringBuilder ids = new StringBuilder();
      requests.forEach(request -> ids.append(request.id()).append('\n'));
      try {
        asked.write(ids.toString().getBytes(UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      model.generate(requests, options, onComplete);
    }

    @Override
    public List<Score> score(List<ScoreRequest> requests) {
      return model.score(requests);
    }
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void a_run_killed_at_any_moment_ends_as_if_it_had_not_been() throws Exception {
    Path whole = temporary.resolve("whole");
    SampleRun.compose(SampleRun.model(), ROUNDS).pipeline().in(whole).run();
    Map<String, String> expected = SampleRun.data(whole);

    // A machine that was busy just then must not make every kill wait for as long.
    int duration = (int) Math.min(LONGEST_WAIT_MILLIS, duration(temporary.resolve("timed")));
    assertThat(SampleRun.data(temporary.resolve("timed"))).isEqualTo(expected);

    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Integer>> kills = new ArrayList<>();
      for (int thread = 0; thread < 2; thread++) {
        int seed = thread;
        kills.add(threads.submit(() -> killAndResume(seed, duration, expected)));
      }
      int total = 0;
      for (Future<Integer> future : kills) {
        total += future.get();
      }
      assertThat(total).isGreaterThanOrEqualTo(KILLS);
    } finally {
      threads.shutdownNow();
    }
  }

  private int killAndResume(int seed, int duration, Map<String, String> expected) throws Exception {
    Random random = new Random(seed);
    int kills = 0;
    for (int run = 0; kills < KILLS / 2; run++) {
      Path directory = temporary.resolve(seed + "-" + run);
      boolean complete = false;
      while (!complete) {
        Path asked = temporary.resolve(seed + "-asked-" + run + "-" + kills);
        Set<String> committed = committed(directory);
        // The last run may end after its share of kills, however slow the machine is.
        int millis = kills < KILLS / 2 ? random.nextInt(duration) : LIFE_MILLIS;
        complete = runAndKill(directory, asked, millis);
        kills += complete ? 0 : 1;
        Set<String> again =
            new HashSet<>(Files.exists(asked) ? Files.readAllLines(asked) : List.of());
        again.retainAll(committed);
        assertThat(again).as("asked again though committed").isEmpty();
      }
      assertThat(SampleRun.data(directory)).isEqualTo(expected);
    }
    return kills;
  }

  /** How many milliseconds a run takes that nobody kills. */
  private static long duration(Path directory) throws Exception {
    Process process = start(directory, directory.resolveSibling("timed-asked"));
    try (InputStream out = process.getInputStream()) {
      assertThat(out.read()).isEqualTo('b');
      long start = System.nanoTime();
      assertThat(process.waitFor()).isZero();
      return (System.nanoTime() - start) / 1_000_000;
    }
  }

  private static Process start(Path directory, Path asked) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            ManagementFactory.getRuntimeMXBean().getClassPath(),
            Victim.class.getName(),
            directory.toString(),
            asked.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Whether the run was complete before it was killed, which it is after a time at the latest. */
  private static boolean runAndKill(Path directory, Path asked, int millis) throws Exception {
    Process process = start(directory, asked);
    try (InputStream out = process.getInputStream()) {
      assertThat(out.read()).as("the process begins").isEqualTo('b');
      if (process.waitFor(millis, TimeUnit.MILLISECONDS)) {
        assertThat(process.exitValue()).as("exit status of a process not killed").isZero();
      }
      // Not Process.destroyForcibly, which would close its output too.
      process.toHandle().destroyForcibly();
      process.waitFor();
      return new String(out.readAllBytes(), UTF_8).contains("complete");
    } finally {
      process.toHandle().destroyForcibly(); // the test may have been interrupted
    }
  }

  /** The ids of all requests whose answers are committed. */
  private static Set<String> committed(Path directory) {
    Set<String> ids = new HashSet<>();
    if (Files.exists(directory.resolve("manifest.json"))) {
      RunDirectory run = RunDirectory.open(directory);
      add(run.records("questions", SampleRun.Question.class).toList(), ids);
      add(run.records("answers", SampleRun.Answer.class).toList(), ids);
      for (String stage : run.stageNames()) {
        List<Drop> drops = run.drops(stage).toList();
        add(drops, ids);
      }
    }
    return ids;
  }

  private static void add(List<? extends Traceable> records, Set<String> ids) {
    records.forEach(record -> ids.add(record.id()));
  }
}
