package io.selfalign.instruct;

import io.selfalign.data.Drop;
import io.selfalign.data.Instruction;
import io.selfalign.error.NoProgressException;
import io.selfalign.model.BaseModel;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.pipeline.CommittedUnit;
import io.selfalign.pipeline.StageContext;
import io.selfalign.pipeline.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Makes instructions in rounds, each a unit: requests that see what earlier rounds kept, their
 * answers judged one by one in the order of the requests. All state is rebuilt from what is
 * committed, so a resumed run goes on as if it had never stopped.
 */
final class RoundLoop {
  /** Counts the instructions that are missing when fewer are accepted; the stage ends with it. */
  static final String MISSING = "missing";

  /** What a round asks the model. */
  interface Planner {
    /**
     * A round's requests.
     *
     * @param kept everything kept so far, in order
     */
    List<Ask> plan(long round, List<Instruction> kept);
  }

  /** Finds instructions in an answer. */
  interface Reader {
    List<Found> read(Generation answer);
  }

  /**
   * A request.
   *
   * @param parents what the prompt shows
   * @param prompt nothing if no prompt fits the model's context, {@code problem} says why
   * @param shortened whether examples were left out to make the prompt fit
   */
  record Ask(
      String id,
      List<String> parents,
      Optional<String> prompt,
      String problem,
      boolean shortened,
      Reader reader) {}

  /**
   * A piece of an answer.
   *
   * @param text what the model wrote
   * @param draft what it may become, or else
   * @param verdict why it is nothing
   */
  record Found(
      String text,
      List<String> parents,
      Optional<Draft> draft,
      Optional<InstructionScreen.Verdict> verdict) {
    static Found rejected(String text, List<String> parents, String reason, String detail) {
      return new Found(
          text,
          parents,
          Optional.empty(),
          Optional.of(new InstructionScreen.Verdict(reason, detail)));
    }

    static Found draft(String text, List<String> parents, Draft draft) {
      return new Found(text, parents, Optional.of(draft), Optional.empty());
    }
  }

  /** An instruction that is not judged yet. */
  record Draft(
      String instruction,
      Optional<String> input,
      Optional<String> output,
      Optional<String> topic,
      Optional<String> questionType) {}

  private final String stage;
  private final BaseModel model;
  private final RoundOptions options;
  private final GenerationOptions sampling;
  private final String samplingSummary;
  private final InstructionScreen sieve;

  /** A loop whose sieve has what others made already. */
  RoundLoop(
      String stage,
      BaseModel model,
      RoundOptions options,
      GenerationOptions sampling,
      InstructionScreen sieve) {
    this.stage = stage;
    this.model = model;
    this.options = options;
    this.sampling = sampling;
    samplingSummary = sampling.summary();
    this.sieve = sieve;
  }

  void run(StageContext<?, Instruction> context, Planner planner) {
    int wanted = options.instructions();
    context.expect(wanted);
    List<Instruction> kept = new ArrayList<>(context.records().toList());
    kept.forEach(instruction -> sieve.add(instruction.id(), instruction.instruction()));
    History history = History.of(context);
    for (long round = context.committedUnits(); kept.size() < wanted; round++) {
      if (history.missing > 0) {
        return;
      }
      if (history.patience >= options.patience()) {
        giveUp(context, kept.size(), history);
        return;
      }
      context.checkCancelled();
      Unit<Instruction> unit = round(context, planner.plan(round, kept), wanted - kept.size());
      context.commit(unit);
      kept.addAll(unit.records());
      history.add(unit.records().size(), reasons(unit), unit.counters());
    }
  }

