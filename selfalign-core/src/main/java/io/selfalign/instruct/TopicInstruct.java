package io.selfalign.instruct;

import com.google.common.collect.Lists;
import io.selfalign.data.Instruction;
import io.selfalign.data.RecordRandom;
import io.selfalign.data.SeedTask;
import io.selfalign.data.Topic;
import io.selfalign.data.TopicSeed;
import io.selfalign.data.Traceable;
import io.selfalign.error.SelfAlignException;
import io.selfalign.instruct.Piece.Line;
import io.selfalign.instruct.PromptFit.Fitted;
import io.selfalign.instruct.RoundLoop.Ask;
import io.selfalign.instruct.RoundLoop.Draft;
import io.selfalign.instruct.RoundLoop.Found;
import io.selfalign.instruct.TopicTaskTemplate.Hint;
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
import java.util.Set;
import java.util.function.Function;

/**
 * Topic-Guided Red-Teaming Self-Instruct: lets a base model write instructions on given topics, of
 * kinds in which a model that answers from memory easily errs (arXiv 2305.03047, section 3.1).
 *
 * <p>Each prompt shows topic seeds, with their topics and types as hints, and then the hints of a
 * few topics, the first of them at the prompt's end; the model goes on with that line's question
 * and with the other lines, each of which counts only if it repeats its own hint. Every topic is
 * asked for once, in random order, then every topic once more, and so on. Judging, rounds and the
 * end are those of {@link SelfInstruct}; near-duplicates are looked for among all seeds and what
 * Self-Instruct made, too.
 */
public final class TopicInstruct implements Stage<Topic, Instruction> {
  /** The stage's name. */
  public static final String NAME = "topic-instruct";

  private final BaseModel model;
  private final TopicInstructOptions options;
  private final PromptFit fit;

