package io.selfalign.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A machine that loses its power: what was not forced to disk may be gone. */
class PowerCutTest {
  private static final int ROUNDS = 3;

  @TempDir Path temporary;

  /** Stops at a step; {@link #cut} then takes away what was not forced. */
  private static final class VolatileStorage implements Storage {
    private final Storage real = new FileStorage();
    private final int stopAt;
    private final Map<Path, Long> forced = new HashMap<>();
    private int steps;

    VolatileStorage(int stopAt) {
      this.stopAt = stopAt;
    }

    private void step() throws IOException {
      if (steps++ >= stopAt) {
        throw new IOException("no power");
      }
    }

    /**
     * Cuts every file to what was forced.
     *
     * @param keepJournals whether journals reached the disk all the same
     */
    void cut(boolean keepJournals) throws IOException {
      for (Map.Entry<Path, Long> file : forced.entrySet()) {
        boolean journal = file.getKey().endsWith("journal.jsonl");
        if (Files.exists(file.getKey()) && !(journal && keepJournals)) {
          try (RandomAccessFile open = new RandomAccessFile(file.getKey().toFile(), "rw")) {
            open.setLength(Math.min(open.length(), file.getValue()));
          }
        }
      }
    }

    @Override
    public Output open(Path file, long keep) throws IOException {
      step();
      Output output = real.open(file, keep);
      forced.put(file, keep);
      long[] written = {keep};
      return new Output() {
        @Override
        public void write(byte[] bytes, int length) throws IOException {
          step();
          output.write(bytes, length);
          written[0] += length;
        }

        @Override
        public void force() throws IOException {
          step();
          output.force();
          forced.put(file, written[0]);
        }

        @Override
        public void close() throws IOException {
          output.close();
        }
      };
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      step();
      real.rename(from, to);
      Long length = forced.remove(from);
      if (length != null) {
        forced.put(to, length);
      }
    }

    @Override
    public void createFolder(Path folder) throws IOException {
      step();
      real.createFolder(folder);
    }

    @Override
    public void delete(Path file) throws IOException {
      step();
      real.delete(file);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
      step();
      real.forceFolder(folder);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_run_without_what_was_not_forced_ends_with_the_same_data(boolean keepJournals)
      throws IOException {
    Path whole = temporary.resolve("whole");
    SampleRun.compose(SampleRun.model(), ROUNDS).pipeline().in(whole).run();
    Map<String, String> expected = SampleRun.data(whole);
    boolean stopped = true;
    for (int step = 0; stopped; step++) {
      Path directory = temporary.resolve("step-" + step);
      VolatileStorage storage = new VolatileStorage(step);
      stopped = stops(directory, storage);
      storage.cut(keepJournals);

      SampleRun.compose(SampleRun.model(), ROUNDS).pipeline().in(directory).run();

      assertThat(SampleRun.data(directory)).as("after step %d", step).isEqualTo(expected);
    }
  }

  private static boolean stops(Path directory, Storage storage) {
    try {
      new Run(
              SampleRun.compose(SampleRun.model(), ROUNDS).pipeline(),
              directory,
              RunOptions.defaults(),
              storage)
          .run();
      return false;
    } catch (SelfAlignException e) {
      return true;
    }
  }
}
