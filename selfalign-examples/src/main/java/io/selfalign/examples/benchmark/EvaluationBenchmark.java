package io.selfalign.examples.benchmark;

import io.selfalign.djl.DType;
import io.selfalign.djl.DjlModel;
import io.selfalign.djl.DjlModelOptions;
import io.selfalign.eval.ChoiceQuestion;
import io.selfalign.eval.ChoiceQuestion.Choice;
import io.selfalign.eval.MultipleChoice;
import io.selfalign.eval.PromptStyle;
import io.selfalign.eval.TruthfulQa;
import io.selfalign.model.ScoreRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures TruthfulQA's multiple choice on a random 135M-parameter Llama, beside transformers on
 * the same weights in the same run, which runs every prompt with its candidate by itself, in
 * batches of the same size.
 *
 * <p>The model's tokenizer knows no words: each word and each mark of the questions becomes one of
 * its tokens, on both sides. The plain prompt is the question alone; the few-shot one has six
 * questions with answers before it, of the length of the published preamble. Compared is processor
 * time, of all threads, which other work on the machine changes less than the time that passes.
 */
@Command(
    name = "evaluation-benchmark",
    mixinStandardHelpOptions = true,
    description = "Measures multiple choice on a random 135M Llama, beside transformers.")
final class EvaluationBenchmark implements Callable<Integer> {
  private static final String PEER = "evaluation_peer.py";
  private static final Pattern TOKEN = Pattern.compile("\\w+|[^\\w\\s]");
  private static final int PREAMBLE_WORDS = 190;
  private static final String ROW = "%-10s %12s %14s %8s %16s%n";

  @Option(
      names = "--folder",
      description = "where the random checkpoint is, or is to be written",
      required = true)
  private Path folder;

  @Option(
      names = "--data",
      description = "TruthfulQA's mc_task.json or TruthfulQA.csv",
      required = true)
  private Path data;

  @Option(
      names = "--python",
      description = "a Python with torch and transformers, to measure the peer with")
  private @Nullable Path python;

  @Option(
      names = "--limit",
      description = "how many questions, from the first on; default all",
      defaultValue = "2147483647")
  private int limit;

  @Option(names = "--batch-size", description = "rows of a batch, of both", defaultValue = "32")
  private int batchSize;

  @Option(names = "--dtype", description = "f32 or bf16", defaultValue = "bf16")
  private String dtype;

  @Option(names = "--threads", description = "of a matrix product, of both", defaultValue = "1")
  private int threads;

  @Option(
      names = "--style",
      description = "plain or few-shot; default both, of which few-shot takes the peer far longer",
      split = ",",
      defaultValue = "plain,few-shot")
  private List<String> styles = List.of();

  private final PrintStream out = System.out;

