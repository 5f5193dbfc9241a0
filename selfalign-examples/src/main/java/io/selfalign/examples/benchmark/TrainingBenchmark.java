package io.selfalign.examples.benchmark;

import io.selfalign.djl.DType;
import io.selfalign.djl.DjlModel;
import io.selfalign.djl.DjlModelOptions;
import io.selfalign.model.TrainingEvent;
import io.selfalign.model.TrainingExample;
import io.selfalign.model.TrainingOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures LoRA training (rank 16 on q, k, v and o, dropout 0.05) on a random 135M-parameter Llama,
 * beside PEFT on the same weights and tokens.
 *
 * <p>Workloads: rows of 512 tokens of which half are learnt, 4 to a forward and backward pass; and
 * completions of mixed length, 150 tokens in the mean, after prompts of half their length, with at
 * most 512 tokens in all, 8 to a pass. Two passes make an optimizer step. Speed is the median over
 * the steps after the first, in tokens of the data a second. Every measurement is a process of its
 * own, whose peak of resident memory counts.
 */
@Command(
    name = "training-benchmark",
    mixinStandardHelpOptions = true,
    description = "Measures LoRA training on a random 135M Llama, beside PEFT.")
final class TrainingBenchmark implements Callable<Integer> {
  private static final String PEER = "peft_peer.py";
  private static final int MOST_TOKENS = 512;

  @Option(
      names = "--folder",
      description = "where the random checkpoint is, or is to be written",
      required = true)
  private Path folder;

  @Option(
      names = "--python",
      description = "a Python with torch, transformers and peft, to measure the peer with")
  private @Nullable Path python;

  @Option(names = "--steps", description = "how many steps are measured", defaultValue = "4")
  private int steps;

  @Option(names = "--dtype", description = "f32, bf16 or both", split = ",", defaultValue = "bf16")
  private List<String> dtypes;

  @Option(names = "--checkpointing", description = "measure gradient checkpointing, too")
  private boolean checkpointing;

  @Option(names = "--measure", hidden = true, description = "the examples to measure, in a child")
  private @Nullable Path measured;

  private final PrintStream out = System.out;

  public static void main(String[] args) {
    System.exit(new CommandLine(new TrainingBenchmark()).execute(args));
  }

  private record Workload(String name, int rows, List<int[]> lengths) {}

  @Override
  public Integer call() throws Exception {
    if (measured != null) {
      measure(measured);
      return 0;
    }
    RandomLlama.write(folder);
    for (Workload workload : List.of(fullRows(), mixedLengths())) {
      Path examples = Files.createTempFile("examples", ".jsonl");
      try {
        writeExamples(examples, workload);
        for (String dtype : dtypes) {
          compare(workload, dtype, examples);
        }
      } finally {
        Files.delete(examples);
      }
    }
    return 0;
  }

  private void compare(Workload workload, String dtype, Path examples) throws Exception {
    out.printf("%n%-34s %12s %12s%n", workload.name() + ", " + dtype, "tok/s", "peak MB");
    JsonNode ours = child(workload, dtype, examples, false);
    print("selfalign", ours);
    if (checkpointing) {
      print("selfalign, checkpointing", child(workload, dtype, examples, true));
    }
    if (python != null) {
      JsonNode theirs = peer(python, workload, dtype, examples);
      print("PEFT", theirs);
      out.printf(
          "%-34s %12.2f %12.2f%n",
          "ratio",
          ours.get("tok/s").asDouble() / theirs.get("tok/s").asDouble(),
          ours.get("peak MB").asDouble() / theirs.get("peak MB").asDouble());
    }
  }

  private void print(String who, JsonNode figures) {
    out.printf(
        "%-34s %12.1f %12.0f%n",
        who, figures.get("tok/s").asDouble(), figures.get("peak MB").asDouble());
  }

  private Workload fullRows() {
    int rows = 4;
    List<int[]> lengths =
        IntStream.range(0, 2 * rows * (steps + 1))
            .mapToObj(i -> new int[] {MOST_TOKENS / 2, MOST_TOKENS / 2})
            .toList();
    return new Workload("full rows of 512", rows, lengths);
  }

