package io.selfalign.examples.benchmark;

import com.sun.management.OperatingSystemMXBean;
import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.djl.DjlModel;
import io.selfalign.djl.DjlModelOptions;
import io.selfalign.model.BaseModel;
import io.selfalign.model.FinishReason;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.principle.Candidate;
import io.selfalign.principle.PrincipleCheck;
import io.selfalign.principle.PrincipleDrivenAlignment;
import io.selfalign.principle.PrincipleMentions;
import io.selfalign.principle.Prompt;
import io.selfalign.principle.PromptFrame;
import io.selfalign.principle.Reply;
import io.selfalign.principle.SafetyFilter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures stage 2 on a random 135M-parameter Llama beside bare generation of the same prompts, by
 * turns in one process: the stage without a check of answers, and with it.
 *
 * <p>What a random model writes is noise, which the first filter drops. The thoughts are therefore
 * put into its mouth, and what it writes behind them is an answer that passes all filters, so that
 * each is parsed, filtered, judged and committed; no answer in a real run costs more. Every
 * measurement has an introduction of its own, so that nothing is found in the cache. What a run
 * computes once, the shared prompt and the check's bound, is computed before the clock starts: it
 * does not grow with the queries.
 */
@Command(
    name = "respond-benchmark",
    mixinStandardHelpOptions = true,
    description = "Measures stage 2 beside bare generation of the same prompts.")
final class RespondBenchmark implements Callable<Integer> {
  private static final List<String> NAMES =
      List.of("bare generation", "stage, no check", "stage with check");

  @Option(
      names = "--folder",
      required = true,
      description = "Where the random checkpoint is, or is to be written.")
  private Path folder;

  @Option(names = "--queries", defaultValue = "64", description = "Default: ${DEFAULT-VALUE}.")
  private int queries;

  @Option(
      names = "--new-tokens",
      defaultValue = "256",
      description = "So many each answer has. Default: ${DEFAULT-VALUE}.")
  private int newTokens;

  @Option(
      names = "--repeats",
      defaultValue = "3",
      description = "How often each is measured. Default: ${DEFAULT-VALUE}.")
  private int repeats;

  private int introductions;

  /** Runs the benchmark. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new RespondBenchmark()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    RandomLlama.write(folder);
    try (DjlModel model = DjlModel.open(folder, DjlModelOptions.defaults())) {
      List<Measurement> measurements =
          List.of(
              () -> bare(model, stage(model, false)),
              () -> run(model, stage(model, false)),
              () -> run(model, stage(model, true)));
      List<List<Cost>> costs = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      bare(model, stage(model, false)); // to warm up
      for (int i = 0; i < repeats; i++) {
        List<Integer> order = new ArrayList<>(List.of(0, 1, 2));
        Collections.rotate(order, i);
        for (int j : order) {
          Cost cost = measurements.get(j).cost();
          System.err.printf("%s: %.2f s, CPU %.2f s%n", NAMES.get(j), cost.wall(), cost.cpu());
          costs.get(j).add(cost);
        }
      }
      print(costs);
    }
    return 0;
  }

  /** Something to measure. */
  private interface Measurement {
    Cost cost() throws IOException;
  }

  /** What something took, in seconds: on the clock, and of the processor's cores in all. */
  private record Cost(double wall, double cpu) {
    static Cost now() {
      long cpu =
          ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
      return new Cost(System.nanoTime() / 1e9, cpu / 1e9);
    }

    Cost since(Cost start) {
      return new Cost(wall - start.wall, cpu - start.cpu);
    }
  }

  private PrincipleDrivenAlignment stage(DjlModel model, boolean check) {
    String introduction = words(new Random(introductions++), 4);
    PromptFrame frame =
        PromptFrame.builder().introduction(introduction + " {persona} is an assistant.").build();
    WellFormed wellFormed = new WellFormed(model, frame);
    // A random model can't tell answers apart; what the check costs is measured all the same.
    SafetyFilter safety =
        check ? PrincipleCheck.builder(wellFormed, frame).minAuc(0).build() : SafetyFilter.none();
    return PrincipleDrivenAlignment.builder(wellFormed)
        .frame(frame)
        .safety(safety)
        .sampling(
            GenerationOptions.builder().temperature(0.5).topP(0.9).maxNewTokens(newTokens).build())
        .build();
  }

  private List<Query> questions() {
    Random random = new Random(2);
    return IntStream.range(0, queries)
        .mapToObj(i -> Query.of("q-" + i, words(random, 20)))
        .toList();
  }

