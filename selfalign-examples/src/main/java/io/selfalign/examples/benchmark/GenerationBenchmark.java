package io.selfalign.examples.benchmark;

import io.selfalign.djl.DType;
import io.selfalign.djl.DjlModel;
import io.selfalign.djl.DjlModelOptions;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
 * Measures generation on a random 135M-parameter Llama, beside transformers on the same weights in
 * the same run.
 *
 * <p>The self-align workload is a prompt of 1,830 tokens, of which all queries share the first
 * 1,800, and 64 new tokens, greedily. Every repetition has prefixes of its own, so that none is
 * found in the cache. Figures are medians.
 */
@Command(
    name = "generation-benchmark",
    mixinStandardHelpOptions = true,
    description = "Measures generation on a random 135M Llama, beside transformers.")
final class GenerationBenchmark implements Callable<Integer> {
  private static final int SHARED = 1800;
  private static final int OWN = 30;
  private static final int NEW = 64;
  private static final String PEER = "transformers_peer.py";

  @Option(
      names = "--folder",
      description = "where the random checkpoint is, or is to be written",
      required = true)
  private Path folder;

  @Option(
      names = "--python",
      description = "a Python with torch and transformers, to measure the peer with")
  private @Nullable Path python;

  @Option(names = "--repeats", description = "how often each is measured", defaultValue = "3")
  private int repeats;

  @Option(
      names = "--dtype",
      description = "f32, bf16 or both",
      split = ",",
      defaultValue = "f32,bf16")
  private List<String> dtypes;

  @Option(
      names = "--rows",
      description = "batch sizes; the peer's self-align workload is measured with at most 8 rows",
      split = ",",
      defaultValue = "1,8,64")
  private List<Integer> batchSizes;

  @Option(
      names = "--measure",
      description = "what to measure: self-align, prefill, decode",
      split = ",",
      defaultValue = "self-align,prefill,decode")
  private List<String> measured;

  private final PrintStream out = System.out;
  private int prefixes;

  public static void main(String[] args) {
    System.exit(new CommandLine(new GenerationBenchmark()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    RandomLlama.write(folder);
    for (String dtype : dtypes) {
      Map<String, Double> ours = measure(DType.valueOf(dtype.toUpperCase(Locale.ROOT)));
      Map<String, Double> theirs = python == null ? Map.of() : measurePeer(python, dtype);
      print(dtype, ours, theirs);
    }
    return 0;
  }

  private Map<String, Double> measure(DType dtype) throws IOException {
    Map<String, Double> figures = new LinkedHashMap<>();
    DjlModelOptions options = DjlModelOptions.builder().dtype(dtype).build();
    // The first opening also loads PyTorch.
    DjlModel.open(folder, options).close();
    double before = residentMegabytes();
    try (DjlModel model = DjlModel.open(folder, options)) {
      figures.put("load: resident MB", residentMegabytes() - before);
      generate(model, texts(1, 64, 0), 8);
      for (int rows : batchSizes("self-align")) {
        figures.put(
            "self-align, " + rows + " rows: s/query",
            median(() -> generate(model, texts(rows, SHARED, OWN), NEW) / rows));
      }
      if (measured.contains("prefill")) {
        figures.put(
            "prefill of 1830: tok/s",
            (SHARED + OWN) / median(() -> generate(model, texts(1, SHARED, OWN), 1)));
      }
      for (int rows : batchSizes("decode")) {
        figures.put(
            "decode, " + rows + " rows: tok/s", rows * 127 / median(() -> decode(model, rows)));
      }
    }
    return figures;
  }

  private List<Integer> batchSizes(String what) {
    return measured.contains(what) ? batchSizes : List.of();
  }

  /** The time of 127 decoding steps: that of 128 new tokens without that of the first one. */
  private double decode(DjlModel model, int rows) {
    List<String> texts = texts(rows, 0, 16);
    return generate(model, texts, 128) - generate(model, texts, 1);
  }

  private static double generate(DjlModel model, List<String> prompts, int newTokens) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (String prompt : prompts) {
      requests.add(new GenerationRequest("q" + requests.size(), prompt));
    }
    GenerationOptions options =
        GenerationOptions.builder().temperature(0).maxNewTokens(newTokens).build();
    long start = System.nanoTime();
    model.generate(requests, options);
    return (System.nanoTime() - start) / 1e9;
  }

  private List<String> texts(int rows, int shared, int own) {
    Random random = new Random(prefixes++);
    String prefix = words(random, shared);
    return IntStream.range(0, rows).mapToObj(row -> prefix + " " + words(random, own)).toList();
  }

  private static String words(Random random, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "w" + random.nextInt(RandomLlama.VOCABULARY))
        .collect(Collectors.joining(" "));
  }

  private interface Measurement {
    double seconds();
  }

  private double median(Measurement measurement) {
    double[] seconds = new double[repeats];
    for (int i = 0; i < repeats; i++) {
      seconds[i] = measurement.seconds();
    }
    Arrays.sort(seconds);
    return seconds[repeats / 2];
  }

  /** The resident memory of this process after a collection; 0 where the system doesn't say. */
  private static double residentMegabytes() throws IOException {
    System.gc();
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
        .sum();
  }

  private Map<String, Double> measurePeer(Path python, String dtype)
      throws IOException, InterruptedException {
    Path script = Files.createTempFile("peer", ".py");
    try {
      try (var resource = GenerationBenchmark.class.getResourceAsStream(PEER)) {
        if (resource == null) {
          throw new IllegalStateException(PEER + " is missing from the class path");
        }
        Files.write(script, resource.readAllBytes());
      }
      Process process =
          new ProcessBuilder(
                  python.toString(),
                  script.toString(),
                  folder.toString(),
                  dtype,
                  Integer.toString(repeats),
                  batchSizes.stream().map(String::valueOf).collect(Collectors.joining(",")),
                  String.join(",", measured))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      JsonNode json = JsonMapper.shared().readTree(process.getInputStream());
      if (process.waitFor() != 0) {
        throw new IllegalStateException("the peer ended with status " + process.exitValue());
      }
      Map<String, Double> figures = new LinkedHashMap<>();
      json.properties().forEach(entry -> figures.put(entry.getKey(), entry.getValue().asDouble()));
      return figures;
    } finally {
      Files.delete(script);
    }
  }

  private void print(String dtype, Map<String, Double> ours, Map<String, Double> theirs) {
    out.printf("%n%-34s %12s %12s%n", dtype, "selfalign", "transformers");
    ours.forEach(
        (name, value) -> {
          Double peer = theirs.get(name);
          out.printf("%-34s %12.3f %12s%n", name, value, peer == null ? "-" : format(peer));
        });
  }

  private static String format(double value) {
    return String.format("%.3f", value);
  }
}
