package io.selfalign.examples.cli;

import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.error.ContextLengthException;
import io.selfalign.model.BaseModel;
import io.selfalign.model.FinishReason;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Continues prompts. */
@Command(
    name = "generate",
    description = {
      "Continues prompts.",
      "Standard input: a JSON object per line, {\"id\",\"prompt\"}; ids are strings or numbers.",
      "Standard output, in the same order: {\"id\",\"text\",\"token_ids\",\"finish_reason\"},"
          + " where the reason is stop, length or eos.",
      ""
    })
final class GenerateCommand implements Callable<Integer> {
  /** A line of output. */
  record Result(JsonNode id, String text, List<Integer> tokenIds, String finishReason) {}

  private final ModelOpener models;
  private final InputStream in;
  private final OutputStream out;

  @Spec private CommandSpec spec;

  @Mixin private ModelArguments model;

  @Mixin private final ProgressArguments progress;

  @Mixin
  private final SamplingArguments sampling = new SamplingArguments(GenerationOptions.defaults());

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "The most tokens to generate. Default: ${DEFAULT-VALUE}.")
  private int maxNewTokens = GenerationOptions.defaults().maxNewTokens();

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Sample from this many of the likeliest tokens; 0 is off. Default: 0.")
  private int topK = GenerationOptions.defaults().topK();

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description =
          "Sample from tokens at least this fraction as likely as the likeliest; 0 is off."
              + " Default: 0.")
  private double minP = GenerationOptions.defaults().minP();

  @Option(
      names = "--seed",
      paramLabel = "S",
      description =
          "The same seed, id and prompt give the same text, in any batch. Default:"
              + " ${DEFAULT-VALUE}.")
  private long seed = GenerationOptions.defaults().seed();

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      converter = StopConverter.class,
      description =
          "End before this text; may be repeated. Write \\n for a line feed, \\t for a tab and \\\\"
              + " for a backslash.")
  private List<String> stop = List.of();

  GenerateCommand(
      ModelOpener models, InputStream in, OutputStream out, ProgressArguments progress) {
    this.models = models;
    this.progress = progress;
    this.in = in;
    this.out = out;
  }

  @Override
  public Integer call() throws Exception {
    GenerationOptions options = options();
    RequestLines<GenerationRequest> lines =
        RequestLines.read(in, (id, line) -> new GenerationRequest(id, line.text("prompt")));
    model.withModel(models, opened -> generate(opened, lines, options));
    return 0;
  }

  private void generate(
      BaseModel opened, RequestLines<GenerationRequest> lines, GenerationOptions options) {
    OptionalLong total = OptionalLong.of(lines.requests().size());
    try (JsonLinesWriter writer = JsonLines.write(out, "stdout");
        Progress shown = progress.start("generate", "prompts", total)) {
      ResultsInOrder results = new ResultsInOrder(writer, lines.ids());
      opened.generate(
          lines.requests(),
          options,
          generation -> {
            results.accept(generation.id(), result(lines.givenId(generation.id()), generation));
            shown.add(1);
          });
    } catch (ContextLengthException e) {
      throw lines.placed(e);
    }
  }

  private GenerationOptions options() {
    GenerationOptions.Builder options = GenerationOptions.builder().seed(seed);
    OptionValues.set(spec, "--max-new-tokens", () -> options.maxNewTokens(maxNewTokens));
    sampling.addTo(options);
    OptionValues.set(spec, "--top-k", () -> options.topK(topK));
    OptionValues.set(spec, "--min-p", () -> options.minP(minP));
    OptionValues.set(spec, "--stop", () -> options.stop(stop));
    return options.build();
  }

  private static Result result(JsonNode id, Generation generation) {
    return new Result(
        id, generation.text(), generation.tokenIds(), name(generation.finishReason()));
  }

  private static String name(FinishReason reason) {
    return switch (reason) {
      case STOP -> "stop";
      case LENGTH -> "length";
      case END_OF_SEQUENCE -> "eos";
    };
  }

  private static final class StopConverter implements ITypeConverter<String> {
    @Override
    public String convert(String value) {
      return OptionValues.unescape(value);
    }
  }
}
