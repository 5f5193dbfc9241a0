package io.selfalign.principle;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.data.Demonstration;
import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.error.CancelledException;
import io.selfalign.pipeline.Unit;
import io.selfalign.pipeline.UnitContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers the same queries with and without parts of the prompt, to see what the parts do.
 *
 * <pre>{@code
 * AblationReport report =
 *     Ablation.of(stage).without("candor").without("static").withoutExemplars().run(queries);
 * System.out.println(report);
 * }</pre>
 *
 * <p>All variants have the stage's model, sampling, filters and safety filter, and each query the
 * same random numbers, so that what differs comes from the prompt. Queries and answers are held in
 * memory: it is meant for some hundred queries, not for a run's all. Not safe for use by several
 * threads.
 */
public final class Ablation {
  /** The variant that leaves nothing out. */
  public static final String WHOLE = "whole prompt";

  private final PrincipleDrivenAlignment stage;
  private final Map<String, PromptFrame> variants = new LinkedHashMap<>();
  private long seed;

  private Ablation(PrincipleDrivenAlignment stage) {
    this.stage = stage;
    variants.put(WHOLE, stage.frame());
  }

  /** An ablation of a stage's prompt, so far without variants. */
  public static Ablation of(PrincipleDrivenAlignment stage) {
    return new Ablation(stage);
  }

  /**
   * Adds a variant without some principles. Exemplars stay, without the thoughts that speak of
   * them.
   *
   * @throws IllegalArgumentException if there is no principle of a name, naming those there are
   */
  @CanIgnoreReturnValue
  public Ablation without(String... principles) {
    PrincipleSet left = stage.frame().principles().without(principles);
    return variant(
        "without " + String.join(", ", principles),
        stage.frame().toBuilder().principles(left).build());
  }

  /** Adds a variant for each principle that leaves out that one. */
  @CanIgnoreReturnValue
  public Ablation withoutEach() {
    stage.frame().principles().names().forEach(this::without);
    return this;
  }

  /** Adds a variant without any principle. */
  @CanIgnoreReturnValue
  public Ablation withoutPrinciples() {
    return variant(
        "without principles", stage.frame().toBuilder().principles(PrincipleSet.of()).build());
  }

  /** Adds a variant without exemplars. */
  @CanIgnoreReturnValue
  public Ablation withoutExemplars() {
    return variant(
        "without exemplars", stage.frame().toBuilder().exemplars(ExemplarSelector.none()).build());
  }

  /**
   * Adds a variant with another frame.
   *
   * @throws IllegalArgumentException if there is a variant of this name
   */
  @CanIgnoreReturnValue
  public Ablation variant(String name, PromptFrame frame) {
    if (variants.putIfAbsent(name, frame) != null) {
      throw new IllegalArgumentException(
          "two variants are named '" + name + "'; they are " + variants.keySet());
    }
    return this;
  }

  /** The seed of all variants, 0 by default. */
  @CanIgnoreReturnValue
  public Ablation seed(long newSeed) {
    seed = newSeed;
    return this;
  }

  /**
   * Answers the queries with every variant, the whole prompt first.
   *
   * @throws IllegalArgumentException if a variant does not fit the model's context, or there are no
   *     queries
   * @throws CancelledException if the thread is interrupted
   */
  public AblationReport run(List<Query> queries) {
    if (queries.isEmpty()) {
      throw new IllegalArgumentException("there are no queries; give at least one");
    }
    Map<String, PrincipleDrivenAlignment> stages = new LinkedHashMap<>();
    variants.forEach((name, frame) -> stages.put(name, stage.toBuilder().frame(frame).build()));
    stages.values().forEach(PrincipleDrivenAlignment::checkRoom);
    List<AblationReport.Variant> measured = new ArrayList<>();
    stages.forEach((name, variant) -> measured.add(measure(name, variant, queries)));
    return new AblationReport(queries.size(), measured);
  }

  private AblationReport.Variant measure(
      String name, PrincipleDrivenAlignment variant, List<Query> queries) {
    UnitContext context = new Context(seed);
    List<Unit<Demonstration>> units = new ArrayList<>();
    for (int start = 0; start < queries.size(); start += variant.unitSize()) {
      int end = Math.min(queries.size(), start + variant.unitSize());
      context.checkCancelled();
      units.add(variant.process(queries.subList(start, end), context));
    }
    return AblationReport.Variant.of(name, units);
  }

  /** The random numbers of a run that has this stage alone, whatever the variant. */
  private record Context(long seed) implements UnitContext {
    @Override
    public RecordRandom random(String recordId) {
      return RecordRandom.of(seed, "ablation", recordId);
    }

    @Override
    public void checkCancelled() {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancelledException("the ablation was interrupted");
      }
    }
  }
}
