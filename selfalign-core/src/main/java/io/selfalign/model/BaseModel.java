package io.selfalign.model;

import io.selfalign.error.CancelledException;
import io.selfalign.error.ContextLengthException;
import io.selfalign.error.SelfAlignException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A language model that continues and scores text. It knows nothing of principles, chats or
 * training.
 *
 * <p>Implementations are safe for use by several threads. A backend shows that it keeps this
 * contract by extending {@code BaseModelContract} of selfalign-core's test jar.
 *
 * <p>Callers pass whole prompts, as many as they have (thousands at once are fine): the backend
 * forms batches and reuses what prompts share. Neither changes results beyond floating-point
 * rounding, because the randomness of a request comes from its own id and the seed alone.
 */
public interface BaseModel {
  /** A name for people and logs, such as the checkpoint's folder name. */
  String name();

  /**
   * Identifies everything in the model that decides its output (weights, tokenizer, configuration,
   * data type, adapter). Equal fingerprints mean equal output for equal input; runs record it.
   */
  String fingerprint();

  /** The longest sequence, prompt and new tokens together, in tokens. */
  int contextLength();

  /**
   * How many tokens a prompt of this text has, including those that the tokenizer adds by itself,
   * such as a beginning-of-sequence token.
   *
   * @throws IllegalArgumentException if the text has an unpaired surrogate
   */
  int countTokens(String text);

  /**
   * Continues every request's prompt.
   *
   * <p>{@code onComplete} is called once for every request, on the calling thread, as soon as that
   * request has ended, in any order. If it throws, generation stops and its exception leaves this
   * method.
   *
   * @param requests the prompts, with ids that are unique within the call
   * @param options how to continue them
   * @param onComplete receives each result
   * @throws IllegalArgumentException if two requests share an id, or a prompt or the text of a
   *     logit bias has no tokens
   * @throws ContextLengthException if a prompt and the new-token limit exceed the context; thrown
   *     before anything is generated
   * @throws CancelledException if the thread is interrupted, within one decoding step; its
   *     interrupt status stays set
   * @throws IllegalStateException if the model is closed, also when it is closed during the call
   * @throws SelfAlignException if the model fails, for want of memory for example, or because a
   *     request's logits are not finite numbers, as with damaged weights; what was not complete by
   *     then is lost
   */
  void generate(
      List<GenerationRequest> requests,
      GenerationOptions options,
      Consumer<? super Generation> onComplete);

  /**
   * Scores every request's continuation: the log-probability of each of its tokens given all text
   * before it.
   *
   * @return one score per request, in the order of the requests
   * @throws IllegalArgumentException if two requests share an id, or a continuation adds no token
   * @throws ContextLengthException if prompt and continuation exceed the context
   * @throws CancelledException if the thread is interrupted
   * @throws IllegalStateException if the model is closed, also when it is closed during the call
   * @throws SelfAlignException if the model fails, or a log-probability is not a finite number, as
   *     with damaged weights: no score is ever NaN or infinite
   */
  List<Score> score(List<ScoreRequest> requests);

  /**
   * Continues every request's prompt and returns the results in the order of the requests. See
   * {@link #generate(List, GenerationOptions, Consumer)} for the exceptions.
   */
  default List<Generation> generate(List<GenerationRequest> requests, GenerationOptions options) {
    Map<String, Generation> byId = new HashMap<>();
    generate(requests, options, generation -> byId.put(generation.id(), generation));
    List<Generation> inOrder = new ArrayList<>(requests.size());
    for (GenerationRequest request : requests) {
      Generation generation = byId.get(request.id());
      if (generation == null) {
        throw new IllegalStateException(
            "model '" + name() + "' gave no result for request '" + request.id() + "'");
      }
      inOrder.add(generation);
    }
    return inOrder;
  }

  /** Continues one prompt and returns the text that follows it. */
  default String generate(String prompt, GenerationOptions options) {
    return generate(List.of(new GenerationRequest("0", prompt)), options).get(0).text();
  }

  /** Continues one prompt with {@link GenerationOptions#defaults()}. */
  default String generate(String prompt) {
    return generate(prompt, GenerationOptions.defaults());
  }
}