  /** Exponential lengths, which is about how answers are distributed. */
  private Workload mixedLengths() {
    int rows = 8;
    Random random = new Random(1);
    List<int[]> lengths = new ArrayList<>();
    for (int i = 0; i < 2 * rows * (steps + 1); i++) {
      int completion =
          (int) Math.min(2.0 * MOST_TOKENS / 3, 8 - 165 * Math.log(1 - random.nextDouble()));
      lengths.add(new int[] {completion / 2, completion});
    }
    return new Workload("mixed lengths", rows, lengths);
  }

  private static void writeExamples(Path file, Workload workload) throws IOException {
    Random random = new Random(2);
    List<String> lines = new ArrayList<>();
    for (int[] lengths : workload.lengths()) {
      lines.add(
          String.format(
              "{\"prompt\":%s,\"completion\":%s}",
              ids(random, lengths[0]), ids(random, lengths[1])));
    }
    Files.write(file, lines);
  }

  private static List<Integer> ids(Random random, int count) {
    return IntStream.range(0, count).mapToObj(i -> random.nextInt(RandomLlama.VOCABULARY)).toList();
  }

  private JsonNode child(Workload workload, String dtype, Path examples, boolean recompute)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path")));
    command.add(TrainingBenchmark.class.getName());
    command.addAll(List.of("--folder", folder.toString(), "--dtype", dtype));
    command.addAll(List.of("--measure", examples.toString()));
    command.addAll(List.of("--steps", Integer.toString(workload.rows())));
    if (recompute) {
      command.add("--checkpointing");
    }
    return run(command);
  }

  private JsonNode peer(Path interpreter, Workload workload, String dtype, Path examples)
      throws Exception {
    Path script = Files.createTempFile("peer", ".py");
    try (InputStream resource = TrainingBenchmark.class.getResourceAsStream(PEER)) {
      if (resource == null) {
        throw new IllegalStateException(PEER + " is missing from the class path");
      }
      Files.write(script, resource.readAllBytes());
      return run(
          List.of(
              interpreter.toString(),
              script.toString(),
              folder.toString(),
              dtype,
              examples.toString(),
              Integer.toString(workload.rows())));
    } finally {
      Files.delete(script);
    }
  }

  private static JsonNode run(List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    JsonNode json = JsonMapper.shared().readTree(process.getInputStream());
    if (process.waitFor() != 0) {
      throw new IllegalStateException("the child ended with status " + process.exitValue());
    }
    return json;
  }

  /** The child: trains, and prints its figures as JSON. In it, steps are the rows of a pass. */
  private void measure(Path examples) throws IOException {
    List<TrainingExample> data = new ArrayList<>();
    for (String line : Files.readAllLines(examples)) {
      JsonNode json = JsonMapper.shared().readTree(line);
      data.add(
          new TrainingExample(
              "e" + data.size(), text(json.get("prompt")), " " + text(json.get("completion"))));
    }
    DType dtype = DType.valueOf(dtypes.get(0).toUpperCase(Locale.ROOT));
    TrainingOptions options =
        TrainingOptions.builder()
            .batchSize(2 * steps)
            .microBatchTokens(4 * MOST_TOKENS)
            .shuffle(false)
            .endOfSequence(false)
            .gradientCheckpointing(checkpointing)
            .build();
    List<Double> speeds = new ArrayList<>();
    Path target = Files.createTempDirectory("adapter");
    try (DjlModel model = DjlModel.open(folder, DjlModelOptions.builder().dtype(dtype).build())) {
      model.train(
          data,
          options,
          target,
          event -> {
            if (event instanceof TrainingEvent.Step step) {
              speeds.add(step.tokensPerSecond());
            }
          });
    }
    List<Double> sorted = speeds.subList(1, speeds.size()).stream().sorted().toList();
    out.printf(
        "{\"tok/s\": %.3f, \"peak MB\": %.3f}%n",
        sorted.get(sorted.size() / 2), Double.valueOf(peakMegabytes()));
  }

  private static String text(JsonNode ids) {
    return ids.values().stream().map(id -> "w" + id.asInt()).collect(Collectors.joining(" "));
  }

  /** The largest resident memory of this process so far; 0 where the system doesn't say. */
  private static double peakMegabytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
        .sum();
  }
}
