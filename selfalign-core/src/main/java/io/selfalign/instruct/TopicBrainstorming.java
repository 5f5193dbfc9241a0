package io.selfalign.instruct;

import io.selfalign.data.Drop;
import io.selfalign.data.RecordRandom;
import io.selfalign.data.Topic;
import io.selfalign.data.TopicSeed;
import io.selfalign.error.NoProgressException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.instruct.Piece.Line;
import io.selfalign.instruct.PromptFit.Fitted;
import io.selfalign.model.BaseModel;
import io.selfalign.model.FinishReason;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.pipeline.CommittedUnit;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Stage;
import io.selfalign.pipeline.StageContext;
import io.selfalign.pipeline.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Lets a base model think of topics for each type of question (arXiv 2305.03047, section 3.1). In
 * each epoch every type is asked for once: the prompt shows topics of the type that are known,
 * drawn at random, and the model continues the list. A type that has {@link
 * TopicOptions#topicsPerType} topics is asked for no more, and once all have, the stage ends,
 * whatever epochs are left.
 *
 * <p>A topic is kept if {@link TopicScreen} finds nothing wrong with it and its type doesn't have
 * it yet. Types then have different numbers of topics; {@link TopicBalancing} comes next. A type
 * that has none after all epochs gets a few more, and then ends the run with {@link
 * NoProgressException}, which names it, or is left out, as {@link TopicOptions.Builder#acceptFewer}
 * says.
 */
public final class TopicBrainstorming implements Stage<TopicSeed, Topic> {
  /** The stage's name. */
  public static final String NAME = "topic-ideas";

  /** Counts types that are left out; the stage ends with it. */
  private static final String LEFT_OUT = "types_without_topics";

  private final BaseModel model;
  private final TopicOptions options;
  private final GenerationOptions sampling;
  private final PromptFit fit;

  /** A stage that asks this model. */
  public TopicBrainstorming(BaseModel model, TopicOptions options) {
    this.model = model;
    this.options = options;
    List<String> stop = new ArrayList<>(options.sampling().stop());
    stop.addAll(options.template().stop());
    sampling = options.sampling().toBuilder().stop(stop).build();
    fit = new PromptFit(model, sampling);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<TopicSeed> inputType() {
    return TopicSeed.class;
  }

  @Override
  public Class<Topic> outputType() {
    return Topic.class;
  }

  @Override
  public Settings settings() {
    return options.settings().add("model", model.fingerprint()).build();
  }

  /**
   * Checks that prompts fit the model and that lists have room for new topics.
   *
   * @throws IllegalArgumentException if they don't, saying what to change
   */
  @Override
  public void validate() {
    if (options.template().listLength() <= options.topicsShown()) {
      throw new IllegalArgumentException(
          "a list of "
              + options.template().listLength()
              + " topics has no room beside "
              + options.topicsShown()
              + " that are shown; show fewer, or make the template's listLength greater");
    }
    fit.checkFrame(options.template().render("", List.of()));
  }

  @Override
  public void run(StageContext<TopicSeed, Topic> context) {
    context.expect(options.epochs());
    KnownTopics known = new KnownTopics(context.input().toList());
    if (known.types().isEmpty()) {
      throw new SelfAlignException("stage '" + NAME + "' has no topic seeds; give it some");
    }
    context.records().toList().forEach(known::add);
    if (isGivenUp(context)) {
      return;
    }
    for (long epoch = context.committedUnits(); ; epoch++) {
      List<String> types =
          epoch < options.epochs() ? unfinished(known) : known.typesWithoutTopics();
      if (types.isEmpty()) {
        context.expect(epoch); // fewer epochs than were expected sufficed
        return;
      }
      if (epoch >= (long) options.epochs() + options.patience()) {
        giveUp(context, known, epoch);
        return;
      }
      context.checkCancelled();
      Unit<Topic> unit = epoch(context, known, epoch, types);
      context.commit(unit);
    }
  }

  /** The types that an epoch asks for, told from records alone: a resumed run asks for the same. */
  private List<String> unfinished(KnownTopics known) {
    OptionalInt enough = options.topicsPerType();
    return enough.isPresent() ? known.typesWithFewerThan(enough.getAsInt()) : known.types();
  }

  private static boolean isGivenUp(StageContext<?, Topic> context) {
    try (Stream<CommittedUnit> units = context.units()) {
      return units.anyMatch(unit -> unit.counters().containsKey(LEFT_OUT));
    }
  }

  private void giveUp(StageContext<?, Topic> context, KnownTopics known, long epochs) {
    List<String> without = known.typesWithoutTopics();
    int types = known.types().size();
    if (options.acceptFewer() && without.size() < types) {
      context.commit(Unit.<Topic>builder().advance(0).count(LEFT_OUT, without.size()).build());
      return;
    }
    throw new NoProgressException(
        NAME,
        types - without.size(),
        types,
        String.format(
            "stage '%s' has no topic for %d of %d types of question after %d epochs: '%s'. The"
                + " ledger shows what the model wrote. Run again with more fruitless epochs to go"
                + " on, or accept fewer to leave these types out; or begin another run with other"
                + " sampling or topic seeds, or a better model",
            NAME, without.size(), types, epochs, String.join("', '", without)));
  }

  private Unit<Topic> epoch(
      StageContext<?, Topic> context, KnownTopics known, long epoch, List<String> types) {
    Unit.Builder<Topic> unit = Unit.builder();
    List<GenerationRequest> requests = new ArrayList<>();
    List<Asked> asked = new ArrayList<>();
    for (String type : types) {
      String id = NAME + "-" + epoch + "-" + known.types().indexOf(type);
      Fitted<KnownTopics.Entry> fitted = prompt(known, type, context.random(id));
      List<String> parents = fitted.shown().stream().map(KnownTopics.Entry::id).toList();
      if (fitted.prompt().isPresent()) {
        requests.add(new GenerationRequest(id, fitted.prompt().get()));
        asked.add(new Asked(id, type, parents));
      } else {
        unit.drop(new Drop(id, parents, DropReasons.PROMPT_TOO_LONG, fitted.problem(), ""));
      }
    }
    List<Generation> answers =
        model.generate(requests, sampling.toBuilder().seed(context.seed()).build());
    for (int i = 0; i < answers.size(); i++) {
      unit.count("generated_tokens", answers.get(i).tokenIds().size());
      judge(asked.get(i), answers.get(i), known, unit);
    }
    return unit.count("requests", requests.size()).build();
  }

  private record Asked(String id, String type, List<String> parents) {}

  private Fitted<KnownTopics.Entry> prompt(KnownTopics known, String type, RecordRandom random) {
    List<KnownTopics.Entry> drawn = Draws.sample(known.of(type), options.topicsShown(), random);
    return fit.fit(
        drawn,
        KnownTopics.Entry::topic,
        shown ->
            options.template().render(type, shown.stream().map(KnownTopics.Entry::topic).toList()));
  }

  private void judge(Asked asked, Generation answer, KnownTopics known, Unit.Builder<Topic> unit) {
    boolean complete = answer.finishReason() != FinishReason.LENGTH;
    int place = 0;
    for (Piece piece : options.template().parse(answer.text(), asked.parents().size(), complete)) {
      String id = asked.id() + "-" + ++place;
      String name = piece instanceof Line line ? Markup.unwrap(line.text()) : "";
      Optional<InstructionScreen.Verdict> verdict =
          TopicScreen.reject(piece, name, options.maxWords())
              .or(() -> known.duplicate(asked.type(), name));
      if (verdict.isPresent()) {
        InstructionScreen.Verdict no = verdict.get();
        unit.drop(new Drop(id, asked.parents(), no.reason(), no.detail(), piece.raw()));
      } else {
        Topic topic =
            new Topic(
                id,
                asked.parents(),
                name,
                asked.type(),
                asked.id(),
                model.fingerprint(),
                sampling.summary());
        unit.keep(topic);
        known.add(topic);
      }
    }
  }
}
