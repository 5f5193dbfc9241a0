package io.selfalign.examples.guide;

import io.selfalign.data.Demonstration;
import io.selfalign.data.Drop;
import io.selfalign.data.Instruction;
import io.selfalign.data.Query;
import io.selfalign.djl.DjlModel;
import io.selfalign.engrave.PrincipleEngraving;
import io.selfalign.instruct.InstructStages;
import io.selfalign.instruct.SelfInstructOptions;
import io.selfalign.instruct.TopicInstructOptions;
import io.selfalign.model.TrainableModel;
import io.selfalign.pipeline.BatchStage;
import io.selfalign.pipeline.Pipeline;
import io.selfalign.pipeline.Pipeline.Output;
import io.selfalign.pipeline.RunResult;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Unit;
import io.selfalign.pipeline.UnitContext;
import io.selfalign.principle.InstructionQueries;
import io.selfalign.principle.PrincipleDrivenAlignment;
import io.selfalign.tuning.Adapter;
import io.selfalign.tuning.Assistant;
import io.selfalign.tuning.ChatPrompt;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shows a stage of one's own, and how to compose the standard stages by hand: between stages 1 and
 * 2, {@link HostPolicy} drops what a host doesn't want to be answered and marks what is left.
 *
 * <p>What it drops is in the ledger with its reason, and what it counts in the run's summary, as
 * with any other stage. A run that is stopped goes on in the middle of it.
 */
public final class OwnStage {
  private OwnStage() {}

  /**
   * Drops queries with something that looks like an e-mail address, and marks the others by the
   * script they are written in.
   */
  static final class HostPolicy implements BatchStage<Query, Query> {
    private static final Pattern ADDRESS = Pattern.compile("[\\w.+-]+@[\\w-]+\\.[\\w.]+");

    @Override
    public String name() {
      return "host-policy";
    }

    @Override
    public Class<Query> inputType() {
      return Query.class;
    }

    @Override
    public Class<Query> outputType() {
      return Query.class;
    }

    /** Whatever decides the output: a run that was begun with another pattern is refused. */
    @Override
    public Settings settings() {
      return Settings.builder().add("address", ADDRESS.pattern()).add("version", 1).build();
    }

    @Override
    public Unit<Query> process(List<Query> batch, UnitContext context) {
      Unit.Builder<Query> unit = Unit.builder();
      for (Query query : batch) {
        String id = "allowed-" + query.id();
        List<String> parents = List.of(query.id());
        Matcher address = ADDRESS.matcher(query.text());
        if (address.find()) {
          unit.drop(new Drop(id, parents, "has_address", address.group(), query.text()));
        } else {
          String script = script(query.text());
          unit.count("script_" + script, 1);
          unit.keep(new Query(id, parents, query.text(), query.source(), Optional.of(script)));
        }
      }
      return unit.build();
    }

    /** The script of a text's first letter, such as LATIN. */
    private static String script(String text) {
      return text.codePoints()
          .filter(Character::isLetter)
          .mapToObj(letter -> Character.UnicodeScript.of(letter).name())
          .findFirst()
          .orElse("NONE");
    }
  }

  /**
   * Stages 1, our own, 2 and 3, wired one by one.
   *
   * @param instructions how many stage 1 makes
   * @param answering stage 2
   */
  static void run(
      TrainableModel base,
      Path work,
      int instructions,
      PrincipleDrivenAlignment answering,
      Consumer<String> out) {
    Pipeline.Builder pipeline = Pipeline.builder();
    Output<Instruction> invented =
        InstructStages.of(base)
            .selfInstruct(SelfInstructOptions.builder().instructions(instructions).build())
            .topicInstruct(TopicInstructOptions.builder().instructions(0).build())
            .addTo(pipeline);
    Output<Query> queries = pipeline.stage(new InstructionQueries(), invented);
    Output<Query> allowed = pipeline.stage(new HostPolicy(), queries);
    Output<Demonstration> answers = pipeline.stage(answering, allowed);
    Output<Adapter> engraved =
        PrincipleEngraving.of(base)
            .prompt(ChatPrompt.of(answering.frame().persona()))
            .addTo(pipeline, answers);
    RunResult result = pipeline.build().in(work).run();

    result
        .stages()
        .forEach(
            stage ->
                out.accept(
                    String.format(
                        "%s: kept %d, dropped %s, counted %s",
                        stage.name(), stage.records(), stage.drops(), stage.counters())));
    result
        .drops(allowed)
        .toList()
        .forEach(drop -> out.accept("not asked: " + drop.text() + " (" + drop.detail() + ")"));
    try (Assistant model = Assistant.open(base, result.directory(), engraved.stage())) {
      out.accept(model.answer("How do I boil an egg?"));
    }
  }

  /** The program: {@code OwnStage MODEL WORK}. */
  public static void main(String[] args) {
    if (args.length != 2) {
      System.out.println("OwnStage MODEL WORK: aligns a model with a stage of one's own");
      return;
    }
    try (DjlModel base = DjlModel.open(Path.of(args[0]))) {
      PrincipleDrivenAlignment answering = PrincipleDrivenAlignment.builder(base).build();
      run(base, Path.of(args[1]), 200, answering, System.out::println);
    }
  }
}
