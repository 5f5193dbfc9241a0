package io.selfalign.testing;

import io.selfalign.data.RecordRandom;
import io.selfalign.model.FinishReason;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Requests;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What a {@link ScriptedModel} writes and scores: a function of its rules and the request.
 *
 * @param rules the first that fits a prompt decides
 * @param scorer the log-probability of a whole continuation, if the replies don't decide
 */
record ScriptedReplies(List<Rule> rules, Optional<ToDoubleFunction<ScoreRequest>> scorer) {
  private static final double LIKELY = -0.1;
  private static final double UNLIKELY = -5;

  /** What is written after some prompts. */
  record Rule(Predicate<String> prompt, ScriptedModel.Script script) {}

  ScriptedReplies {
    rules = List.copyOf(rules);
  }

  static int countTokens(String text) {
    Requests.checkUnicode("the text", text);
    return text.codePointCount(0, text.length());
  }

  /** The reply to a prompt, as far as the options let it go. */
  Generation generation(GenerationRequest request, GenerationOptions options) {
    RecordRandom random =
        options.greedy()
            ? greedyRandom(request.prompt())
            : RecordRandom.of(options.seed(), "scripted", request.id());
    int[] reply = reply(request.prompt(), random).codePoints().toArray();
    List<Integer> tokens = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    while (tokens.size() < options.maxNewTokens()) {
      ScriptedModel.checkNotInterrupted();
      int place = tokens.size() % (reply.length + 1);
      if (place == reply.length && !options.forbidEndOfSequence()) {
        tokens.add(ScriptedModel.END_OF_SEQUENCE);
        return generation(request, text, tokens, FinishReason.END_OF_SEQUENCE, Optional.empty());
      }
      int token = place == reply.length ? '\n' : reply[place];
      tokens.add(token);
      text.appendCodePoint(token);
      Optional<String> stop = firstOf(options.stop(), text);
      if (stop.isPresent()) {
        text.setLength(text.indexOf(stop.get()));
        return generation(request, text, tokens, FinishReason.STOP, stop);
      }
    }
    return generation(request, text, tokens, FinishReason.LENGTH, Optional.empty());
  }

  private Generation generation(
      GenerationRequest request,
      CharSequence text,
      List<Integer> tokens,
      FinishReason reason,
      Optional<String> stop) {
    int promptTokens = countTokens(request.prompt());
    return new Generation(request.id(), text.toString(), tokens, reason, stop, promptTokens);
  }

  /** Of the stop strings that the text ends with, the one that begins first. */
  private static Optional<String> firstOf(List<String> stops, StringBuilder text) {
    return stops.stream()
        .filter(stop -> text.indexOf(stop, Math.max(0, text.length() - stop.length())) >= 0)
        .max(Comparator.comparingInt(String::length));
  }

  /** The log-probability of a continuation. */
  Score score(ScoreRequest request) {
    List<Integer> tokens = request.continuation().codePoints().boxed().toList();
    String reply = reply(request.prompt(), greedyRandom(request.prompt()));
    List<Integer> greedy = reply.codePoints().boxed().toList();
    List<Double> logProbabilities = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      boolean likely = i < greedy.size() && greedy.get(i).equals(tokens.get(i));
      double logProbability = likely ? LIKELY : UNLIKELY;
      logProbabilities.add(
          scorer.map(s -> s.applyAsDouble(request) / tokens.size()).orElse(logProbability));
    }
    return new Score(
        request.id(), tokens, logProbabilities, reply.startsWith(request.continuation()));
  }

  private String reply(String prompt, RecordRandom random) {
    for (Rule rule : rules) {
      if (rule.prompt().test(prompt)) {
        String reply = rule.script().reply(prompt, random);
        Requests.checkUnicode("the script's reply", reply);
        return fromLastLine(prompt, reply);
      }
    }
    return "";
  }

  /** What a reply has behind the prompt's last line, if that is one of its lines. */
  private static String fromLastLine(String prompt, String reply) {
    String line = prompt.substring(prompt.lastIndexOf('\n', prompt.length() - 2) + 1);
    int at = line.isBlank() || !line.endsWith("\n") ? -1 : ("\n" + reply).indexOf("\n" + line);
    return at < 0 ? reply : reply.substring(at + line.length());
  }

  private static RecordRandom greedyRandom(String prompt) {
    return RecordRandom.of(0, "scripted-greedy", prompt);
  }
}
