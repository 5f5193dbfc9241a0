package io.selfalign.djl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.model.LoraOptions;
import io.selfalign.model.TrainingEvent;
import io.selfalign.model.TrainingOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A training whose process is killed without warning, again and again, until it is complete. */
class TrainingKillTest {
  private static final int LEAST_KILLS = 6;

  /** The most checkpoints that a process writes before it is killed, and the most that kills. */
  private static final int MOST_CHECKPOINTS = 10;

  private static final int MOST_KILLS = 15;
  private static final int LONGEST_WAIT_MILLIS = 60;

  /** 24 examples that are learnt, in batches of 8, 20 times. */
  private static final int STEPS = 60;

  private static final TrainingOptions OPTIONS =
      TrainingOptions.builder()
          .lora(LoraOptions.builder().rank(4).dropout(0.2).build())
          .batchSize(8)
          .epochs(20)
          .learningRate(0.01)
          .validationShare(0.1)
          .validateEvery(7)
          .checkpointEvery(1)
          .resume(true)
          .build();

  @TempDir Path temporary;

  /** The training that is killed: its process gets the folder. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] args) throws IOException {
      train(
          Path.of(args[0]),
          event -> {
            if (event instanceof TrainingEvent.Started started) {
              System.out.println("begins after " + started.resumedFrom());
            } else if (event instanceof TrainingEvent.CheckpointWritten written) {
              System.out.println("checkpoint " + written.step());
            }
          });
      System.out.println("complete");
    }
  }

  private static void train(Path folder, Consumer<TrainingEvent> listener) throws IOException {
    try (DjlModel model = DjlModel.open(Fixtures.folder("llama2-gqa-tied"))) {
      model.train(PeftParityTest.examples(), OPTIONS, folder, listener);
    }
  }

  @Test
  @Timeout(900)
  void a_training_killed_at_any_moment_ends_with_the_same_bytes() throws Exception {
    Path whole = temporary.resolve("whole");
    train(whole, event -> {});

    Path killed = temporary.resolve("killed");
    Random random = new Random(3);
    int written = 0;
    int kills = 0;
    boolean complete = false;
    while (!complete) {
      // The last process may go on to the end, however little the others have done.
      int checkpoints = kills < MOST_KILLS ? random.nextInt(MOST_CHECKPOINTS) : Integer.MAX_VALUE;
      Life life = new Life(killed, checkpoints, random.nextInt(LONGEST_WAIT_MILLIS));
      if (life.complete && life.resumedFrom < 0) {
        // The one before was killed behind its last write, and left nothing to begin.
        assertThat(written).isEqualTo(STEPS);
      } else {
        assertThat(life.resumedFrom).isGreaterThanOrEqualTo(written);
      }
      written = life.written;
      complete = life.complete;
      kills += complete ? 0 : 1;
    }
    assertThat(kills).isGreaterThanOrEqualTo(LEAST_KILLS);
    assertThat(FolderContents.of(killed)).isEqualTo(FolderContents.of(whole));
  }

  /** What a process did before it was killed, or came to its end. */
  private static final class Life {
    int resumedFrom = -1;
    int written;
    boolean complete;

    /** Starts a process, and kills it some time after so many checkpoints. */
    Life(Path folder, int checkpoints, int thenMillis) throws Exception {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-Xmx256m",
                  "-Dai.djl.pytorch.num_threads=1",
                  "-cp",
                  ManagementFactory.getRuntimeMXBean().getClassPath(),
                  Victim.class.getName(),
                  folder.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (BufferedReader out =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
        int seen = -1;
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          read(line);
          seen++;
          if (seen == checkpoints) {
            Thread.sleep(thenMillis);
            // Not Process.destroyForcibly, which would close its output too.
            process.toHandle().destroyForcibly();
          }
        }
        int status = process.waitFor();
        assertThat(complete || seen >= checkpoints).as("ended with %d", status).isTrue();
      } finally {
        process.toHandle().destroyForcibly(); // the test may have been interrupted
      }
    }

    private void read(String line) {
      complete = line.equals("complete");
      if (!complete) {
        written = Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
        resumedFrom = line.startsWith("begins") ? written : resumedFrom;
      }
    }
  }
}
