package io.selfalign.examples.benchmark;

import io.selfalign.data.Traceable;
import io.selfalign.pipeline.BatchStage;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.RunEvent;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Unit;
import io.selfalign.pipeline.UnitContext;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures what a run costs besides the model: committing records of 1 KB in units of 64, reading
 * and checking them again on resume, and a stage around a model that does nothing. Every unit is
 * forced to disk.
 *
 * <p>On one core, with a small heap:
 *
 * <pre>{@code
 * taskset -c 0 java -Xmx256m \
 *   -cp "selfalign-examples/target/selfalign-examples-0.1.0-SNAPSHOT.jar:selfalign-examples/target/lib/*" \
 *   io.selfalign.examples.benchmark.RunBenchmark --folder /tmp/runs
 * }</pre>
 */
@Command(name = "RunBenchmark", mixinStandardHelpOptions = true)
public final class RunBenchmark implements Runnable {
  private static final String TEXT = "All work and no play. ".repeat(44);

  @Option(names = "--folder", required = true, description = "Where the run directories go.")
  private Path folder;

  @Option(names = "--records", defaultValue = "360000", description = "Default: ${DEFAULT-VALUE}.")
  private long records;

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
      return LongStream.range(0, size).mapToObj(i -> new Item("item-" + i, List.of(), TEXT));
    }
  }

  /** A stage whose model does nothing. */
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

  /** Runs the benchmark. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new RunBenchmark()).execute(args));
  }

  @Override
  public void run() {
    Pipeline pipeline = Pipeline.of(new Copying(), new MadeUp(records));
    Path directory = folder.resolve("run");
    delete(directory);
    double[] stageSeconds = new double[1];
    long[] processorNanos = new long[1];
    RunOptions options =
        RunOptions.builder()
            .listener(
                event -> {
                  // Listeners are on the thread that does the work.
                  if (event instanceof RunEvent.StageStarted started
                      && started.stage().equals("copy")) {
                    processorNanos[0] -= threadNanos();
                  } else if (event instanceof RunEvent.StageEnded ended
                      && ended.stage().equals("copy")) {
                    processorNanos[0] += threadNanos();
                    stageSeconds[0] = ended.duration().toNanos() / 1e9;
                  }
                })
            .build();
    pipeline.in(directory, options).run();
    System.out.printf(
        "%,d records of %,d bytes, units of 64, each forced to disk%n", records, bytes(directory));
    double disk = diskSeconds(directory);
    System.out.printf(
        "the disk alone, the same bytes written and forced: %.1f s, %.1f microseconds a record%n",
        disk, disk / records * 1e6);
    System.out.printf(
        "read, copy and commit: %.1f s, %.1f microseconds a record; heap at most %d MiB%n",
        stageSeconds[0], stageSeconds[0] / records * 1e6, peakHeap());
    System.out.printf(
        "of that, the processor's time: %.1f s, %.1f microseconds a record%n",
        processorNanos[0] / 1e9, processorNanos[0] / 1e3 / records);
    long start = System.nanoTime();
    pipeline.in(directory).run();
    System.out.printf(
        "resume a complete run, all data checked: %.1f s; heap at most %d MiB%n",
        (System.nanoTime() - start) / 1e9, peakHeap());
    delete(directory);
  }

  /** What nobody can save: the same bytes, written and forced as often. */
  private double diskSeconds(Path directory) {
    byte[] unit = new byte[(int) (64 * bytes(directory))];
    long start = System.nanoTime();
    try (FileOutputStream out = new FileOutputStream(directory.resolve("disk").toFile())) {
      for (long written = 0; written < records; written += 64) {
        out.write(unit);
        out.getFD().sync();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private long bytes(Path directory) {
    try {
      return Files.size(directory.resolve("stages/copy/records.jsonl")) / Math.max(1, records);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long threadNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long peakHeap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getPeakUsage)
            .mapToLong(usage -> usage.getUsed())
            .sum()
        >> 20;
  }

  private static void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
