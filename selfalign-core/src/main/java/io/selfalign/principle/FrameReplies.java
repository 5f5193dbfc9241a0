package io.selfalign.principle;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.data.Query;
import io.selfalign.model.BaseModel;
import io.selfalign.model.FinishReason;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Asks a model for replies under a {@link PromptFrame}, and has nothing generated past their end.
 *
 * <p>Models go on after an answer with the assistant's own marker as often as with the user's.
 * While thoughts and answer are one generation, that marker can't be a stop string, for it also
 * begins the answer. So there are two:
 *
 * <ol>
 *   <li>the prompt is continued with thoughts, which end at any marker but their own;
 *   <li>if it was the answer's, the prompt with the thoughts and that marker is continued with the
 *       answer, which ends at any marker. Most of this prompt has just been run.
 * </ol>
 *
 * <p>An answer may have {@code maxNewTokens} of the sampling if the model's context has room for
 * them, and at least what the thoughts left of them, less what is reserved for a question about the
 * answer. If that is nothing, there is no answer. What is made of a query depends on no other
 * query.
 *
 * <p>Immutable and safe for use by several threads, if its parts are.
 */
public final class FrameReplies {
  /** So many tokens thoughts have at most, unless another number is set. */
  public static final int DEFAULT_THOUGHT_TOKENS = 128;

  /** Follows a query's id in the id of the second request, so that it has its own random draws. */
  public static final String ANSWER_ID = "/answer";

  /** Where there is little room, its size is rounded down to these, so that few calls differ. */
  private static final int ROOM_STEP = 16;

  /** So many tokens more, at most, two texts have together than each by itself. */
  private static final int SEAM = 16;

  private final BaseModel model;
  private final PromptFrame frame;
  private final GenerationOptions sampling;
  private final int thoughtTokens;
  private final int reserved;

  /** A reply of which the thoughts are there. */
  private record Begun(Query query, Prompt prompt, Generation thoughts, Optional<String> answer) {
    String answerPrompt() {
      return prompt.text() + answer.orElseThrow();
    }
  }

  /**
   * Asks with a sampling.
   *
   * @param sampling with the seed; the frame's stop strings are added
   * @param thoughtTokens the most tokens of thoughts, 1 up; never more than {@code maxNewTokens}
   * @throws IllegalArgumentException if there are to be no thoughts
   */
  public FrameReplies(
      BaseModel model, PromptFrame frame, GenerationOptions sampling, int thoughtTokens) {
    this(model, frame, sampling, thoughtTokens, 0);
  }

  /**
   * Asks with room left over.
   *
   * @param reserved so many tokens of the model's context are left after every answer
   */
  FrameReplies(
      BaseModel model,
      PromptFrame frame,
      GenerationOptions sampling,
      int thoughtTokens,
      int reserved) {
    this.model = model;
    this.frame = frame;
    this.sampling = sampling;
    this.thoughtTokens = checked(thoughtTokens);
    this.reserved = reserved;
  }

  static int checked(int thoughtTokens) {
    if (thoughtTokens < 1) {
      throw new IllegalArgumentException(
          "thoughtTokens is " + thoughtTokens + ", but must be 1 up");
    }
    return thoughtTokens;
  }

  /**
   * The replies to queries, in their order.
   *
   * @param prompts the queries, no two of one id, with {@link PromptFrame#prompt their prompts},
   *     which fit the model's context with {@code maxNewTokens}
   */
  public List<FrameReply> generate(Map<Query, Prompt> prompts) {
    if (prompts.isEmpty()) {
      return List.of();
    }
    List<Begun> begun = think(prompts);
    Map<String, Generation> answers = answer(begun);
    return begun.stream()
        .map(b -> reply(b, Optional.ofNullable(answers.get(b.query().id() + ANSWER_ID))))
        .toList();
  }

