package io.selfalign.trial;

import io.selfalign.answer.ExemplarCopies;
import io.selfalign.answer.ExemplarCopies.Shown;
import io.selfalign.answer.Loops;
import io.selfalign.data.AppliedPrinciple;
import io.selfalign.internal.text.AnswerOpenings;
import io.selfalign.internal.text.Declining;
import io.selfalign.principle.AnswerFilters;
import io.selfalign.principle.Exemplar;
import io.selfalign.principle.FrameReply;
import io.selfalign.principle.PrincipleMentions;
import io.selfalign.principle.PromptFrame;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Measures the replies to a frame's prompts, by what the stages filter by. */
final class ReplyMeter {
  private static final ExemplarCopies COPIES =
      new ExemplarCopies(
          AnswerFilters.DEFAULT_LEAK_THRESHOLD,
          AnswerFilters.DEFAULT_LEAK_RUN,
          AnswerFilters.DEFAULT_LEAK_SENTENCE);

  private final PromptFrame frame;

  ReplyMeter(PromptFrame frame) {
    this.frame = frame;
  }

  Map<Measure, Boolean> measure(FrameReply reply) {
    Map<Measure, Boolean> measures = new EnumMap<>(Measure.class);
    String query = reply.query().text();
    String thoughts = reply.reply().thoughts();
    String answer = reply.reply().answer();
    boolean answered = !answer.isEmpty();
    measures.put(Measure.FOLLOWS_FORM, answered && frame.identifiesItself(thoughts));
    measures.put(Measure.CLOSED, reply.reply().closed());
    boolean speaks = frame.speech().find(query, answer).isPresent();
    boolean loops = Loops.find(query, answer).isPresent();
    boolean copies = COPIES.find(query, answer, shown(reply)).isPresent();
    measures.put(Measure.SPEAKS_OF_FRAME, speaks);
    measures.put(Measure.LOOPS, loops);
    measures.put(Measure.COPIES_EXEMPLAR, copies);
    boolean fit = answered && !speaks && !loops && !copies;
    measures.put(Measure.FIT, fit);
    measures.put(Measure.FIT_AND_LONG, fit && characters(answer) >= Measure.LONG);
    if (answered) {
      measures.put(Measure.DECLINES, AnswerOpenings.declining(query, answer) != Declining.NONE);
      measures.put(Measure.ADMITS_LIMIT, AnswerOpenings.admitsLimit(answer));
      measures.put(Measure.REFUSES, Refusals.refuses(answer));
    }
    if (!frame.principles().isEmpty()) {
      addCitations(measures, PrincipleMentions.in(thoughts, frame.principles()));
    }
    return measures;
  }

  private static void addCitations(Map<Measure, Boolean> measures, PrincipleMentions mentions) {
    measures.put(Measure.CITES, !mentions.known().isEmpty());
    boolean byBoth =
        mentions.known().stream()
            .anyMatch(named -> named.by().equals(AppliedPrinciple.BOTH) || named.disagrees());
    if (byBoth) {
      measures.put(Measure.CITES_RIGHTLY, !mentions.disagree());
    }
  }

  private static List<Shown> shown(FrameReply reply) {
    List<Shown> shown = new ArrayList<>();
    for (Exemplar exemplar : reply.prompt().exemplars()) {
      exemplar.turns().forEach(turn -> shown.add(new Shown(exemplar.id(), turn.answer())));
    }
    return shown;
  }

  static int characters(String text) {
    return text.codePointCount(0, text.length());
  }
}