  private Cost bare(DjlModel model, PrincipleDrivenAlignment stage) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (Query query : questions()) {
      RecordRandom random = RecordRandom.of(0, stage.name(), query.id());
      String prompt = stage.frame().prompt(query, random).text();
      requests.add(new GenerationRequest(query.id(), prompt + thoughts(stage.frame())));
    }
    computeShared(stage);
    Cost start = Cost.now();
    model.generate(requests, stage.sampling());
    return Cost.now().since(start);
  }

  /** Computes what a run computes once, by one more query. */
  private static void computeShared(PrincipleDrivenAlignment stage) {
    Query query = Query.of("first", "w0 w1 w2");
    Prompt prompt = stage.frame().prompt(query, RecordRandom.of(0, stage.name(), query.id()));
    GenerationOptions one = stage.sampling().toBuilder().maxNewTokens(1).build();
    String written = stage.model().generate(prompt.text(), one);
    Reply reply = stage.frame().parse(written, FinishReason.END_OF_SEQUENCE);
    PrincipleMentions mentions = new PrincipleMentions(List.of(), List.of());
    Cost start = Cost.now();
    Candidate candidate =
        new Candidate(query, prompt, written, reply, mentions, stage.frame().speech());
    stage.safety().judge(List.of(candidate));
    System.err.printf("the check, once a run: CPU %.2f s%n", Cost.now().since(start).cpu());
  }

  /** What stands between a prompt and the model's own words. */
  private static String thoughts(PromptFrame frame) {
    return String.format(
        "%s By my rule 7 (candor) I answer.%n%n## %s%n",
        frame.selfIdentification(), frame.persona());
  }

  private Cost run(DjlModel model, PrincipleDrivenAlignment stage) throws IOException {
    Path directory = Files.createTempDirectory("respond-benchmark");
    try {
      model.fingerprint(); // read once a process; not a cost of each query
      computeShared(stage);
      long before = model.prefilledTokens();
      Pipeline pipeline = Pipeline.of(stage, Dataset.of(Query.class, questions()));
      Cost start = Cost.now();
      long kept = pipeline.in(directory).run().stages().get(1).records();
      Cost cost = Cost.now().since(start);
      System.err.printf(
          "%d of %d kept, %d prompt tokens computed%n",
          kept, queries, model.prefilledTokens() - before);
      return cost;
    } finally {
      delete(directory);
    }
  }

  private void print(List<List<Cost>> costs) {
    List<Cost> bare = costs.get(0);
    System.out.printf("%d queries, %d new tokens each%n", queries, newTokens);
    System.out.printf(
        "%-16s %9s %9s %28s %28s%n",
        "", "s", "CPU s", "throughput of bare's (range)", "by CPU time (range)");
    for (int i = 0; i < costs.size(); i++) {
      List<Cost> measured = costs.get(i);
      System.out.printf(
          "%-16s %9.2f %9.2f %28s %28s%n",
          NAMES.get(i),
          median(measured.stream().map(Cost::wall).toList()),
          median(measured.stream().map(Cost::cpu).toList()),
          ratio(bare, measured, Cost::wall),
          ratio(bare, measured, Cost::cpu));
    }
  }

  /** The median of the ratios of those that were measured in the same round, with their range. */
  private static String ratio(
      List<Cost> bare, List<Cost> measured, ToDoubleFunction<Cost> seconds) {
    List<Double> ratios =
        IntStream.range(0, bare.size())
            .mapToObj(
                i -> seconds.applyAsDouble(bare.get(i)) / seconds.applyAsDouble(measured.get(i)))
            .sorted()
            .toList();
    return String.format(
        "%.3f (%.3f-%.3f)", median(ratios), ratios.get(0), ratios.get(ratios.size() - 1));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static String words(Random random, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "w" + random.nextInt(RandomLlama.VOCABULARY))
        .collect(Collectors.joining(" "));
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Has thoughts at once, lets a model answer, and finds that no answer breaks a principle. */
  private record WellFormed(BaseModel model, PromptFrame frame) implements BaseModel {
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
      String marker = String.format("## %s%n", frame.persona());
      List<GenerationRequest> answers =
          requests.stream().filter(request -> request.prompt().endsWith(marker)).toList();
      requests.stream()
          .filter(request -> !answers.contains(request))
          .forEach(request -> onComplete.accept(thoughtOf(request, "\n" + marker)));
      if (!answers.isEmpty()) {
        model.generate(answers, options, onComplete);
      }
    }

    private Generation thoughtOf(GenerationRequest request, String marker) {
      String text = thoughts(frame).replace(marker, "");
      return new Generation(
          request.id(), text, List.of(), FinishReason.STOP, Optional.of(marker), 0);
    }

    @Override
    public List<Score> score(List<ScoreRequest> requests) {
      return model.score(requests).stream()
          .map(
              score ->
                  new Score(
                      score.id(),
                      score.tokenIds(),
                      List.of(score.id().endsWith("-no") ? -1.0 : -2.0),
                      score.greedy()))
          .toList();
    }
  }
}
