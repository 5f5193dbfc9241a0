package io.selfalign.examples.cli;

import io.selfalign.data.JsonLine;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.data.JsonLinesWriter;
import io.selfalign.text.NearDuplicateIndex;
import io.selfalign.text.NearDuplicateIndex.Match;
import io.selfalign.text.RougeTokenizer;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Finds near-duplicates among instructions. */
@Command(
    name = "dedupe",
    description = {
      "Finds near-duplicates among instructions, by ROUGE-L.",
      "Standard input: a JSON object per line, {\"instruction\"}.",
      "Standard output, in the same order, each as soon as its line is read:"
          + " {\"index\",\"kept\",\"match\",\"match_index\",\"score\"}. One is kept unless its"
          + " ROUGE-L F with one of --against, or with one kept before, is over the threshold."
          + " Then match is against or input, match_index the place there of the one with the"
          + " highest F, and score that F. Places are counted from 0.",
      ""
    })
final class DedupeCommand implements Callable<Integer> {
  private static final String FIELD = "instruction";

  /** A line of output. */
  record Result(
      int index,
      boolean kept,
      @Nullable String match,
      @Nullable Integer matchIndex,
      @Nullable Double score) {}

  private final InputStream in;
  private final OutputStream out;

  @Spec private CommandSpec spec;

  @Option(
      names = "--threshold",
      paramLabel = "F",
      description = "What a near-duplicate's F is over, 0 to 1. Default: ${DEFAULT-VALUE}.")
  private double threshold = NearDuplicateIndex.DEFAULT_THRESHOLD;

  @Option(
      names = "--against",
      paramLabel = "FILE",
      description =
          "Instructions that are there already, in lines as on standard input. None of them is"
              + " dropped.")
  private Optional<Path> against;

  @Option(
      names = "--tokenization",
      paramLabel = "WAY",
      description =
          "What F is computed from. published: runs of a to z and 0 to 9, as in Google's"
              + " rouge_score. unicode: words of every script. adaptive: as published, but unicode"
              + " for texts of which that sees less than half. Default: adaptive.")
  private RougeTokenizer tokenization = RougeTokenizer.ADAPTIVE;

  DedupeCommand(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  @Override
  public Integer call() {
    NearDuplicateIndex.Builder options = NearDuplicateIndex.builder().tokenizer(tokenization);
    OptionValues.set(spec, "--threshold", () -> options.threshold(threshold));
    NearDuplicateIndex index = options.build();
    against.ifPresent(file -> addAll(file, index));
    judge(index);
    return 0;
  }

  private void addAll(Path file, NearDuplicateIndex index) {
    if (file.toString().equals("-")) {
      throw new ParameterException(
          spec.commandLine(),
          "--against is '-', but standard input has the instructions to judge; name a file");
    }
    try (JsonLinesReader lines = JsonLines.read(file)) {
      lines.stream().forEach(line -> index.add(line.text(FIELD)));
    }
  }

  private void judge(NearDuplicateIndex index) {
    int againstSize = index.size();
    List<Integer> kept = new ArrayList<>();
    try (JsonLinesReader lines = JsonLines.read(in, "stdin");
        JsonLinesWriter writer = JsonLines.write(out, "stdout")) {
      int place = 0;
      for (Optional<JsonLine> line = lines.next(); line.isPresent(); line = lines.next()) {
        Optional<Match> match = index.addIfNew(line.get().text(FIELD));
        if (match.isPresent()) {
          writer.write(dropped(place, match.get(), againstSize, kept));
        } else {
          kept.add(place);
          writer.write(new Result(place, true, null, null, null));
        }
        writer.flush();
        place++;
      }
    }
  }

  /** The index has the instructions of {@code --against} first, then those kept of the input. */
  private static Result dropped(int place, Match match, int againstSize, List<Integer> kept) {
    return match.index() < againstSize
        ? new Result(place, false, "against", match.index(), match.f())
        : new Result(place, false, "input", kept.get(match.index() - againstSize), match.f());
  }
}
