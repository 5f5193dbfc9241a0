package io.selfalign.examples.cli;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.model.GenerationOptions;
import io.selfalign.principle.PromptFrame;
import io.selfalign.trial.PromptTrial;
import io.selfalign.trial.TrialQuestion;
import io.selfalign.trial.TrialQuestions;
import io.selfalign.trial.TrialReport;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a model follows prompts. */
@Command(
    name = "try-prompt",
    description = {
      "Tries principles and exemplars: a model answers labelled questions under a prompt, and what"
          + " it writes is measured.",
      "The prompt of the options is compared with the standard one; without any, that is tried"
          + " alone.",
      "Standard output: a record for each reply,"
          + " {\"frame\",\"id\",\"kind\",\"question\",\"thoughts\",\"answer\",\"measures\",…}, and"
          + " one for each prompt at the end,"
          + " {\"frame\",\"trial\",\"prompt_tokens\",\"shares\",\"differences\",…}. Standard error:"
          + " replies to read, and a table.",
      ""
    })
final class TryPromptCommand implements Callable<Integer> {
  private static final String STANDARD = "standard";
  private static final String OWN = "own";

  /** What the prompts of the options are compared with. */
  enum Against {
    standard,
    none
  }

  private final ModelOpener models;
  private final InputStream in;
  private final OutputStream out;
  private final PrintStream err;

  @Spec private CommandSpec spec;

  @Mixin private AnyModelArguments model;

  @Mixin private FrameArguments frame;

  @Mixin private final ProgressArguments progress;

  @Mixin private ReplyArguments reply;

  @Option(
      names = "--frame",
      paramLabel = "NAME=FILE",
      description =
          "A prompt to try under this name; may be repeated. The file has a JSON object with what"
              + " differs from the standard prompt: principles and exemplars (paths of files from"
              + " its folder), persona, introduction, principles_heading, self_identification,"
              + " conversation_marker, user_marker, thought_marker, answer_marker; and cutoff.")
  private List<String> frameFiles = List.of();

  @Option(
      names = "--against",
      paramLabel = "PROMPT",
      description = "What to compare with: standard, or none. Default: ${DEFAULT-VALUE}.")
  private Against against = Against.standard;

  @Option(
      names = "--questions",
      paramLabel = "FILE",
      description =
          "What to ask: lines {\"question\",\"kind\"}, where kind is answerable, unanswerable or"
              + " harmful; id and topic may be given. - is standard input. Default: the library's"
              + " 98.")
  private Optional<Path> questionFile;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Only N of the questions, spread evenly over them. Default: all.")
  private Optional<Integer> limit;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description =
          "On standard error, show the replies to N questions. Default: ${DEFAULT-VALUE}.")
  private int samples = 5;

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      description =
          "Count the prompts' tokens with the tokenizer.json of this folder too; may be repeated.")
  private List<Path> tokenizers = List.of();

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "The same seed makes the same replies. Default: ${DEFAULT-VALUE}.")
  private long seed;

  TryPromptCommand(
      ModelOpener models,
      InputStream in,
      OutputStream out,
      PrintStream err,
      ProgressArguments progress) {
    this.models = models;
    this.in = in;
    this.out = out;
    this.err = err;
    this.progress = progress;
  }

  @Override
  public Integer call() throws Exception {
    OptionValues.checkAtLeast(spec, "--samples", samples, 0);
    GenerationOptions sampling = reply.sampling().toBuilder().seed(seed).build();
    int thoughtTokens = reply.thoughtTokens();
    Map<String, PromptFrame> frames = frames();
    List<TrialQuestion> questions = questions();
    model.withModel(
        models,
        opened -> {
          PromptTrial trial =
              PromptTrial.of(opened)
                  .questions(questions)
                  .sampling(sampling)
                  .thoughtTokens(thoughtTokens);
          frames.forEach(trial::frame);
          run(trial, (long) frames.size() * questions.size());
        });
    return 0;
  }

  private void run(PromptTrial trial, long total) {
    try (TokenizerFiles counting = new TokenizerFiles();
        JsonLinesWriter writer = JsonLines.write(out, "stdout")) {
      tokenizers.forEach(place -> counting.addTo(trial, place));
      TrialReport report;
      try (Progress shown = progress.start("try-prompt", "replies", OptionalLong.of(total))) {
        trial.listener(
            made -> {
              writer.write(made);
              shown.add(1);
            });
        report = trial.run();
        shown.add(skipped(report));
      }
      report.frames().forEach(writer::write);
      err.print(report.samples(samples));
      err.print(report);
    }
  }

  private static long skipped(TrialReport report) {
    return report.frames().stream()
        .flatMap(result -> result.skipped().values().stream())
        .mapToLong(Long::longValue)
        .sum();
  }

  /** The standard frame if others are compared with it, or there is no other. */
  private Map<String, PromptFrame> frames() {
    PromptFrame standard = frame.named(PromptFrame.standard());
    Map<String, PromptFrame> others = new LinkedHashMap<>();
    if (frame.hasPrinciplesOrExemplars()) {
      others.put(OWN, frame.frame(standard));
    }
    for (String nameAndFile : frameFiles) {
      int equals = nameAndFile.indexOf('=');
      if (equals <= 0 || equals == nameAndFile.length() - 1) {
        throw new ParameterException(
            spec.commandLine(), "--frame is '" + nameAndFile + "', but must be NAME=FILE");
      }
      String name = nameAndFile.substring(0, equals);
      Path file = Path.of(nameAndFile.substring(equals + 1));
      if (name.equals(STANDARD) || others.put(name, FrameFile.read(file, standard)) != null) {
        throw new ParameterException(
            spec.commandLine(), "--frame: there are two prompts '" + name + "'; rename this");
      }
    }
    Map<String, PromptFrame> frames = new LinkedHashMap<>();
    if (against == Against.standard || others.isEmpty()) {
      frames.put(STANDARD, standard);
    }
    frames.putAll(others);
    return frames;
  }

  private List<TrialQuestion> questions() {
    List<TrialQuestion> all =
        questionFile
            .map(
                file ->
                    file.toString().equals("-")
                        ? TrialQuestions.read(in, "stdin")
                        : TrialQuestions.read(file))
            .orElseGet(TrialQuestions::standard);
    limit.ifPresent(number -> OptionValues.checkAtLeast(spec, "--limit", number, 1));
    int wanted = Math.min(all.size(), limit.orElse(all.size()));
    return LongStream.range(0, wanted)
        .mapToObj(i -> all.get((int) ((2 * i + 1) * all.size() / (2L * wanted))))
        .toList();
  }
}
