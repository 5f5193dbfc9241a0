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
public interface Evaluation<I extends Traceable, O extends Measured> extends BatchStage<I, O> {
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

  /** The result of what a run directory has of this stage. */
  default EvaluationResult result(RunDirectory directory) {
    Dataset<O> records = directory.records(name(), outputType());
    return result(records.toList(), directory.drops(name()).toList());
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
