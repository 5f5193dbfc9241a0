package io.selfalign.examples.miniature;

import io.selfalign.eval.HasMetrics;
import io.selfalign.examples.miniature.Exchange.Kind;
import io.selfalign.examples.miniature.HeldOutQuestions.Question;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An answer to a held-out question, judged by {@link Judgement}.
 *
 * @param id the question's id
 * @param parents the question's id
 * @param kind the question's kind
 * @param question what was asked
 * @param expected what a right answer has in it
 * @param thoughts what was thought before the answer; empty if nothing was
 * @param answer what was answered
 * @param promptTokens how many tokens the prompt had
 * @param good whether it is what one hopes for
 * @param refuses whether it declines to help
 * @param admits whether it says that it doesn't know
 */
record HeldOutAnswer(
    String id,
    List<String> parents,
    Kind kind,
    String question,
    String expected,
    String thoughts,
    String answer,
    int promptTokens,
    boolean good,
    boolean refuses,
    boolean admits)
    implements HasMetrics {
  /** The names of the figures of each answer. */
  static final String GOOD = "good";

  static final String REFUSES = "refuses";
  static final String ADMITS = "admits";
  static final String CHARACTERS = "characters";
  static final String PROMPT_TOKENS = "prompt_tokens";

  /** Copies the list. */
  HeldOutAnswer {
    parents = List.copyOf(parents);
  }

  /** Judges an answer. */
  static HeldOutAnswer of(Question question, String thoughts, String answer, int promptTokens) {
    return new HeldOutAnswer(
        question.id(),
        List.of(question.id()),
        question.kind(),
        question.text(),
        question.expected(),
        thoughts,
        answer,
        promptTokens,
        Judgement.good(question, answer),
        Judgement.refuses(answer),
        Judgement.admits(answer));
  }

  @Override
  public Optional<String> group() {
    return Optional.of(kind.name().toLowerCase(Locale.ROOT));
  }

  @Override
  public Map<String, Double> figures() {
    return Map.of(
        GOOD, share(good),
        REFUSES, share(refuses),
        ADMITS, share(admits),
        CHARACTERS, (double) answer.length(),
        PROMPT_TOKENS, (double) promptTokens);
  }

  private static double share(boolean holds) {
    return holds ? 1 : 0;
  }

  @Override
  public Map<String, Double> chance() {
    return Map.of();
  }
}
