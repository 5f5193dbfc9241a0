package io.selfalign.principle;

import io.selfalign.data.AppliedPrinciple;
import io.selfalign.data.Cut;
import io.selfalign.data.Demonstration;
import io.selfalign.data.Drop;
import io.selfalign.data.Query;
import io.selfalign.data.Sampling;
import io.selfalign.internal.text.AnswerOpenings;
import io.selfalign.internal.text.Declining;
import io.selfalign.internal.text.Repetition;
import io.selfalign.model.GenerationOptions;
import io.selfalign.pipeline.Unit;
import io.selfalign.pipeline.UnitContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A unit of stage 2: each of its queries becomes a demonstration or a line of the ledger. */
final class DemonstrationBatch {
  private static final String REPETITION = "repetition";

  /** What becomes of a query: one of both. */
  private record Outcome(Optional<Demonstration> kept, Optional<Drop> dropped) {}

  /** An answer that no filter has dropped. */
  private record Passed(FrameReply written, Candidate candidate) {}

  private final PrincipleDrivenAlignment stage;
  private final PromptFrame frame;
  private final UnitContext context;
  private final GenerationOptions sampling;
  private final Map<Query, Outcome> outcomes = new LinkedHashMap<>();
  private final Unit.Builder<Demonstration> unit = Unit.builder();

  DemonstrationBatch(PrincipleDrivenAlignment stage, UnitContext context) {
    this.stage = stage;
    this.context = context;
    frame = stage.frame();
    sampling = stage.sampling().toBuilder().seed(context.seed()).build();
  }

  Unit<Demonstration> of(List<Query> batch) {
    List<Passed> passed = new ArrayList<>();
    for (FrameReply written : generate(batch)) {
      filtered(written).ifPresent(passed::add);
    }
    context.checkCancelled();
    judge(passed);
    for (Query query : batch) {
      Outcome outcome = Optional.ofNullable(outcomes.get(query)).orElseThrow();
      outcome.kept().ifPresent(this::keep);
      outcome.dropped().ifPresent(unit::drop);
    }
    return unit.build();
  }

  private List<FrameReply> generate(List<Query> batch) {
    Map<Query, Prompt> prompts = new LinkedHashMap<>();
    for (Query query : batch) {
      Prompt prompt = frame.prompt(query, context.random(query.id()));
      if (fits(query, prompt)) {
        prompts.put(query, prompt);
      }
    }
    return stage.replies(context.seed()).generate(prompts);
  }

  private boolean fits(Query query, Prompt prompt) {
    Optional<String> marker = frame.markedLine(query.text());
    if (marker.isPresent()) {
      String detail = "line '" + marker.get() + "'";
      drop(query, PrincipleDrivenAlignment.QUERY_HAS_MARKER, detail, query.text());
      return false;
    }
    int tokens = stage.model().countTokens(prompt.text());
    int limit = stage.model().contextLength() - sampling.maxNewTokens();
    if (tokens > limit) {
      String detail = "prompt of " + tokens + " tokens, at most " + limit;
      drop(query, PrincipleDrivenAlignment.QUERY_TOO_LONG, detail, query.text());
      return false;
    }
    return true;
  }

  private Optional<Passed> filtered(FrameReply written) {
    Reply reply = written.reply();
    Repetition repetition = Repetition.cut(reply.answer(), reply.closed());
    List<Cut> cuts = new ArrayList<>(reply.cuts());
    if (!repetition.cut().isEmpty()) {
      cuts.add(new Cut(REPETITION, repetition.cut()));
    }
    Candidate candidate =
        new Candidate(
            written.query(),
            written.prompt(),
            written.written(),
            new Reply(reply.thoughts(), repetition.text(), reply.closed(), cuts),
            PrincipleMentions.in(reply.thoughts(), frame.principles()),
            frame.speech());
    if (written.written().isBlank()) {
      return dropped(written, PrincipleDrivenAlignment.EMPTY, "");
    }
    if (!frame.identifiesItself(reply.thoughts())) {
      return dropped(written, PrincipleDrivenAlignment.MISSING_SELF_IDENTIFICATION, "");
    }
    if (candidate.answer().isEmpty()) {
      return dropped(written, PrincipleDrivenAlignment.MISSING_ANSWER, "");
    }
    for (AnswerFilter filter : stage.filters()) {
      Optional<String> rejection = filter.reject(candidate);
      if (rejection.isPresent()) {
        return dropped(written, filter.name(), rejection.get());
      }
    }
    return Optional.of(new Passed(written, candidate));
  }

