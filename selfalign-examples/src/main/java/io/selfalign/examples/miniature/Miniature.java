package io.selfalign.examples.miniature;

import io.selfalign.SelfAlignResult;
import io.selfalign.djl.DType;
import io.selfalign.djl.DjlModel;
import io.selfalign.djl.DjlModelOptions;
import io.selfalign.error.SelfAlignException;
import io.selfalign.examples.ProgramEnd;
import io.selfalign.examples.miniature.Corpus.Document;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.LearningRateSchedule;
import io.selfalign.model.TrainingEvent;
import io.selfalign.model.TrainingExample;
import io.selfalign.model.TrainingOptions;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.principle.PromptFrame;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Makes the embedded base model: prints its corpus, pretrains it and measures it. */
@Command(
    name = "miniature",
    mixinStandardHelpOptions = true,
    subcommands = Miniature.Pretrain.class,
    description = "Makes and measures the miniature base model.")
final class Miniature {
  private static final int TOKENIZER_DOCUMENTS = 6_000;
  static final int VOCABULARY = 3_072;

  private final PrintStream out;

  private Miniature(PrintStream out) {
    this.out = out;
  }

  /** Runs a command; {@code --help} lists them. */
  public static void main(String[] args) {
    ProgramEnd end = new ProgramEnd();
    end.awaitFromNowOn();
    end.exit(() -> run(System.out, args));
  }

  static int run(PrintStream out, String... args) {
    return new CommandLine(new Miniature(out))
        .setExecutionExceptionHandler(
            (problem, command, parsed) -> {
              if (problem instanceof SelfAlignException) {
                command.getErr().println("miniature: " + problem.getMessage());
                return 1;
              }
              throw problem;
            })
        .execute(args);
  }

  /** Learns a tokenizer from the corpus's first documents. */
  static BytePairs tokens(Corpus corpus, int vocabulary) {
    return BytePairs.learn(
        corpus.documents(0, TOKENIZER_DOCUMENTS).map(Document::text),
        vocabulary,
        Corpus.wholeWords());
  }

  @Command(name = "documents", description = "Prints documents of the corpus.")
  int documents(
      @Option(names = "--seed", defaultValue = "1") long seed,
      @Option(names = "--from", defaultValue = "0") long from,
      @Option(names = "--count", defaultValue = "10") int count,
      @Option(names = "--kind", defaultValue = "") String kind) {
    Corpus corpus = new Corpus(seed);
    for (long number = from; number < from + count; number++) {
      Document document =
          kind.isEmpty()
              ? corpus.document(number)
              : corpus.document(number, Corpus.Kind.valueOf(kind.toUpperCase(Locale.ROOT)));
      out.printf("======== %d %s%n%s", number, document.kind(), document.text());
    }
    return 0;
  }

  @Command(name = "questions", description = "Prints the held-out questions.")
  int questions() {
    HeldOutQuestions.all()
        .forEach(q -> out.printf("%s | %s | %s%n", q.id(), q.expected(), q.text()));
    return 0;
  }

  /** Pretrains from random weights, or goes on where it was interrupted. */
  @Command(
      name = "pretrain",
      description = "Learns a tokenizer, writes random weights and pretrains them.")
  static final class Pretrain implements Callable<Integer> {
    @ParentCommand private Miniature miniature;

    @Option(names = "--out", required = true)
    private Path folder;

    @Option(names = "--seed", defaultValue = "1")
    private long seed;

    @Option(names = "--documents", defaultValue = "60000")
    private int documents;

    @Option(names = "--batch-size", defaultValue = "16", description = "Documents of a step.")
    private int batchSize;

    @Option(names = "--micro-batch-tokens", defaultValue = "3072")
    private int microBatchTokens;

    @Option(names = "--learning-rate", defaultValue = "3e-3")
    private double learningRate;

    @Option(names = "--warmup-steps", defaultValue = "200")
    private int warmupSteps;

    @Option(names = "--checkpoint-every", defaultValue = "250")
    private int checkpointEvery;

    @Option(
        names = "--dtype",
        defaultValue = "BF16",
        description = "Of the products; what is learnt is float32.")
    private DType dtype;

    @Option(names = "--hidden", defaultValue = "192")
    private int hidden;

    @Option(names = "--intermediate", defaultValue = "512")
    private int intermediate;

    @Option(names = "--layers", defaultValue = "5")
    private int layers;

    @Option(names = "--vocabulary", defaultValue = "" + VOCABULARY)
    private int vocabulary;

