package io.selfalign.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.selfalign.data.Traceable;
import io.selfalign.error.CancelledException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run whose records are more than its process has memory for. */
class MemoryTest {
  private static final long RECORDS = 48_000;
  private static final String KILOBYTE = "All work and no play. ".repeat(44);

  @TempDir Path temporary;

  /** A record of about 1 KB. */
  record Item(String id, List<String> parents, String text) implements Traceable {}

  /** Records that are made up as they are read. */
  private record MadeUp(long size) implements Dataset<Item> {
    @Override
    public Class<Item> type() {
      return Item.class;
    }

    @Override
    public Stream<Item> stream() {
      return LongStream.range(0, size).mapToObj(i -> new Item("item-" + i, List.of(), KILOBYTE));
    }
  }

  private record Copying() implements BatchStage<Item, Item> {
    @Override
    public String name() {
      return "copy";
    }

    @Override
    public Class<Item> inputType() {
      return Item.class;
    }

    @Override
    public Class<Item> outputType() {
      return Item.class;
    }

    @Override
    public Settings settings() {
      return Settings.none();
    }

    @Override
    public Unit<Item> process(List<Item> batch, UnitContext context) {
      Unit.Builder<Item> unit = Unit.builder();
      for (Item item : batch) {
        unit.keep(new Item("copy-of-" + item.id(), List.of(item.id()), item.text()));
      }
      return unit.build();
    }
  }

  /** Stops a run in its middle, resumes it, finds it complete, and traces a record in it. */
  static final class SmallProcess {
    private SmallProcess() {}

    public static void main(String[] args) {
      Path directory = Path.of(args[0]);
      Pipeline pipeline = Pipeline.of(new Copying(), new MadeUp(RECORDS));
      AtomicReference<Run> first = new AtomicReference<>();
      first.set(
          pipeline.in(
              directory,
              RunOptions.builder()
                  .workers(2)
                  .listener(
                      event -> {
                        if (event instanceof RunEvent.Progress progress
                            && progress.stage().equals("copy")
                            && progress.done() > RECORDS / 2) {
                          first.get().cancel();
                        }
                      })
                  .build()));
      try {
        first.get().run();
        throw new IllegalStateException("the run was not cancelled");
      } catch (CancelledException e) {
        System.out.println("cancelled");
      }
      for (int time = 0; time < 2; time++) {
        RunResult result = pipeline.in(directory).run();
        System.out.println(result.stages().get(1).records() + " records");
      }
      System.out.println(RunDirectory.open(directory).trace("item-7").size() + " traced");
    }
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void neither_writing_nor_resuming_nor_tracing_takes_memory_for_all_records() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx24m", // half of what either stage has
                "-cp",
                ManagementFactory.getRuntimeMXBean().getClassPath(),
                SmallProcess.class.getName(),
                temporary.toString())
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      assertThat(output).contains("cancelled", RECORDS + " records", "2 traced");
    } finally {
      process.toHandle().destroyForcibly();
    }
  }
}