  private void judge(List<Passed> passed) {
    List<Candidate> candidates = passed.stream().map(Passed::candidate).toList();
    List<Optional<String>> verdicts =
        candidates.isEmpty() ? List.of() : stage.safety().judge(candidates);
    if (verdicts.size() != candidates.size()) {
      throw new IllegalStateException(
          "the safety filter gave "
              + verdicts.size()
              + " verdicts on "
              + candidates.size()
              + " answers; it must give one for each");
    }
    for (int i = 0; i < passed.size(); i++) {
      FrameReply written = passed.get(i).written();
      Optional<String> unsafe = verdicts.get(i);
      if (unsafe.isPresent()) {
        drop(written.query(), SafetyFilter.REASON, unsafe.get(), written.written());
      } else {
        Demonstration made = demonstration(written, candidates.get(i));
        outcomes.put(written.query(), new Outcome(Optional.of(made), Optional.empty()));
        count(candidates.get(i));
      }
    }
  }

  private Demonstration demonstration(FrameReply written, Candidate candidate) {
    Query query = written.query();
    return new Demonstration(
        query.id(),
        List.of(query.id()),
        query.text(),
        candidate.reply().thoughts(),
        candidate.answer(),
        candidate.mentions().known(),
        candidate.reply().cuts(),
        query.source(),
        query.questionType(),
        written.prompt().exemplars().stream().map(Exemplar::id).toList(),
        written.prompt().sha256(),
        stage.model().fingerprint(),
        new Sampling(
            sampling.temperature(), sampling.topP(), sampling.maxNewTokens(), sampling.seed()));
  }

  private void keep(Demonstration demonstration) {
    unit.keep(demonstration);
    if (demonstration.principles().isEmpty()) {
      unit.count("no_principle", 1);
    }
    for (AppliedPrinciple principle : demonstration.principles()) {
      unit.count("cited_by_" + principle.by(), 1);
      String counter = counter(principle);
      unit.count(counter, 1);
      demonstration.source().ifPresent(source -> unit.count(counter + ":" + source, 1));
      demonstration.questionType().ifPresent(type -> unit.count(counter + ":type:" + type, 1));
    }
  }

  private void count(Candidate candidate) {
    for (Cut cut : candidate.reply().cuts()) {
      boolean trimmed = cut.reason().equals(Demonstration.TRIMMED);
      unit.count(trimmed ? cut.reason() : cut.reason() + "_cut", 1);
    }
    if (candidate.mentions().disagree()) {
      unit.count("citation_disagrees", 1);
    }
    if (!candidate.mentions().unknown().isEmpty()) {
      unit.count("unknown_principle", 1);
    }
    Declining declining = AnswerOpenings.declining(candidate.query().text(), candidate.answer());
    if (declining != Declining.NONE) {
      count("declined", candidate.query());
      unit.count("declined:" + declining.name().toLowerCase(Locale.ROOT), 1);
    }
  }

  private void count(String counter, Query query) {
    unit.count(counter, 1);
    query.source().ifPresent(source -> unit.count(counter + ":" + source, 1));
    query.questionType().ifPresent(type -> unit.count(counter + ":type:" + type, 1));
  }

  /** The counter of a principle: {@code principle_4_question_assessment}. */
  private static String counter(AppliedPrinciple principle) {
    String name = principle.name().toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "_");
    return "principle_" + principle.number() + "_" + name;
  }

  private Optional<Passed> dropped(FrameReply written, String reason, String detail) {
    drop(written.query(), reason, detail, written.written());
    return Optional.empty();
  }

  private void drop(Query query, String reason, String detail, String text) {
    Drop drop = new Drop(query.id(), List.of(query.id()), reason, detail, text);
    outcomes.put(query, new Outcome(Optional.empty(), Optional.of(drop)));
  }
}
