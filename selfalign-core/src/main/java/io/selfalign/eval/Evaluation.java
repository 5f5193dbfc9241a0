package io.selfalign.eval;

import io.selfalign.data.Drop;
import io.selfalign.data.Traceable;
import io.selfalign.pipeline.BatchStage;
import io.selfalign.pipeline.Dataset;
import io.selfalign.pipeline.RunDirectory;
import io.selfalign.pipeline.RunResult;
import io.selfalign.pipeline.Unit;
import io.selfalign.pipeline.UnitContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A benchmark of a model, as a stage: it journals and resumes like any other, and what it could not
 * measure is in its ledger.
 *
 * <pre>{@code
 * MultipleChoice stage = MultipleChoice.builder(model).build();
 * List<ChoiceQuestion> questions = TruthfulQa.multipleChoice(Path.of("mc_task.json"));
 * RunResult run =
 *     Pipeline.of(stage, Dataset.of(ChoiceQuestion.class, questions)).in(Path.of("runs/mc")).run();
 * System.out.println(stage.result(run));
 * }</pre>
 *
 * @param <I> an item of the benchmark
 * @param <O> what was found for it
 */
public interface Evaluation<I extends Traceable, O extends HasMetrics> extends BatchStage<I, O> {
  /** The benchmark's name, such as {@code truthfulqa-mc}. */
  String benchmark();

  /** The name of the model that is measured. */
  String modelName();

  /** The fingerprint of the model that is measured. */
  String modelFingerprint();

  /** The name of the prompt style. */
  String promptStyle();

  /** The result of a run that has this stage. */
  default EvaluationResult result(RunResult run) {
    return result(run.directory());
  }

  /**
   * The result of what a run directory has of this stage. Items that never came so far, since a
   * stage before it had no {@link GeneratedAnswer} or {@link AnswerPair} of them, are skipped ones
   * too.
   */
  default EvaluationResult result(RunDirectory directory) {
    Dataset<O> records = directory.records(name(), outputType());
    return result(records.toList(), drops(directory, name()).distinct().toList());
  }

  private static Stream<Drop> drops(RunDirectory directory, String stage) {
    Stream<Drop> before =
        directory.description(stage).inputs().stream()
            .filter(input -> steps().contains(directory.description(input).recordType()))
            .flatMap(input -> drops(directory, input));
    return Stream.concat(before, directory.drops(stage).toList().stream());
  }

  /** The types of records that are on the way from an item to what is found for it. */
  private static Set<String> steps() {
    return Set.of(GeneratedAnswer.class.getSimpleName(), AnswerPair.class.getSimpleName());
  }

  /** Measures items at once, without a run directory: nothing is kept if it is interrupted. */
  default EvaluationResult evaluate(List<I> items) {
    UnitContext context = new InMemoryContext(name());
    List<O> records = new ArrayList<>();
    List<Drop> drops = new ArrayList<>();
    for (int start = 0; start < items.size(); start += unitSize()) {
      context.checkCancelled();
      Unit<O> unit =
          process(items.subList(start, Math.min(items.size(), start + unitSize())), context);
      records.addAll(unit.records());
      drops.addAll(unit.drops());
    }
    return result(records, drops);
  }

  /** The result of measured and skipped items. */
  default EvaluationResult result(List<O> records, List<Drop> drops) {
    return EvaluationResult.of(
        benchmark(), modelName(), modelFingerprint(), promptStyle(), records, drops);
  }
}