  private Unit<Instruction> round(
      StageContext<?, Instruction> context, List<Ask> asks, int missing) {
    Unit.Builder<Instruction> unit = Unit.builder();
    List<GenerationRequest> requests = new ArrayList<>();
    for (Ask ask : asks) {
      ask.prompt().ifPresent(prompt -> requests.add(new GenerationRequest(ask.id(), prompt)));
      if (ask.shortened() && ask.prompt().isPresent()) {
        unit.count("shortened_prompts", 1);
      }
    }
    Map<String, Generation> answers = new TreeMap<>();
    model.generate(
        requests,
        sampling.toBuilder().seed(context.seed()).build(),
        answer -> answers.put(answer.id(), answer));
    unit.count("requests", requests.size());
    for (Ask ask : asks) {
      Generation answer = answers.get(ask.id());
      if (ask.prompt().isEmpty()) {
        unit.drop(
            new Drop(ask.id(), ask.parents(), DropReasons.PROMPT_TOO_LONG, ask.problem(), ""));
      } else if (answer == null) {
        throw new IllegalStateException(
            "model '" + model.name() + "' gave no result for request '" + ask.id() + "'");
      } else {
        unit.count("generated_tokens", answer.tokenIds().size());
        judge(ask, answer, missing, unit);
      }
    }
    return unit.advance(unit.kept()).build();
  }

  private void judge(Ask ask, Generation answer, int missing, Unit.Builder<Instruction> unit) {
    String prompt = ask.prompt().orElseThrow();
    int place = 0;
    for (Found found : ask.reader().read(answer)) {
      String id = ask.id() + "-" + ++place;
      Optional<InstructionScreen.Verdict> verdict = found.verdict();
      if (found.draft().isPresent()) {
        Draft draft = found.draft().get();
        verdict =
            sieve.reject(new Candidate(draft.instruction(), draft.input(), draft.output(), prompt));
        if (verdict.isEmpty() && unit.kept() == missing) {
          verdict = Optional.of(new InstructionScreen.Verdict(DropReasons.SURPLUS, ""));
        }
        if (verdict.isEmpty()) {
          unit.keep(instruction(id, ask, found.parents(), draft));
          sieve.add(id, draft.instruction());
        }
      }
      verdict.ifPresent(
          no -> unit.drop(new Drop(id, found.parents(), no.reason(), no.detail(), found.text())));
    }
  }

  private Instruction instruction(String id, Ask ask, List<String> parents, Draft draft) {
    return new Instruction(
        id,
        parents,
        draft.instruction(),
        draft.input(),
        draft.output(),
        stage,
        draft.topic(),
        draft.questionType(),
        ask.id(),
        model.fingerprint(),
        samplingSummary);
  }

  private void giveUp(StageContext<?, Instruction> context, int kept, History history) {
    int wanted = options.instructions();
    if (options.acceptFewer()) {
      context.commit(
          Unit.<Instruction>builder().advance(0).count(MISSING, (long) wanted - kept).build());
      return;
    }
    throw new NoProgressException(
        stage,
        kept,
        wanted,
        String.format(
            Locale.ROOT,
            "stage '%s' has %,d of %,d instructions, and its last %d rounds (%d requests) kept"
                + " none: %s. The ledger shows what the model wrote. What is kept is safe; run"
                + " again with more fruitless rounds to go on, or accept fewer; or begin another"
                + " run with other sampling, seeds or filters, or a better model",
            stage,
            kept,
            wanted,
            history.patience,
            history.requests,
            history.reasons.isEmpty() ? "the model wrote nothing" : "dropped " + history.reasons));
  }

  private static Map<String, Long> reasons(Unit<?> unit) {
    Map<String, Long> reasons = new TreeMap<>();
    unit.drops().forEach(drop -> reasons.merge(drop.reason(), 1L, Long::sum));
    return reasons;
  }

  /** The rounds since something was kept. */
  private static final class History {
    private long patience;
    private long requests;
    private long missing;
    private final Map<String, Long> reasons = new TreeMap<>();

    static History of(StageContext<?, Instruction> context) {
      History history = new History();
      try (Stream<CommittedUnit> units = context.units()) {
        units.forEach(unit -> history.add(unit.records(), unit.drops(), unit.counters()));
      }
      return history;
    }

    void add(long kept, Map<String, Long> drops, Map<String, Long> counters) {
      if (kept > 0) {
        patience = 0;
        requests = 0;
        reasons.clear();
      } else {
        patience++;
        requests += counters.getOrDefault("requests", 0L);
        drops.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
      }
      missing += counters.getOrDefault(MISSING, 0L);
    }
  }
}
