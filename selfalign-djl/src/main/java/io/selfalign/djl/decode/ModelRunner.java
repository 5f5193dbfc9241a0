package io.selfalign.djl.decode;

import io.selfalign.djl.program.DecoderProgram;
import io.selfalign.djl.program.NativeValue;
import io.selfalign.error.CancelledException;
import io.selfalign.error.ContextLengthException;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Requests;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Generates and scores with a program: tokenises, forms batches, and gives back results.
 *
 * <p>Thread-safe. Calls from several threads take turns, step by step, behind a fair lock: a long
 * call does not hold up a short one, and {@link #close()} has to wait for one step at most.
 */
public final class ModelRunner implements AutoCloseable {
  private final String modelName;
  private final DecoderProgram program;
  private final PromptTokenizer tokenizer;
  private final List<Integer> endOfSequenceIds;
  private final int contextLength;
  private final Limits limits;
  private final PrefixTree tree;
  private final Prefiller prefiller;
  private final ReentrantLock lock = new ReentrantLock(true);
  private volatile boolean closed;

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

  /** Takes ownership of the program and the tokenizer. */
  public ModelRunner(
      String modelName,
      DecoderProgram program,
      PromptTokenizer tokenizer,
      List<Integer> endOfSequenceIds,
      int contextLength,
      Limits limits) {
    this.modelName = modelName;
    this.program = program;
    this.tokenizer = tokenizer;
    this.endOfSequenceIds = List.copyOf(endOfSequenceIds);
    this.contextLength = contextLength;
    this.limits = limits;
    this.tree = new PrefixTree(program, Prefiller.PASS_TOKENS, limits.prefixCacheBytes());
    this.prefiller = new Prefiller(program, tree, limits.prefixReuse(), this::checkMayGoOn);
  }

  /** How many tokens a prompt of this text has. */
  public int countTokens(String text) {
    return tokenizer.encode(text).length;
  }

  /** How many tokens prefills have run through the model since it was opened. */
  public long prefilledTokens() {
    return locked(prefiller::computedTokens);
  }

  /** How many tokens prefills have not had to run, because their keys/values were there. */
  public long reusedTokens() {
    return locked(prefiller::reusedTokens);
  }

  /** How many tokens' keys/values are kept while no request uses them. */
  public long keptTokens() {
    return locked(tree::keptTokens);
  }

  /** See {@link io.selfalign.model.BaseModel#generate}. */
  public void generate(
      List<GenerationRequest> requests,
      GenerationOptions options,
      Consumer<? super Generation> onComplete) {
    checkOpen();
    Requests.checkUniqueIds(requests, GenerationRequest::id);
    GenerationPlan plan = GenerationPlan.of(options, tokenizer, endOfSequenceIds);
    List<Row> rows = new ArrayList<>();
    for (GenerationRequest request : requests) {
      checkInterrupt();
      int[] tokens = encodePrompt(request.id(), request.prompt());
      checkFits(request.id(), tokens.length, options.maxNewTokens());
      rows.add(new Row(request, tokens, plan));
    }
    if (rows.isEmpty()) {
      return;
    }
    List<Prompt> prompts = rows.stream().map(Row::prompt).toList();
    Batch batch = locked(() -> new Batch(program, prefiller, plan.sampling()));
    try {
      Deque<Row> waiting = new ArrayDeque<>(rows);
      locked(() -> prefiller.plan(prompts));
      while (!waiting.isEmpty() || batch.size() > 0) {
        List<Row> finished = locked(() -> turn(waiting, batch, options));
        for (Row row : finished) {
          onComplete.accept(row.result());
        }
      }
    } finally {
      lockedAlways(
          () -> {
            prefiller.release(prompts);
            batch.close();
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
    List<Row> joining = new ArrayList<>();
    long bytes = batch.tokensAtMost(options.maxNewTokens()) * program.bytesPerToken();
    while (!waiting.isEmpty() && batch.size() + joining.size() < limits.maxBatchSize()) {
      Row next = waiting.getFirst();
      bytes += (next.prompt().tokens.length + options.maxNewTokens()) * program.bytesPerToken();
      if (bytes > limits.batchCacheBytes() && batch.size() + joining.size() > 0) {
        break;
      }
      joining.add(waiting.removeFirst());
    }
    return joining;
  }

  /** See {@link io.selfalign.model.BaseModel#score}. */
  public List<Score> score(List<ScoreRequest> requests) {
    checkOpen();
    Requests.checkUniqueIds(requests, ScoreRequest::id);
    List<ScoredPrompt> scored = new ArrayList<>();
    for (ScoreRequest request : requests) {
      checkInterrupt();
      scored.add(scoredPrompt(request));
    }
    List<Score> scores = new ArrayList<>();
    List<Prompt> prompts = scored.stream().map(ScoredPrompt::prompt).toList();
    try {
      locked(() -> prefiller.plan(prompts));
      for (int from = 0; from < scored.size(); from += limits.maxBatchSize()) {
        int to = Math.min(from + limits.maxBatchSize(), scored.size());
        List<ScoredPrompt> part = scored.subList(from, to);
        locked(() -> scores.addAll(scorePart(part)));
      }
    } finally {
      lockedAlways(() -> prefiller.release(prompts));
    }
    return scores;
  }

  private record ScoredPrompt(String id, Prompt prompt, List<Integer> targets) {}

  private ScoredPrompt scoredPrompt(ScoreRequest request) {
    int promptLength = encodePrompt(request.id(), request.prompt()).length;
    int[] tokens = tokenizer.encode(request.prompt() + request.continuation());
    if (tokens.length <= promptLength) {
      throw new IllegalArgumentException(
          String.format(
              "request '%s': the continuation '%s' adds no token to its prompt",
              request.id(), request.continuation()));
    }
    checkFits(request.id(), promptLength, tokens.length - promptLength);
    return new ScoredPrompt(
        request.id(),
        new Prompt(Arrays.copyOf(tokens, tokens.length - 1), promptLength - 1),
        Arrays.stream(tokens, promptLength, tokens.length).boxed().toList());
  }

  private List<Score> scorePart(List<ScoredPrompt> part) {
    List<DecoderProgram.TokenScore> tokenScores = new ArrayList<>();
    Deque<ScoredPrompt> next = new ArrayDeque<>(part);
    prefiller.run(
        part.stream().map(ScoredPrompt::prompt).toList(),
        pass -> {
          int[] targets =
              pass.prompts().stream()
                  .flatMap(prompt -> next.removeFirst().targets().stream())
                  .mapToInt(Integer::intValue)
                  .toArray();
          NativeValue hidden = pass.result().hidden();
          tokenScores.addAll(Arrays.asList(program.score(hidden, targets)));
        });
    List<Score> scores = new ArrayList<>();
    int from = 0;
    for (ScoredPrompt scored : part) {
      scored.prompt().close();
      int to = from + scored.targets().size();
      List<DecoderProgram.TokenScore> own = tokenScores.subList(from, to);
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

  private static void checkInterrupt() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancelledException("the calling thread was interrupted");
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("model '" + modelName + "' is closed");
    }
  }

  private void checkMayGoOn() {
    checkInterrupt();
    checkOpen();
  }

  /** Frees what a call holds, also when it was interrupted or the model closed. */
  private void lockedAlways(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable action) {
    locked(
        () -> {
          action.run();
          return true;
        });
  }

  /** One turn: a step of this call while no other call runs. */
  private <T> T locked(Supplier<T> action) {
    checkInterrupt();
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException("the calling thread was interrupted");
    }
    try {
      checkOpen();
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    closed = true;
    lock.lock();
    try {
      tree.clear();
      program.close();
    } finally {
      lock.unlock();
    }
    tokenizer.close();
  }
}
