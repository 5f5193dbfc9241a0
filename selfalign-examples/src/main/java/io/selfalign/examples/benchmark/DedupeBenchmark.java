package io.selfalign.examples.benchmark;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.text.NearDuplicateIndex;
import io.selfalign.text.NearDuplicateIndex.Statistics;
import io.selfalign.text.RougeTokenizer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures how long near-duplicates take to find, beside comparing all pairs bit-parallel and
 * beside ROUGE-L in Python, on generated instructions or a file of real ones. Verdicts of all three
 * must agree. One thread; times are medians.
 */
@Command(
    name = "dedupe-benchmark",
    mixinStandardHelpOptions = true,
    description = "Measures the search for near-duplicates, beside comparing all pairs.")
final class DedupeBenchmark implements Callable<Integer> {
  private static final double THRESHOLD = NearDuplicateIndex.DEFAULT_THRESHOLD;
  private static final String PEER = "rouge_peer.py";

  @Option(
      names = "--sizes",
      description = "how many instructions; default: ${DEFAULT-VALUE}",
      split = ",",
      defaultValue = "10000,100000")
  private List<Integer> sizes;

  @Option(
      names = "--file",
      description = "real instructions to measure with, {\"instruction\"} per line")
  private @Nullable Path file;

  @Option(
      names = "--all-pairs",
      description = "compare all pairs too, of at most so many; default: ${DEFAULT-VALUE}",
      defaultValue = "10000")
  private int allPairs;

  @Option(names = "--python", description = "a Python, to measure the published way with")
  private @Nullable Path python;

  @Option(names = "--repeats", description = "how often each is measured", defaultValue = "3")
  private int repeats;

  private final PrintStream out = System.out;

  public static void main(String[] args) {
    System.exit(new CommandLine(new DedupeBenchmark()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (file != null) {
      measure(read(file));
      return 0;
    }
    List<String> texts =
        new InstructionGenerator(1).texts(sizes.stream().mapToInt(size -> size).max().orElse(0));
    for (int size : sizes) {
      measure(texts.subList(0, size));
    }
    return 0;
  }

  private static List<String> read(Path file) {
    try (JsonLinesReader lines = JsonLines.read(file)) {
      return lines.stream().map(line -> line.text("instruction")).toList();
    }
  }

  private void measure(List<String> texts) throws IOException, InterruptedException {
    out.printf(
        "%n%d instructions of %.1f words%n",
        texts.size(),
        texts.stream()
            .mapToInt(text -> RougeTokenizer.UNICODE.tokenize(text).size())
            .average()
            .orElse(0));
    long before = usedBytes();
    NearDuplicateIndex index = NearDuplicateIndex.builder().build();
    BitSet kept = new BitSet();
    double[] seconds = new double[repeats];
    for (int i = 0; i < repeats; i++) {
      NearDuplicateIndex fresh = NearDuplicateIndex.builder().build();
      index = fresh;
      seconds[i] = judge(texts, text -> fresh.addIfNew(text).isEmpty(), kept);
    }
    long bytes = usedBytes() - before;
    double first = seconds[0];
    Arrays.sort(seconds);
    out.printf(
        "index      %10.3f s, the first time %.3f s; %d kept, in %d bytes each%n",
        seconds[repeats / 2], first, index.size(), bytes / Math.max(1, index.size()));
    print(index.statistics());
    if (texts.size() <= allPairs) {
      measureAllPairs(texts, kept);
    }
    if (python != null) {
      measurePeer(python, texts, kept, index.statistics().pairs());
    }
  }

  private void measureAllPairs(List<String> texts, BitSet expected) {
    BitSet kept = new BitSet();
    double[] seconds = new double[repeats];
    for (int i = 0; i < repeats; i++) {
      AllPairs pairs = new AllPairs(THRESHOLD, RougeTokenizer.ADAPTIVE);
      seconds[i] = judge(texts, pairs::addIfNew, kept);
    }
    Arrays.sort(seconds);
    out.printf("all pairs  %10.3f s%n", seconds[repeats / 2]);
    checkSame("all pairs", kept.equals(expected));
  }

  /** Which of the texts are kept, and how many seconds that takes. */
  private static double judge(List<String> texts, Predicate<String> isNew, BitSet kept) {
    kept.clear();
    long start = System.nanoTime();
    for (int i = 0; i < texts.size(); i++) {
      kept.set(i, isNew.test(texts.get(i)));
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private void print(Statistics statistics) {
    double pairs = Math.max(1, statistics.pairs());
    out.printf("  %-44s %15d%n", "pairs", statistics.pairs());
    out.printf("  %-44s %15.6f %%%n", "of fitting lengths", 100 * statistics.lengths() / pairs);
    out.printf("  %-44s %15.6f %%%n", "met at a rare token", 100 * statistics.rareTokens() / pairs);
    out.printf("  %-44s %15.6f %%%n", "of similar bits", 100 * statistics.bits() / pairs);
    out.printf("  %-44s %15.6f %%%n", "with enough tokens", 100 * statistics.overlaps() / pairs);
    out.printf("  %-44s %15.6f %%%n", "over the threshold", 100 * statistics.matches() / pairs);
  }

  /** Compares as far as the peer comes in a minute, and extrapolates its time per pair. */
  private void measurePeer(Path python, List<String> texts, BitSet expected, long pairs)
      throws IOException, InterruptedException {
    Path script = Files.createTempFile("peer", ".py");
    Path input = Files.createTempFile("texts", ".txt");
    try {
      try (var resource = DedupeBenchmark.class.getResourceAsStream(PEER)) {
        if (resource == null) {
          throw new IllegalStateException(PEER + " is missing from the class path");
        }
        Files.write(script, resource.readAllBytes());
      }
      Files.write(input, texts.stream().map(text -> text.replaceAll("\\R", " ")).toList());
      Process process =
          new ProcessBuilder(python.toString(), script.toString(), Double.toString(THRESHOLD))
              .redirectInput(input.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      JsonNode json = JsonMapper.shared().readTree(process.getInputStream());
      if (process.waitFor() != 0) {
        throw new IllegalStateException("the peer ended with status " + process.exitValue());
      }
      double each = json.get("seconds").asDouble() / Math.max(1, json.get("pairs").asLong());
      int judged = json.get("judged").asInt();
      out.printf(
          "Python     %10.0f s, from %.1f us a pair, measured on the first %d instructions%n",
          each * pairs, 1e6 * each, judged);
      checkSame("Python", json.get("kept").asInt() == expected.get(0, judged).cardinality());
    } finally {
      Files.delete(script);
      Files.delete(input);
    }
  }

  private static void checkSame(String peer, boolean same) {
    if (!same) {
      throw new IllegalStateException("the index and " + peer + " keep different instructions");
    }
  }

  private static long usedBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