    @Override
    public Integer call() throws IOException {
      Corpus corpus = new Corpus(seed);
      Path initial = folder.resolve("initial");
      Checkpoint.Shape standard = Checkpoint.Shape.standard();
      Checkpoint.Shape shape =
          new Checkpoint.Shape(
              hidden,
              intermediate,
              layers,
              standard.heads(),
              standard.keyValueHeads(),
              standard.context());
      if (!Files.exists(initial.resolve("model.safetensors"))) {
        Checkpoint.write(initial, shape, tokens(corpus, vocabulary), seed);
      }
      System.out.printf(Locale.ROOT, "%,d parameters%n", Checkpoint.parameters(shape, vocabulary));
      Iterable<TrainingExample> examples =
          () ->
              corpus
                  .documents(0, documents)
                  .map(document -> new TrainingExample(document.id(), "", document.text()))
                  .iterator();
      try (DjlModel model =
          DjlModel.open(initial, DjlModelOptions.builder().dtype(dtype).build())) {
        model.train(examples, options(), folder.resolve("trained"), this::show);
      }
      return 0;
    }

    private TrainingOptions options() {
      return TrainingOptions.builder()
          .allWeights()
          .batchSize(batchSize)
          .microBatchTokens(microBatchTokens)
          .learningRate(learningRate)
          .schedule(LearningRateSchedule.COSINE)
          .warmupSteps(warmupSteps)
          .weightDecay(0.1)
          .beta2(0.98)
          .maxGradientNorm(1)
          .seed(seed)
          .checkpointEvery(checkpointEvery)
          .resume(true)
          .build();
    }

    private void show(TrainingEvent event) {
      if (event instanceof TrainingEvent.Started started) {
        miniature.out.printf(
            Locale.ROOT,
            "%,d documents, %,d tokens, %,d steps, from step %,d%n",
            started.examples(),
            started.tokens(),
            started.totalSteps(),
            started.resumedFrom());
      } else if (event instanceof TrainingEvent.Step step && step.step() % 10 == 0) {
        miniature.out.printf(
            Locale.ROOT,
            "step %,d of %,d: loss %.3f, %,.0f tokens/s, %d min left%n",
            step.step(),
            step.totalSteps(),
            step.loss(),
            step.tokensPerSecond(),
            step.timeLeft().toMinutes());
      }
    }
  }

  @Command(name = "sample", description = "Lets a model write what comes after a prompt.")
  int sample(
      @Option(names = "--model", required = true) Path folder,
      @Option(names = "--prompt", defaultValue = "\n") String prompt,
      @Option(names = "--count", defaultValue = "3") int count,
      @Option(names = "--tokens", defaultValue = "300") int tokens,
      @Option(names = "--temperature", defaultValue = "1") double temperature) {
    try (DjlModel model = DjlModel.open(folder)) {
      for (int i = 0; i < count; i++) {
        GenerationOptions options =
            GenerationOptions.builder()
                .maxNewTokens(tokens)
                .temperature(temperature)
                .topP(0.98)
                .seed(i)
                .build();
        out.printf("======== %d%n%s%s%n", i, prompt, model.generate(prompt, options));
      }
    }
    return 0;
  }

  @Command(
      name = "evaluate",
      description = "Asks the base model the held-out questions and prints rates.")
  int evaluate(
      @Option(names = "--model", required = true) Path folder,
      @Option(names = "--work", required = true) Path work,
      @Option(names = "--seed", defaultValue = "0") long seed) {
    try (DjlModel model = DjlModel.open(folder)) {
      show(MiniatureAlignment.measure(model, work, RunOptions.builder().seed(seed).build()));
    }
    return 0;
  }

  @Command(name = "align", description = "Runs all stages on a miniature and measures them.")
  int align(
      @Option(names = "--model", required = true) Path folder,
      @Option(names = "--work", required = true) Path work,
      @Option(names = "--seed", defaultValue = "0") long seed) {
    MiniatureAlignment.Options options = MiniatureAlignment.Options.defaults();
    PromptFrame frame = MiniatureAlignment.frame();
    try (DjlModel model = DjlModel.open(folder);
        SelfAlignResult result =
            MiniatureAlignment.of(model, frame, options).workDirectory(work).seed(seed).run()) {
      result.stages().forEach(stage -> out.println(stage));
      Measurement measurement = MiniatureAlignment.measure(model, frame, result, seed, event -> {});
      show(measurement);
    }
    return 0;
  }

  private void show(Measurement measurement) {
    out.println(measurement);
  }
}
