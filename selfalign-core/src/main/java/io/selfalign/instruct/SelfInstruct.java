package io.selfalign.instruct;

import io.selfalign.data.Instruction;
import io.selfalign.data.RecordRandom;
import io.selfalign.data.SeedTask;
import io.selfalign.error.NoProgressException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.instruct.Piece.Stray;
import io.selfalign.instruct.Piece.Task;
import io.selfalign.instruct.PromptFit.Fitted;
import io.selfalign.instruct.RoundLoop.Ask;
import io.selfalign.instruct.RoundLoop.Draft;
import io.selfalign.instruct.RoundLoop.Found;
import io.selfalign.model.BaseModel;
import io.selfalign.model.FinishReason;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Stage;
import io.selfalign.pipeline.StageContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Self-Instruct: lets a base model continue lists of tasks, and keeps those that are new (arXiv
 * 2212.10560; as part of SELF-ALIGN, arXiv 2305.03047, section 3.1).
 *
 * <p>Works in rounds. Each request of a round draws examples from the pool by its own random
 * numbers, and the model continues the list that {@link TaskListTemplate} makes of them. What
 * {@link TaskListParser} finds is judged by the {@linkplain InstructionFilters filters}, and by
 * comparison with every seed and every instruction kept before. The stage ends with exactly as many
 * instructions as were asked for, or, when the model stays fruitless, with {@link
 * NoProgressException} or with fewer, as {@link SelfInstructOptions.Builder#acceptFewer} says.
 *
 * <p>The instructions depend on seeds, settings, model and the run's seed, and on nothing else.
 */
public final class SelfInstruct implements Stage<SeedTask, Instruction> {
  /** The stage's name. */
  public static final String NAME = "self-instruct";

  private final BaseModel model;
  private final SelfInstructOptions options;
  private final GenerationOptions sampling;
  private final TaskListParser parser;
  private final PromptFit fit;

  /** A stage that asks this model. */
  public SelfInstruct(BaseModel model, SelfInstructOptions options) {
    this.model = model;
    this.options = options;
    List<String> stop = new ArrayList<>(options.sampling().stop());
    stop.add(options.template().stop());
    sampling = options.sampling().toBuilder().stop(stop).build();
    parser = TaskListParser.of(options.template());
    fit = new PromptFit(model, sampling);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<SeedTask> inputType() {
    return SeedTask.class;
  }

  @Override
  public Class<Instruction> outputType() {
    return Instruction.class;
  }

  @Override
  public Settings settings() {
    return options.settings().add("model", model.fingerprint()).build();
  }

  /**
   * Checks that prompts fit the model and that lists have room for new tasks.
   *
   * @throws IllegalArgumentException if they don't, saying what to change
   */
  @Override
  public void validate() {
    if (options.instructions() == 0) {
      return;
    }
    if (options.epochs() > options.instructions()) {
      throw new IllegalArgumentException(
          options.epochs()
              + " epochs share "
              + options.instructions()
              + " instructions; ask for at least one in each");
    }
    if (options.template().listLength() <= options.examplesPerPrompt()) {
      throw new IllegalArgumentException(
          "a list of "
              + options.template().listLength()
              + " tasks has no room beside "
              + options.examplesPerPrompt()
              + " examples; show fewer, or make the template's listLength greater");
    }
    fit.checkFrame(options.template().render(List.of()));
  }

  @Override
  public void run(StageContext<SeedTask, Instruction> context) {
    if (options.instructions() == 0) {
      return;
    }
    List<SeedTask> seeds = context.input().toList();
    InstructionScreen sieve = new InstructionScreen(options);
    seeds.forEach(seed -> sieve.add(seed.id(), seed.instruction()));
    Pools pools = new Pools(seeds);
    new RoundLoop(NAME, model, options, sampling, sieve)
        .run(context, (round, kept) -> round(round, pools.at(kept), context::random));
  }

  private List<Ask> round(long round, List<Example> pool, Function<String, RecordRandom> random) {
    List<Ask> asks = new ArrayList<>();
    for (int i = 0; i < options.requestsPerRound(); i++) {
      String id = NAME + "-" + round + "-" + i;
      List<Example> drawn = Draws.sample(pool, options.examplesPerPrompt(), random.apply(id));
      Fitted<Example> fitted = fit.fit(drawn, SelfInstruct::text, options.template()::render);
      List<String> parents = fitted.shown().stream().map(Example::id).toList();
      asks.add(
          new Ask(
              id,
              parents,
              fitted.prompt(),
              fitted.problem(),
              fitted.shown().size() < drawn.size(),
              answer -> read(answer, parents)));
    }
    return asks;
  }

  private static String text(Example example) {
    return example.instruction() + "\n" + example.input().orElse("") + "\n" + example.output();
  }

  private List<Found> read(Generation answer, List<String> parents) {
    boolean complete = answer.finishReason() != FinishReason.LENGTH;
    List<Found> found = new ArrayList<>();
    for (Piece piece : parser.parse(answer.text(), complete)) {
      if (piece instanceof Task task) {
        found.add(found(task, parents));
      } else if (piece instanceof Stray stray) {
        found.add(Found.rejected(stray.raw(), parents, DropReasons.STRAY_TEXT, ""));
      }
    }
    return found;
  }

  private static Found found(Task task, List<String> parents) {
    if (task.cutOff()) {
      return Found.rejected(task.raw(), parents, DropReasons.CUT_OFF, "");
    }
    if (task.instruction().isBlank()) {
      return Found.rejected(task.raw(), parents, DropReasons.EMPTY, "");
    }
    return Found.draft(
        task.raw(),
        parents,
        new Draft(
            task.instruction(), task.input(), task.output(), Optional.empty(), Optional.empty()));
  }

  /** The examples of each epoch: the seeds, then the share of the epoch before. */
  private final class Pools {
    private final List<Example> seeds;
    private int epoch;
    private List<Example> pool;

    Pools(List<SeedTask> tasks) {
      seeds = tasks.stream().map(Example::of).toList();
      pool = seeds;
      if (seeds.isEmpty()) {
        throw new SelfAlignException("stage '" + NAME + "' has no seed tasks; give it some");
      }
      if (seeds.stream().noneMatch(seed -> fit.fits(options.template().render(List.of(seed))))) {
        throw new SelfAlignException(
            "stage '"
                + NAME
                + "': no seed task fits the model's context of "
                + model.contextLength()
                + " tokens beside the introduction and "
                + sampling.maxNewTokens()
                + " new tokens; lower maxNewTokens or give shorter seed tasks");
      }
    }

    List<Example> at(List<Instruction> kept) {
      int now = epoch;
      while (now + 1 < options.epochs() && kept.size() >= end(now)) {
        now++;
      }
      if (now != epoch) {
        epoch = now;
        List<Example> share =
            kept.subList(end(now - 2), end(now - 1)).stream()
                .flatMap(instruction -> Example.of(instruction).stream())
                .toList();
        pool = share.isEmpty() ? seeds : share;
      }
      return pool;
    }

    /** How many instructions there are at the end of an epoch. */
    private int end(int ofEpoch) {
      return (int) ((ofEpoch + 1L) * options.instructions() / options.epochs());
    }
  }
}
