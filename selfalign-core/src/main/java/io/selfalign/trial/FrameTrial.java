package io.selfalign.trial;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.Lists;
import com.google.common.hash.Hashing;
import io.selfalign.data.Query;
import io.selfalign.data.RecordRandom;
import io.selfalign.model.BaseModel;
import io.selfalign.model.GenerationOptions;
import io.selfalign.principle.FrameReplies;
import io.selfalign.principle.FrameReply;
import io.selfalign.principle.PrincipleDrivenAlignment;
import io.selfalign.principle.Prompt;
import io.selfalign.principle.PromptFrame;
import io.selfalign.trial.FrameResult.PromptTokens;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/** One frame of a trial: puts the questions, reads the replies, and measures them. */
final class FrameTrial {
  private static final String RANDOM = "trial";
  private static final String WORD = "Hi";

  /** So many questions are handed to the model together. */
  private static final int BATCH = 64;

  /** What became of the questions: replies in their order, and counts of those not asked. */
  record Outcome(List<TrialReply> replies, Map<String, Long> skipped) {}

  private final String name;
  private final PromptFrame frame;
  private final BaseModel model;
  private final GenerationOptions sampling;
  private final int thoughtTokens;
  private final ReplyMeter meter;

  FrameTrial(
      String name,
      PromptFrame frame,
      BaseModel model,
      GenerationOptions sampling,
      int thoughtTokens) {
    this.name = name;
    this.frame = frame;
    this.model = model;
    this.sampling = sampling;
    this.thoughtTokens = thoughtTokens;
    meter = new ReplyMeter(frame);
  }

  String name() {
    return name;
  }

  /** The SHA-256 of everything that decides the frame's prompts, in hexadecimal. */
  String sha256() {
    return Hashing.sha256().hashString(frame.settings().json(), UTF_8).toString();
  }

  private Prompt shortest() {
    return prompt(Query.of(WORD, WORD));
  }

  /**
   * Checks that the frame leaves room for a question.
   *
   * @throws IllegalArgumentException if it doesn't, naming the lengths and what to change
   */
  void checkRoom() {
    int tokens = model.countTokens(shortest().text());
    int newTokens = sampling.maxNewTokens();
    if ((long) tokens + newTokens > model.contextLength()) {
      throw new IllegalArgumentException(
          String.format(
              "the prompt of frame '%s' for a question of one word has %d tokens, which with %d new"
                  + " ones is over the %d of the model's context; show fewer exemplars, take fewer"
                  + " principles, or generate fewer tokens",
              name, tokens, newTokens, model.contextLength()));
    }
  }

  /** How long the prompts are in a tokenizer's tokens. */
  PromptTokens promptTokens(
      String tokenizer, ToIntFunction<String> countTokens, List<TrialQuestion> questions) {
    int longest =
        questions.stream()
            .mapToInt(question -> countTokens.applyAsInt(prompt(question.query()).text()))
            .max()
            .orElseThrow();
    return new PromptTokens(tokenizer, countTokens.applyAsInt(shortest().text()), longest);
  }

  /** Puts the questions; the listener gets the replies of a batch as soon as they are there. */
  Outcome run(List<TrialQuestion> questions, Consumer<? super TrialReply> listener) {
    SortedMap<String, Long> skipped = new TreeMap<>();
    Map<String, TrialQuestion> byId = new HashMap<>();
    Map<Query, Prompt> prompts = new LinkedHashMap<>();
    for (TrialQuestion question : questions) {
      Prompt prompt = prompt(question.query());
      Optional<String> reason = unfit(question, prompt);
      if (reason.isPresent()) {
        skipped.merge(reason.get(), 1L, Long::sum);
      } else {
        byId.put(question.id(), question);
        prompts.put(question.query(), prompt);
      }
    }
    FrameReplies asking = new FrameReplies(model, frame, sampling, thoughtTokens);
    List<TrialReply> replies = new ArrayList<>();
    for (List<Query> batch : Lists.partition(List.copyOf(prompts.keySet()), BATCH)) {
      Map<Query, Prompt> part = new LinkedHashMap<>();
      batch.forEach(
          query -> part.put(query, Optional.ofNullable(prompts.get(query)).orElseThrow()));
      for (FrameReply made : asking.generate(part)) {
        TrialQuestion question = Optional.ofNullable(byId.get(made.query().id())).orElseThrow();
        TrialReply reply = reply(question, made);
        replies.add(reply);
        listener.accept(reply);
      }
    }
    return new Outcome(replies, skipped);
  }

  private Optional<String> unfit(TrialQuestion question, Prompt prompt) {
    if (frame.markedLine(question.question()).isPresent()) {
      return Optional.of(PrincipleDrivenAlignment.QUERY_HAS_MARKER);
    }
    int tokens = model.countTokens(prompt.text());
    boolean fits = (long) tokens + sampling.maxNewTokens() <= model.contextLength();
    return fits ? Optional.empty() : Optional.of(PrincipleDrivenAlignment.QUERY_TOO_LONG);
  }

  private Prompt prompt(Query query) {
    return frame.prompt(query, RecordRandom.of(sampling.seed(), RANDOM, query.id()));
  }

  private TrialReply reply(TrialQuestion question, FrameReply made) {
    return new TrialReply(
        name,
        question.id(),
        question.kind(),
        question.topic(),
        question.question(),
        made.reply().thoughts(),
        made.reply().answer(),
        made.written(),
        meter.measure(made),
        ReplyMeter.characters(made.reply().answer()),
        made.generatedTokens(),
        made.promptTokens());
  }
}
