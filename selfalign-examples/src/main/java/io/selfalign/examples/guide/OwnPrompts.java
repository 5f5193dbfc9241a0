package io.selfalign.examples.guide;

import io.selfalign.SelfAlign;
import io.selfalign.SelfAlignResult;
import io.selfalign.data.JsonLines;
import io.selfalign.data.JsonLinesReader;
import io.selfalign.data.Query;
import io.selfalign.djl.DjlModel;
import io.selfalign.model.TrainableModel;
import io.selfalign.principle.Exemplar;
import io.selfalign.principle.Exemplar.Turn;
import io.selfalign.principle.ExemplarSelector;
import io.selfalign.principle.Exemplars;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Shows prompts of one's own instead of stage 1: the composition of Dromedary-2 (arXiv 2310.05910).
 * Queries come from a file, one more exemplar asks for an overview, details and a summary, and
 * there is no verbose cloning, because answers in that form are long already.
 */
public final class OwnPrompts {
  private OwnPrompts() {}

  /** The queries of a file with {@code {"prompt": "..."}} on each line. */
  static List<Query> read(Path file) {
    try (JsonLinesReader lines = JsonLines.read(file)) {
      return lines.stream()
          .map(line -> Query.of("prompt-" + line.line(), line.nonBlankText("prompt")))
          .toList();
    }
  }

  /** An answer in three parts: overview, details, summary. */
  static Exemplar threeParts() {
    return new Exemplar(
        "three-parts",
        List.of(
            new Turn(
                "How does a canal lock lift a boat?",
                List.of(
                    "Topic: how a canal lock works.",
                    "Limit: none.",
                    "Rules: {principles: step-by-step, informative}.)"),
                "A lock is a chamber of water between two levels of a canal. A boat goes in, the"
                    + " water rises or falls, and the boat with it. No engine lifts it.\n\n"
                    + "1. Both gates are shut, and the chamber stands at the lower level.\n"
                    + "2. The lower gates open, the boat goes in, and they close behind it.\n"
                    + "3. Small sluices let water in from above until both levels are the same.\n"
                    + "4. Only then can the upper gates move, for nothing presses on them any more,"
                    + " and the boat leaves.\n\n"
                    + "In short: shut the gates, let the water level out, open the other gates."
                    + " Each passage costs the upper canal one chamber of water.")));
  }

  /** The standard exemplars and one more. */
  static ExemplarSelector exemplars() {
    List<Exemplar> exemplars = new ArrayList<>(Exemplars.standard());
    exemplars.add(threeParts());
    return ExemplarSelector.all(exemplars);
  }

  /**
   * The composition, for {@link SelfAlign#run} or for changing more of it.
   *
   * @param prompts a file as {@link #read} takes it
   */
  static SelfAlign composition(TrainableModel base, Path prompts, Path work) {
    return SelfAlign.of(base).queries(read(prompts)).exemplars(exemplars()).workDirectory(work);
  }

  /** Prints what a run made, and one answer of the aligned model. */
  static void show(SelfAlignResult result, Consumer<String> out) {
    result
        .stages()
        .forEach(
            stage ->
                out.accept(
                    stage.name() + ": kept " + stage.records() + ", dropped " + stage.drops()));
    String query = result.demonstrations().toList().get(0).query();
    out.accept(query + "\n" + result.assistant().answer(query));
  }

  /** The program: {@code OwnPrompts MODEL WORK PROMPTS}. */
  public static void main(String[] args) {
    if (args.length != 3) {
      System.out.println("OwnPrompts MODEL WORK PROMPTS: aligns a model on the prompts of a file,");
      System.out.println("which has {\"prompt\": \"...\"} on each line");
      return;
    }
    try (DjlModel base = DjlModel.open(Path.of(args[0]));
        SelfAlignResult result = composition(base, Path.of(args[2]), Path.of(args[1])).run()) {
      show(result, System.out::println);
    }
  }
}