  public static void main(String[] args) {
    System.exit(new CommandLine(new EvaluationBenchmark()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(threads));
    RandomLlama.write(folder);
    List<ChoiceQuestion> questions =
        TruthfulQa.multipleChoice(data).stream()
            .limit(limit)
            .map(EvaluationBenchmark::spelled)
            .toList();
    long candidates = questions.stream().mapToLong(question -> question.choices().size()).sum();
    out.printf(
        "%d questions, %d candidates, batches of %d, %s; CPU seconds%n",
        questions.size(), candidates, batchSize, dtype);
    out.printf(ROW, "", "selfalign", "transformers", "ratio", "mc1, mc1");
    for (String name : styles) {
      measure(style(name), questions);
    }
    return 0;
  }

  private static PromptStyle style(String name) {
    String plain = "w1 " + PromptStyle.QUESTION + " w2 ";
    return switch (name) {
      case "plain" -> new PromptStyle(name, plain);
      case "few-shot" -> new PromptStyle(name, preamble() + " " + plain);
      default ->
          throw new IllegalArgumentException(
              "--style is '" + name + "', but must be plain or few-shot");
    };
  }

  private void measure(PromptStyle style, List<ChoiceQuestion> questions)
      throws IOException, InterruptedException {
    String name = style.name();
    DjlModelOptions options =
        DjlModelOptions.builder()
            .dtype(DType.valueOf(dtype.toUpperCase(Locale.ROOT)))
            .maxBatchSize(batchSize)
            .build();
    double seconds;
    double mc1;
    try (DjlModel model = DjlModel.open(folder, options)) {
      MultipleChoice stage = MultipleChoice.builder(model).style(style).build();
      model.score(List.of(new ScoreRequest("first", "w3 w4", " w5"))); // the first pass is slower
      double start = cpuSeconds();
      mc1 = stage.evaluate(questions).figure(MultipleChoice.MC1).value();
      seconds = cpuSeconds() - start;
      out.printf(
          "%s: ran %d prompt tokens, reused %d%n",
          name, model.prefilledTokens(), model.reusedTokens());
    }
    if (python == null) {
      out.printf(ROW, name, shown(seconds), "-", "-", mc1);
      return;
    }
    JsonNode peer = measurePeer(python, style, questions);
    double theirs = peer.get("cpu_seconds").asDouble();
    String figures = String.format(Locale.ROOT, "%.4f, %.4f", mc1, peer.get("mc1").asDouble());
    out.printf(ROW, name, shown(seconds), shown(theirs), shown(theirs / seconds), figures);
  }

  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  private static String shown(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** A question whose words are the model's. */
  private static ChoiceQuestion spelled(ChoiceQuestion question) {
    List<Choice> choices = new ArrayList<>();
    for (Choice choice : question.choices()) {
      choices.add(new Choice(spelled(choice.text()), choice.correct(), choice.single()));
    }
    return new ChoiceQuestion(
        question.id(), question.group(), spelled(question.question()), choices);
  }

  private static String spelled(String text) {
    return TOKEN
        .matcher(text)
        .results()
        .map(match -> "w" + Math.floorMod(match.group().hashCode(), RandomLlama.VOCABULARY))
        .collect(Collectors.joining(" "));
  }

  private static String preamble() {
    StringBuilder preamble = new StringBuilder();
    for (int i = 0; i < PREAMBLE_WORDS; i++) {
      preamble.append(i == 0 ? "" : " ").append('w').append((i * 7919) % RandomLlama.VOCABULARY);
    }
    return preamble.toString();
  }

  private JsonNode measurePeer(Path python, PromptStyle style, List<ChoiceQuestion> questions)
      throws IOException, InterruptedException {
    Path script = Files.createTempFile("peer", ".py");
    Path input = Files.createTempFile("questions", ".json");
    try {
      try (var resource = EvaluationBenchmark.class.getResourceAsStream(PEER)) {
        if (resource == null) {
          throw new IllegalStateException(PEER + " is missing from the class path");
        }
        Files.write(script, resource.readAllBytes());
      }
      JsonMapper.shared().writeValue(input, peerQuestions(style, questions));
      Process process =
          new ProcessBuilder(
                  python.toString(),
                  script.toString(),
                  folder.toString(),
                  dtype,
                  String.valueOf(batchSize),
                  input.toString(),
                  String.valueOf(threads))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      JsonNode json = JsonMapper.shared().readTree(process.getInputStream());
      if (process.waitFor() != 0) {
        throw new IllegalStateException("the peer ended with status " + process.exitValue());
      }
      return json;
    } finally {
      Files.delete(script);
      Files.delete(input);
    }
  }

  private static List<Map<String, Object>> peerQuestions(
      PromptStyle style, List<ChoiceQuestion> questions) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (ChoiceQuestion question : questions) {
      List<Map<String, Object>> choices = new ArrayList<>();
      for (Choice choice : question.choices()) {
        choices.add(
            Map.of(
                "text",
                style.continuation(choice.text()),
                "correct",
                choice.correct(),
                "single",
                choice.single()));
      }
      rows.add(Map.of("prompt", style.prompt(question.question()), "choices", choices));
    }
    return rows;
  }
}
