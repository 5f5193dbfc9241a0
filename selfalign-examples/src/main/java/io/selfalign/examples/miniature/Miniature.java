package io.selfalign.examples.miniature;

import io.selfalign.SelfAlignResult;
import io.selfalign.djl.DjlModel;
import io.selfalign.error.SelfAlignException;
import io.selfalign.examples.ProgramEnd;
import io.selfalign.examples.miniature.Corpus.Document;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.RunOptions;
import io.selfalign.principle.PromptFrame;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the embedded base model: prints its corpus, pretrains it and measures it. */
@Command(
    name = "miniature",
    mixinStandardHelpOptions = true,
    subcommands = Pretraining.class,
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
      name = "reading",
      description = "Prints how well a model finds what stands in its context.")
  int reading(@Option(names = "--model", required = true) Path folder) {
    try (DjlModel model = DjlModel.open(folder)) {
      Reading.of(model, new Corpus(1))
          .forEach((what, share) -> print("%-28s %3.0f%%%n", what, 100 * share));
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
    MiniatureAlignment.useOneThread();
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
    MiniatureAlignment.useOneThread();
    MiniatureAlignment.Options options = MiniatureAlignment.Options.defaults();
    PromptFrame frame = MiniatureAlignment.frame();
    try (DjlModel model = DjlModel.open(folder);
        SelfAlignResult result =
            MiniatureAlignment.of(model, frame, options).workDirectory(work).seed(seed).run()) {
      result.stages().forEach(stage -> out.println(stage));
      show(
          MiniatureAlignment.measure(
              model, frame, result, RunOptions.builder().seed(seed).build()));
    }
    return 0;
  }

  void print(String format, Object... values) {
    out.printf(Locale.ROOT, format, values);
  }

  private void show(Measurement measurement) {
    out.println(measurement);
  }
}
