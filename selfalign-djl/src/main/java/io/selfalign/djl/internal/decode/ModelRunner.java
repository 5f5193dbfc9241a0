package io.selfalign.djl.internal.decode;

import static java.util.Objects.requireNonNull;

import io.selfalign.djl.internal.program.DecoderProgram;
import io.selfalign.djl.internal.program.ModelLock;
import io.selfalign.djl.internal.program.NativeValue;
import io.selfalign.error.ContextLengthException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Requests;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Generates and scores with a program: tokenises, forms batches, and gives back results.
 *
 * <p>Thread-safe. Calls from several threads take turns behind a fair lock, a turn being a decoding
 * step or the prefill of a few prompts: a long call does not hold up a short one. An interrupt or
 * {@link #close()} takes effect before the next pass through the model.
 */
public final class ModelRunner implements AutoCloseable {
  private final DecoderProgram program;
  private final PromptTokenizer tokenizer;
  private final List<Integer> endOfSequenceIds;
  private final int contextLength;
  private final Limits limits;
  private final PrefixTree tree;
  private final Prefiller prefiller;
  private final ModelLock turns;

  /**
   * How much to run and keep at a time.
   *
   * @param maxBatchSize the most requests that generate at the same time
   * @param prefixReuse whether prompts share the keys/values of common prefixes
   * @param prefixCacheBytes how many bytes of keys/values to keep when no request uses them
   * @param batchCacheBytes about how many bytes of keys/values the requests that run may need
   */
  public record Limits(
      int maxBatchSize, boolean prefixReuse, long prefixCacheBytes, long batchCacheBytes) {}

  /** Takes ownership of the program, not of the tokenizer. */
  public ModelRunner(
      ModelLock turns,
      DecoderProgram program,
      PromptTokenizer tokenizer,
      List<Integer> endOfSequenceIds,
      int contextLength,
      Limits limits) {
    this.turns = turns;
    this.program = program;
    this.tokenizer = tokenizer;
    this.endOfSequenceIds = List.copyOf(endOfSequenceIds);
    this.contextLength = contextLength;
    this.limits = limits;
    this.tree = new PrefixTree(program, Prefiller.PASS_TOKENS, limits.prefixCacheBytes());
    this.prefiller = new Prefiller(program, tree, limits.prefixReuse(), turns::checkMayGoOn);
  }

  /** How many tokens a prompt of this text has. */
  public int countTokens(String text) {
    return tokenizer.encode(text).length;
  }

  /** How many tokens prefills have run through the model since it was opened. */
  public long prefilledTokens() {
    return turns.always(prefiller::computedTokens);
  }

  /** How many tokens prefills have not had to run, because their keys/values were there. */
  public long reusedTokens() {
    return turns.always(prefiller::reusedTokens);
  }

  /** How many tokens' keys/values are kept while no request uses them. */
  public long keptTokens() {
    return turns.always(tree::keptTokens);
  }

  /** See {@link io.selfalign.model.BaseModel#generate}. */
  public void generate(
      List<GenerationRequest> requests,
      GenerationOptions options,
      Consumer<? super Generation> onComplete) {
    turns.checkOpen();
    Requests.checkUniqueIds(requests, GenerationRequest::id);
    GenerationPlan plan = GenerationPlan.of(options, tokenizer, endOfSequenceIds);
    List<Row> rows = new ArrayList<>();
    for (GenerationRequest request : requests) {
      ModelLock.checkInterrupt();
      int[] tokens = encodePrompt(request.id(), request.prompt());
      checkFits(request.id(), tokens.length, options.maxNewTokens());
      rows.add(new Row(request, tokens, plan));
    }
    if (rows.isEmpty()) {
      return;
    }
    List<Prompt> prompts = rows.stream().map(Row::prompt).toList();
    Batch batch = turns.take(() -> new Batch(program, prefiller, plan.sampling()));
    try {
      Deque<Row> waiting = new ArrayDeque<>(rows);
      turns.take(() -> prefiller.plan(prompts));
      while (!waiting.isEmpty() || batch.size() > 0) {
        List<Row> finished = turns.take(() -> turn(waiting, batch, options));
        for (Row row : finished) {
          onComplete.accept(row.result());
        }
      }
    } finally {
      turns.always(
          () -> {
            try (batch) {
              prefiller.release(prompts);
            }
          });
    }
  }

  /** Lets waiting rows join if there is room, else takes one decoding step. */
  private List<Row> turn(Deque<Row> waiting, Batch batch, GenerationOptions options) {
    List<Row> joining = nextRows(waiting, batch, options);
    return joining.isEmpty() ? batch.step() : batch.join(joining);
  }

  /** Takes the rows that may join now: as many as there is room for, at least one in all. */
  private List<Row> nextRows(Deque<Row> waiting, Batch batch, GenerationOptions options) {
    Turn turn = new Turn(batch.size(), batch.tokensAtMost(options.maxNewTokens()));
    List<Row> joining = new ArrayList<>();
    while (!waiting.isEmpty() && turn.takes(waiting.getFirst().prompt(), options.maxNewTokens())) {
      joining.add(waiting.removeFirst());
    }
    return joining;
  }

  /** Counts what one turn takes on, so that it neither lasts long nor needs much memory. */
  private final class Turn {
    private static final int MAX_MISSING_TOKENS = 2 * Prefiller.PASS_TOKENS;

    private int rows;
    private long heldTokens;
    private long missingTokens;

    Turn(int rows, long heldTokens) {
      this.rows = rows;
      this.heldTokens = heldTokens;
    }

    /** Takes on a prompt if there is room, and in any case if nothing else runs. */
    boolean takes(Prompt prompt, int newTokens) {
      long held = heldTokens + prompt.tokens.length + newTokens;
      boolean fits =
          rows < limits.maxBatchSize()
              && held * program.bytesPerToken() <= limits.batchCacheBytes();
      if (rows > 0 && !fits) {
        return false;
      }
      int missing = prefiller.missingTokens(prompt);
      if (missingTokens > 0 && missingTokens + missing > MAX_MISSING_TOKENS) {
        return false;
      }
      rows++;
      heldTokens = held;
      missingTokens += missing;
      return true;
    }
  }

  /** See {@link io.selfalign.model.BaseModel#score}. */
  public List<Score> score(List<ScoreRequest> requests) {
    turns.checkOpen();
    Requests.checkUniqueIds(requests, ScoreRequest::id);
    List<ScoredPrompt> scored = new ArrayList<>();
    for (ScoreRequest request : requests) {
      ModelLock.checkInterrupt();
      scored.add(scoredPrompt(request));
    }
    // Neighbours then have most in common, whatever the order of the requests.
    scored.sort(Comparator.comparing(s -> s.prompt().tokens, Arrays::compare));
    Map<String, Score> scores = new HashMap<>();
    List<Prompt> prompts = scored.stream().map(ScoredPrompt::prompt).toList();
    try {
      turns.take(() -> prefiller.plan(prompts));
      Deque<ScoredPrompt> waiting = new ArrayDeque<>(scored);
      while (!waiting.isEmpty()) {
        turns.take(
            () -> scorePart(nextScored(waiting)).forEach(score -> scores.put(score.id(), score)));
      }
    } finally {
      turns.always(() -> prefiller.release(prompts));
    }
    return requests.stream().map(request -> requireNonNull(scores.get(request.id()))).toList();
  }

  private record ScoredPrompt(String id, Prompt prompt, List<Integer> targets) {}

  private ScoredPrompt scoredPrompt(ScoreRequest request) {
    int promptLength = encodePrompt(request.id(), request.prompt()).length;
    int[] tokens = tokenizer.encode(request.prompt() + request.continuation());
    if (tokens.length <= promptLength) {
      throw new IllegalArgumentException(
          String.format(
              "request '%s': the continuation '%s' adds no token to its prompt; where a prompt ends"
                  + " in a space or inside a word, move that to the continuation",
              request.id(), request.continuation()));
    }
    checkFits(request.id(), promptLength, tokens.length - promptLength);
    return new ScoredPrompt(
        request.id(),
        new Prompt(Arrays.copyOf(tokens, tokens.length - 1), promptLength - 1),
        Arrays.stream(tokens, promptLength, tokens.length).boxed().toList());
  }

  private List<ScoredPrompt> nextScored(Deque<ScoredPrompt> waiting) {
    Turn turn = new Turn(0, 0);
    List<ScoredPrompt> part = new ArrayList<>();
    while (!waiting.isEmpty() && turn.takes(waiting.getFirst().prompt(), 0)) {
      part.add(waiting.removeFirst());
    }
    return part;
  }

  private List<Score> scorePart(List<ScoredPrompt> part) {
    int[] targets =
        part.stream()
            .flatMap(scored -> scored.targets().stream())
            .mapToInt(Integer::intValue)
            .toArray();
    List<DecoderProgram.TokenScore> tokenScores = new ArrayList<>();
    prefiller.runPacked(
        part.stream().map(ScoredPrompt::prompt).toList(),
        pass -> {
          int done = tokenScores.size();
          int[] next = Arrays.copyOfRange(targets, done, done + pass.result().selected());
          NativeValue hidden = pass.result().hidden();
          tokenScores.addAll(Arrays.asList(program.score(hidden, next)));
        });
    List<Score> scores = new ArrayList<>();
    int from = 0;
    for (ScoredPrompt scored : part) {
      scored.prompt().close();
      int to = from + scored.targets().size();
      List<DecoderProgram.TokenScore> own = tokenScores.subList(from, to);
      checkFinite(scored.id(), own);
      scores.add(
          new Score(
              scored.id(),
              scored.targets(),
              own.stream().map(DecoderProgram.TokenScore::logProbability).toList(),
              own.stream().allMatch(DecoderProgram.TokenScore::likeliest)));
      from = to;
    }
    return scores;
  }

  /** A token beside one whose logit is infinite has the log-probability minus infinity. */
  private static void checkFinite(String id, List<DecoderProgram.TokenScore> scores) {
    for (DecoderProgram.TokenScore score : scores) {
      if (!Double.isFinite(score.logProbability())) {
        throw new SelfAlignException(
            String.format(
                "request '%s': the model's logits are not finite numbers; use another data type"
                    + " (BF16 or F32), or check that the checkpoint is whole",
                id));
      }
    }
  }

  private int[] encodePrompt(String id, String prompt) {
    int[] tokens = tokenizer.encode(prompt);
    if (tokens.length == 0) {
      throw new IllegalArgumentException("request '" + id + "': the prompt has no tokens");
    }
    return tokens;
  }

  private void checkFits(String id, int promptTokens, int newTokens) {
    if ((long) promptTokens + newTokens > contextLength) {
      throw new ContextLengthException(id, promptTokens, newTokens, contextLength);
    }
  }

  /**
   * The logits after each token of a text, in a model's own arithmetic.
   *
   * @return {@code vocabSize} numbers a token, one token after the other
   */
  public float[] logits(String text) {
    turns.checkOpen();
    int[] tokens = encodePrompt("0", text);
    checkFits("0", tokens.length, 0);
    return turns.take(
        () -> {
          List<float[]> parts = new ArrayList<>();
          Prompt prompt = new Prompt(tokens, 0);
          prefiller.run(List.of(prompt), pass -> parts.add(program.logits(pass.result().hidden())));
          prompt.close();
          int size = parts.stream().mapToInt(part -> part.length).sum();
          FloatBuffer all = FloatBuffer.allocate(size);
          parts.forEach(all::put);
          return all.array();
        });
  }

  @Override
  public void close() {
    turns.close(
        () -> {
          tree.clear();
          program.close();
        });
  }
}
