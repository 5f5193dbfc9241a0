package io.selfalign.verbose;

import io.selfalign.answer.FrameSpeech;
import io.selfalign.data.Drop;
import io.selfalign.data.Query;
import io.selfalign.data.Sampling;
import io.selfalign.data.VerboseAnswer;
import io.selfalign.internal.text.AnswerOpenings;
import io.selfalign.internal.text.Declining;
import io.selfalign.model.BaseModel;
import io.selfalign.model.FinishReason;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.pipeline.BatchStage;
import io.selfalign.pipeline.Settings;
import io.selfalign.pipeline.Unit;
import io.selfalign.pipeline.UnitContext;
import io.selfalign.tuning.ChatPrompt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The work of {@link VerboseAnswering} while the adapter is attached.
 *
 * @param engraved the model with the adapter
 * @param engravedAnswers the answers of stage 2 by their queries' ids
 * @param speech finds what speaks of the prompt
 */
record VerboseBatches(
    VerboseAnswering stage,
    BaseModel engraved,
    Map<String, String> engravedAnswers,
    List<VerboseFilter> filters,
    FrameSpeech speech,
    int unitSize)
    implements BatchStage<Query, VerboseAnswer> {
  @Override
  public String name() {
    return stage.name();
  }

  @Override
  public Class<Query> inputType() {
    return stage.inputType();
  }

  @Override
  public Class<VerboseAnswer> outputType() {
    return stage.outputType();
  }

  @Override
  public Settings settings() {
    return stage.settings();
  }

  @Override
  public Unit<VerboseAnswer> process(List<Query> batch, UnitContext context) {
    GenerationOptions sampling = stage.sampling().toBuilder().seed(context.seed()).build();
    Map<String, Drop> refused = new HashMap<>();
    List<GenerationRequest> requests = new ArrayList<>();
    for (Query query : batch) {
      Optional<Drop> refusal = refusal(query, sampling);
      refusal.ifPresent(drop -> refused.put(query.id(), drop));
      if (refusal.isEmpty()) {
        requests.add(new GenerationRequest(query.id(), stage.prompt().text(query.text())));
      }
    }
    Map<String, Generation> written = new HashMap<>();
    if (!requests.isEmpty()) {
      engraved.generate(requests, sampling).forEach(g -> written.put(g.id(), g));
    }
    Unit.Builder<VerboseAnswer> unit = Unit.builder();
    for (Query query : batch) {
      Optional.ofNullable(refused.get(query.id())).ifPresent(unit::drop);
      Optional.ofNullable(written.get(query.id())).ifPresent(g -> add(query, g, sampling, unit));
    }
    return unit.build();
  }

  private Optional<Drop> refusal(Query query, GenerationOptions sampling) {
    ChatPrompt prompt = stage.prompt();
    Optional<String> marker =
        prompt.markedLine(query.text()).or(() -> stage.engravedPrompt().markedLine(query.text()));
    if (marker.isPresent()) {
      String detail = "line '" + marker.get() + "'";
      return Optional.of(drop(query, VerboseAnswering.QUERY_HAS_MARKER, detail, query.text()));
    }
    int tokens = engraved.countTokens(prompt.text(query.text()));
    int limit = engraved.contextLength() - sampling.maxNewTokens();
    String detail = "prompt of " + tokens + " tokens, at most " + limit;
    return tokens > limit
        ? Optional.of(drop(query, VerboseAnswering.QUERY_TOO_LONG, detail, query.text()))
        : Optional.empty();
  }

  private void add(
      Query query,
      Generation generation,
      GenerationOptions sampling,
      Unit.Builder<VerboseAnswer> unit) {
    String extensive = stage.prompt().beforeNextTurn(generation.text());
    String answer = stage.engravedPrompt().beforeNextTurn(extensive);
    boolean cut = answer.length() < generation.text().strip().length();
    if (answer.isEmpty()) {
      unit.drop(drop(query, VerboseAnswering.EMPTY, "", generation.text()));
      return;
    }
    VerboseCandidate candidate =
        new VerboseCandidate(
            query,
            answer,
            cut || generation.finishReason() != FinishReason.LENGTH,
            Optional.ofNullable(engravedAnswers.get(query.id())),
            speech,
            stage.cue().shown());
    for (VerboseFilter filter : filters) {
      Optional<String> rejection = filter.reject(candidate);
      if (rejection.isPresent()) {
        unit.drop(drop(query, filter.name(), rejection.get(), generation.text()));
        return;
      }
    }
    count(candidate, cut, unit);
    unit.keep(
        new VerboseAnswer(
            id(query),
            List.of(query.id()),
            query.text(),
            answer,
            query.source(),
            query.questionType(),
            stage.prompt().sha256(query.text()),
            engraved.fingerprint(),
            new Sampling(
                sampling.temperature(), sampling.topP(), sampling.maxNewTokens(), sampling.seed()),
            candidate.closed()));
  }

  private static void count(
      VerboseCandidate candidate, boolean cut, Unit.Builder<VerboseAnswer> unit) {
    if (cut) {
      unit.count("next_turn_cut", 1);
    }
    Declining declining = AnswerOpenings.declining(candidate.query().text(), candidate.answer());
    if (declining != Declining.NONE) {
      unit.count("declined", 1);
      unit.count("declined:" + declining.name().toLowerCase(Locale.ROOT), 1);
    }
  }

  private static String id(Query query) {
    return "verbose-" + query.id();
  }

  private static Drop drop(Query query, String reason, String detail, String text) {
    return new Drop(id(query), List.of(query.id()), reason, detail, text);
  }
}