  /** A stage that asks this model. */
  public TopicInstruct(BaseModel model, TopicInstructOptions options) {
    this.model = model;
    this.options = options;
    fit = new PromptFit(model, options.sampling());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<Topic> inputType() {
    return Topic.class;
  }

  @Override
  public Class<Instruction> outputType() {
    return Instruction.class;
  }

  @Override
  public Set<Class<? extends Traceable>> alsoReads() {
    return Set.of(TopicSeed.class, SeedTask.class, Instruction.class);
  }

  @Override
  public Settings settings() {
    return options.settings().add("model", model.fingerprint()).build();
  }

  /**
   * Checks that prompts fit the model.
   *
   * @throws IllegalArgumentException if they don't, saying what to change
   */
  @Override
  public void validate() {
    if (options.instructions() > 0) {
      fit.checkFrame(options.template().render(List.of(), List.of(), List.of()));
    }
  }

  @Override
  public void run(StageContext<Topic, Instruction> context) {
    if (options.instructions() == 0) {
      return;
    }
    List<Topic> topics = context.input().toList();
    List<TopicSeed> seeds = context.also(TopicSeed.class).toList();
    if (topics.isEmpty() || seeds.isEmpty()) {
      throw new SelfAlignException(
          "stage '"
              + NAME
              + "' has "
              + topics.size()
              + " topics and "
              + seeds.size()
              + " topic seeds; it needs at least one of each");
    }
    InstructionScreen sieve = new InstructionScreen(options);
    context.also(SeedTask.class).toList().forEach(s -> sieve.add(s.id(), s.instruction()));
    seeds.forEach(seed -> sieve.add(seed.id(), seed.question()));
    context.also(Instruction.class).toList().forEach(i -> sieve.add(i.id(), i.instruction()));
    Passes passes = new Passes(topics, context::random);
    int listLength = Math.min(options.examplesPerPrompt(), seeds.size()) + passes.perRequest();
    List<String> stop = new ArrayList<>(options.sampling().stop());
    stop.addAll(options.template().stop(listLength));
    GenerationOptions sampling = options.sampling().toBuilder().stop(stop).build();
    new RoundLoop(NAME, model, options, sampling, sieve)
        .run(context, (round, kept) -> round(round, passes, seeds, context::random));
  }

  private List<Ask> round(
      long round, Passes passes, List<TopicSeed> seeds, Function<String, RecordRandom> random) {
    List<Ask> asks = new ArrayList<>();
    for (int i = 0; i < options.requestsPerRound(); i++) {
      String id = NAME + "-" + round + "-" + i;
      List<Topic> wanted = passes.of(round * options.requestsPerRound() + i);
      asks.add(ask(id, wanted, Draws.sample(seeds, options.examplesPerPrompt(), random.apply(id))));
    }
    return asks;
  }

  private Ask ask(String id, List<Topic> wanted, List<TopicSeed> drawn) {
    Fitted<TopicSeed> fitted = fit.fit(drawn, TopicSeed::question, shown -> prompt(shown, wanted));
    List<String> shown = fitted.shown().stream().map(TopicSeed::id).toList();
    List<String> parents = new ArrayList<>(shown);
    wanted.forEach(topic -> parents.add(topic.id()));
    return new Ask(
        id,
        List.copyOf(parents),
        fitted.prompt(),
        fitted.problem(),
        shown.size() < drawn.size(),
        answer -> read(answer, shown, wanted));
  }

  private String prompt(List<TopicSeed> shown, List<Topic> wanted) {
    return options
        .template()
        .render(
            shown.stream().map(seed -> new Hint(seed.topic(), seed.questionType())).toList(),
            shown.stream().map(TopicSeed::question).toList(),
            wanted.stream().map(TopicInstruct::hint).toList());
  }

  private static Hint hint(Topic topic) {
    return new Hint(topic.topic(), topic.questionType());
  }

  private List<Found> read(Generation answer, List<String> shown, List<Topic> wanted) {
    boolean complete = answer.finishReason() != FinishReason.LENGTH;
    List<Found> found = new ArrayList<>();
    for (Piece piece :
        options.template().parse(answer.text(), shown.size(), wanted.size(), complete)) {
      if (piece instanceof Line line) {
        int place = line.number() - shown.size() - 1;
        Optional<Topic> topic =
            place >= 0 && place < wanted.size() ? Optional.of(wanted.get(place)) : Optional.empty();
        found.add(found(line, shown, topic, place == 0));
      } else {
        found.add(Found.rejected(piece.raw(), shown, DropReasons.STRAY_TEXT, ""));
      }
    }
    return found;
  }

  private static Found found(Line line, List<String> shown, Optional<Topic> topic, boolean hinted) {
    if (topic.isEmpty()) {
      return Found.rejected(
          line.raw(), shown, DropReasons.WRONG_HINT, "line " + line.number() + " has no hint");
    }
    List<String> parents = new ArrayList<>(shown);
    parents.add(topic.get().id());
    if (line.cutOff()) {
      return Found.rejected(line.raw(), parents, DropReasons.CUT_OFF, "");
    }
    Hint hint = hint(topic.get());
    Optional<String> question = TopicTaskTemplate.question(hint, line.text(), hinted);
    if (question.isEmpty()) {
      return Found.rejected(line.raw(), parents, DropReasons.WRONG_HINT, "not " + hint.text());
    }
    if (question.get().isBlank()) {
      return Found.rejected(line.raw(), parents, DropReasons.EMPTY, "");
    }
    return Found.draft(
        line.raw(),
        parents,
        new Draft(
            question.get(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(topic.get().topic()),
            Optional.of(topic.get().questionType())));
  }

  /** Which topics a request asks for. */
  private final class Passes {
    private final List<Topic> topics;
    private final Function<String, RecordRandom> random;
    private long pass = -1;
    private List<List<Topic>> chunks = List.of();

    Passes(List<Topic> topics, Function<String, RecordRandom> random) {
      this.topics = topics;
      this.random = random;
    }

    int perRequest() {
      return Math.min(options.topicsPerPrompt(), topics.size());
    }

    List<Topic> of(long request) {
      int requestsPerPass = (topics.size() + perRequest() - 1) / perRequest();
      if (request / requestsPerPass != pass) {
        pass = request / requestsPerPass;
        List<Topic> shuffled = Draws.shuffle(topics, random.apply("pass-" + pass));
        chunks = Lists.partition(shuffled, perRequest());
      }
      return chunks.get((int) (request % requestsPerPass));
    }
  }
}