  private List<Begun> think(Map<Query, Prompt> prompts) {
    List<GenerationRequest> requests = new ArrayList<>();
    prompts.forEach((query, p) -> requests.add(new GenerationRequest(query.id(), p.text())));
    int limit = Math.min(thoughtTokens, sampling.maxNewTokens());
    List<Generation> generations = model.generate(requests, options(frame.thoughtStop(), limit));
    List<Begun> begun = new ArrayList<>();
    for (Map.Entry<Query, Prompt> asked : prompts.entrySet()) {
      Generation thoughts = generations.get(begun.size());
      begun.add(new Begun(asked.getKey(), asked.getValue(), thoughts, beginning(thoughts)));
    }
    return begun;
  }

  /** What an answer continues, after the prompt; nothing if there is to be none. */
  private Optional<String> beginning(Generation thoughts) {
    ReplyParser parser = new ReplyParser(frame.markers());
    String text = thoughts.text();
    if (parser.beginsAnswer(text)) {
      // It was spelt in a way that is no stop string, and the answer has begun.
      boolean open = thoughts.finishReason() == FinishReason.LENGTH && parser.endsInAnswer(text);
      return open ? Optional.of(text) : Optional.empty();
    }
    boolean marked = thoughts.stop().filter(frame.markers()::isAnswerStop).isPresent();
    return marked && !text.isBlank()
        ? Optional.of(frame.markers().answerOpening(text.strip()))
        : Optional.empty();
  }

  private Map<String, Generation> answer(List<Begun> begun) {
    Map<Integer, List<GenerationRequest>> byLimit = new TreeMap<>();
    for (Begun reply : begun) {
      int most = reply.answer().isPresent() ? limit(reply) : 0;
      if (most > 0) {
        byLimit
            .computeIfAbsent(most, limit -> new ArrayList<>())
            .add(new GenerationRequest(reply.query().id() + ANSWER_ID, reply.answerPrompt()));
      }
    }
    Map<String, Generation> answers = new LinkedHashMap<>();
    byLimit.forEach(
        (limit, requests) ->
            model
                .generate(requests, options(frame.answerStop(), limit))
                .forEach(generation -> answers.put(generation.id(), generation)));
    return answers;
  }

  /** The most tokens of an answer, 0 if there is no room; the same whatever else is asked. */
  private int limit(Begun reply) {
    int most = sampling.maxNewTokens();
    int context = model.contextLength() - reserved;
    if (context - atMost(reply) >= most) {
      return most;
    }
    int room = context - model.countTokens(reply.answerPrompt());
    if (room >= most) {
      return most;
    }
    int left = most - reply.thoughts().tokenIds().size();
    int rounded = room / ROOM_STEP * ROOM_STEP;
    return Math.max(0, rounded >= left ? rounded : Math.min(room, left));
  }

  /**
   * No fewer tokens than a reply's second prompt has, without counting them: a token is a byte or
   * more, and where two texts meet a few may be split.
   */
  private static int atMost(Begun reply) {
    int continued = reply.answer().orElseThrow().getBytes(UTF_8).length;
    return reply.thoughts().promptTokens() + continued + SEAM;
  }

  private GenerationOptions options(List<String> frameStop, int limit) {
    Set<String> stop = new LinkedHashSet<>(frameStop);
    stop.addAll(sampling.stop());
    return sampling.toBuilder().stop(List.copyOf(stop)).maxNewTokens(limit).build();
  }

  private FrameReply reply(Begun begun, Optional<Generation> answer) {
    String written =
        answer
            .map(generation -> begun.answer().orElseThrow() + generation.text())
            .orElseGet(begun.thoughts()::text);
    FinishReason reason = answer.orElse(begun.thoughts()).finishReason();
    return new FrameReply(
        begun.query(),
        begun.prompt(),
        written,
        frame.parse(written, reason),
        begun.thoughts().promptTokens(),
        begun.thoughts().tokenIds().size(),
        answer.map(generation -> generation.tokenIds().size()).orElse(0));
  }
}
