package io.selfalign.examples.guide;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.selfalign.data.RecordRandom;
import io.selfalign.error.CancelledException;
import io.selfalign.error.ContextLengthException;
import io.selfalign.error.SelfAlignException;
import io.selfalign.examples.guide.CompletionsServer.Answer;
import io.selfalign.model.BaseModel;
import io.selfalign.model.FinishReason;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import io.selfalign.model.Requests;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Shows a model backend of one's own: a base model that a server runs, asked over the completions
 * interface of OpenAI as vLLM serves it.
 *
 * <pre>{@code
 * try (RemoteModel model = RemoteModel.at(URI.create("http://localhost:8000")).open()) {
 *   System.out.println(model.generate("Once upon a time"));
 * }
 * }</pre>
 *
 * <p>It makes instructions and answers (stages 1 and 2) and is measured like any other model. It
 * can't be trained, so it is no {@code TrainableModel}, and the type says so.
 *
 * <p><b>What it asks of the server.</b> {@code /v1/models} with {@code max_model_len}; {@code
 * /tokenize}; and {@code /v1/completions} with token ids as prompt, {@code return_token_ids}, and
 * {@code echo} with {@code logprobs}. vLLM has them all. Prompts go there as tokens, so that what
 * is counted is what is read.
 *
 * <p><b>Reproducibility.</b> Each request is sent with a seed of its own, from the options' seed
 * and the request's id. The server decides what it makes of that: vLLM gives a seed the same random
 * numbers in any batch, but the order of its sums, and so now and then a token, depends on the
 * batch unless it runs in a batch-invariant mode. Another version or another GPU may differ too.
 *
 * <p><b>Options.</b> n-gram penalties are refused: no such server has them. To forbid the end of
 * the sequence, the server is given a bias on its token, which {@link Builder#endOfSequence} has to
 * name. A bias counts as -100 at least, by which a server forbids. Of several stop strings that the
 * same token completes, the server chooses; one that is a special token is not found.
 *
 * <p>Safe for use by several threads.
 */
public final class RemoteModel implements BaseModel, AutoCloseable {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final String name;
  private final String fingerprint;
  private final int contextLength;
  private final Optional<String> endOfSequence;
  private final CompletionsServer server;
  private final ParallelCalls calls;

  private RemoteModel(Builder builder, CompletionsServer server, JsonNode card, int context) {
    this.server = server;
    name = card.path("id").asString();
    fingerprint =
        builder.version.orElseGet(() -> "remote:" + name + "@" + card.path("root").asString());
    contextLength = context;
    endOfSequence = builder.endOfSequence;
    calls = new ParallelCalls(builder.parallelRequests);
  }

  /** A builder of a model at a server's address, such as {@code http://localhost:8000}. */
  public static Builder at(URI server) {
    return new Builder(server);
  }

  @Override
  public String name() {
    return name;
  }

  /**
   * What {@link Builder#version} says, or the name of the model and of its checkpoint: a server
   * doesn't tell whether the weights under these names are still the same.
   */
  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public int contextLength() {
    return contextLength;
  }

  @Override
  public int countTokens(String text) {
    Requests.checkUnicode("the text", text);
    return calls.all(List.of(text), this::tokens).get(0).size();
  }

  @Override
  public void generate(
      List<GenerationRequest> requests,
      GenerationOptions options,
      Consumer<? super Generation> onComplete) {
    Requests.checkUniqueIds(requests, GenerationRequest::id);
    ObjectNode sampling = SamplingParameters.of(options, endOfSequence, this::firstToken);
    List<ArrayNode> prompts = calls.all(requests, request -> tokens(request.prompt()));
    for (int i = 0; i < requests.size(); i++) {
      checkNotEmpty(requests.get(i).id(), prompts.get(i).size());
      checkFits(requests.get(i).id(), prompts.get(i).size(), options.maxNewTokens());
    }
    calls.each(
        requests,
        (request, i) -> {
          ObjectNode body = sampling.deepCopy();
          body.set("prompt", prompts.get(i));
          body.put("seed", RecordRandom.of(options.seed(), "remote", request.id()).bits(0, 0));
          return generation(request.id(), prompts.get(i).size(), complete(body));
        },
        onComplete);
  }

  @Override
  public List<Score> score(List<ScoreRequest> requests) {
    Requests.checkUniqueIds(requests, ScoreRequest::id);
    List<ArrayNode> prompts = calls.all(requests, request -> tokens(request.prompt()));
    List<ArrayNode> texts =
        calls.all(requests, request -> tokens(request.prompt() + request.continuation()));
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      String id = requests.get(i).id();
      int added = texts.get(i).size() - prompts.get(i).size();
      checkNotEmpty(id, prompts.get(i).size());
      if (added <= 0) {
        throw new IllegalArgumentException(
            "request '"
                + id
                + "': the continuation adds no token to its prompt; write a longer one");
      }
      // A server generates one token after what it scores, and drops it.
      checkFits(id, prompts.get(i).size(), added + 1);
      places.add(i);
    }
    return calls.all(places, i -> score(requests.get(i).id(), prompts.get(i).size(), texts.get(i)));
  }

  private Score score(String id, int promptTokens, ArrayNode text) throws InterruptedException {
    ObjectNode body = JSON.objectNode();
    body.set("prompt", text);
    body.put("echo", true).put("logprobs", 1).put("max_tokens", 0);
    body.put("return_tokens_as_token_ids", true);
    Answer answer = complete(body);
    List<Integer> ids = new ArrayList<>();
    List<Double> logProbabilities = new ArrayList<>();
    boolean greedy = true;
    for (int i = promptTokens; i < text.size(); i++) {
      ids.add(text.get(i).intValue());
      double own = answer.number("/choices/0/logprobs/token_logprobs/" + i);
      logProbabilities.add(own);
      // The token and the most likely one: they are the same if it is greedy.
      for (JsonNode likely : answer.at("/choices/0/logprobs/top_logprobs/" + i)) {
        greedy &= own >= likely.doubleValue();
      }
    }
    return new Score(id, ids, logProbabilities, greedy);
  }

  private Answer complete(ObjectNode body) throws InterruptedException {
    return server.post("/v1/completions", body.put("model", name));
  }

  private static Generation generation(String id, int promptTokens, Answer answer) {
    String text = answer.text("/choices/0/text");
    List<Integer> tokens = answer.integers("/choices/0/token_ids");
    String reason = answer.text("/choices/0/finish_reason");
    JsonNode stop = answer.json().at("/choices/0/stop_reason");
    Optional<String> stopString =
        stop.isString() ? Optional.of(stop.stringValue()) : Optional.empty();
    FinishReason finish =
        switch (reason) {
          case "length" -> FinishReason.LENGTH;
          case "stop" -> stopString.isPresent() ? FinishReason.STOP : FinishReason.END_OF_SEQUENCE;
          default -> throw answer.wrong("ended with '" + reason + "'");
        };
    return new Generation(id, text, tokens, finish, stopString, promptTokens);
  }

  /** The id of a text's first token, as JSON names it. */
  private String firstToken(String text) {
    ArrayNode tokens = calls.all(List.of(text), t -> tokens(t, false)).get(0);
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("'" + text + "' has no tokens; take another text");
    }
    return tokens.get(0).asString();
  }

  private ArrayNode tokens(String text) throws InterruptedException {
    return tokens(text, true);
  }

  private ArrayNode tokens(String text, boolean special) throws InterruptedException {
    ObjectNode body = JSON.objectNode().put("model", name).put("prompt", text);
    Answer answer = server.post("/tokenize", body.put("add_special_tokens", special));
    ArrayNode tokens = JSON.arrayNode();
    answer.integers("/tokens").forEach(tokens::add);
    return tokens;
  }

  private static void checkNotEmpty(String id, int promptTokens) {
    if (promptTokens == 0) {
      throw new IllegalArgumentException("request '" + id + "': the prompt has no tokens");
    }
  }

  private void checkFits(String id, int promptTokens, int newTokens) {
    if ((long) promptTokens + newTokens > contextLength) {
      throw new ContextLengthException(id, promptTokens, newTokens, contextLength);
    }
  }

  /** Ends calls that run, with an {@link IllegalStateException}. */
  @Override
  public void close() {
    calls.close();
  }

  /** Collects options; not safe for use by several threads. */
  public static final class Builder {
    private final URI address;
    private Optional<String> model = Optional.empty();
    private Optional<String> apiKey = Optional.empty();
    private Optional<String> endOfSequence = Optional.empty();
    private Optional<String> version = Optional.empty();
    private int parallelRequests = 64;
    private Duration timeout = Duration.ofMinutes(10);
    private int attempts = 5;
    private Duration firstPause = Duration.ofSeconds(1);

    private Builder(URI address) {
      this.address = address;
    }

    /** Which of the server's models and adapters; the first by default, which is a base model. */
    @CanIgnoreReturnValue
    public Builder model(String name) {
      model = Optional.of(name);
      return this;
    }

    /** What the server was started with as {@code --api-key}; none by default. */
    @CanIgnoreReturnValue
    public Builder apiKey(String key) {
      apiKey = Optional.of(key);
      return this;
    }

    /** The text of the end-of-sequence token; stage 1 forbids that token, so it needs this. */
    @CanIgnoreReturnValue
    public Builder endOfSequence(String token) {
      endOfSequence = Optional.of(token);
      return this;
    }

    /** The model's fingerprint: change it when the server gets other weights. */
    @CanIgnoreReturnValue
    public Builder version(String fingerprint) {
      version = Optional.of(fingerprint);
      return this;
    }

    /** How many requests the server has at once, 64 by default; it makes batches of them. */
    @CanIgnoreReturnValue
    public Builder parallelRequests(int count) {
      parallelRequests = count;
      return this;
    }

    /** How long to wait for an answer, ten minutes by default. */
    @CanIgnoreReturnValue
    public Builder timeout(Duration newTimeout) {
      timeout = newTimeout;
      return this;
    }

    /**
     * How often a request is sent to a server that answers with status 429 or 500 up, and how long
     * to wait before the second time; then twice as long each time. 5 and a second by default.
     */
    @CanIgnoreReturnValue
    public Builder retries(int newAttempts, Duration newFirstPause) {
      attempts = newAttempts;
      firstPause = newFirstPause;
      return this;
    }

    /**
     * Asks the server for its model.
     *
     * @throws SelfAlignException if nobody answers, or has such a model
     */
    public RemoteModel open() {
      CompletionsServer server =
          new CompletionsServer(address, apiKey, timeout, attempts, firstPause);
      try {
        Answer models = server.get("/v1/models");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < models.at("/data").size(); i++) {
          String name = models.text("/data/" + i + "/id");
          names.add(name);
          if (model.isEmpty() || model.get().equals(name)) {
            // An adapter has no limit of its own, but that of its base model, which comes first.
            boolean own = models.json().at("/data/" + i + "/max_model_len").isInt();
            int context = models.integer("/data/" + (own ? i : 0) + "/max_model_len");
            return new RemoteModel(this, server, models.at("/data/" + i), context);
          }
        }
        throw new SelfAlignException(
            models.place() + ": has no model " + model.orElse("at all") + "; it has " + names);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancelledException("the thread was interrupted while it opened a remote model");
      }
    }
  }

  /** Continues a text, and tells how likely the model finds it. */
  static void show(BaseModel model, String prompt, Consumer<String> out) {
    out.accept(model.name() + ", context of " + model.contextLength() + " tokens");
    GenerationOptions options = GenerationOptions.builder().maxNewTokens(40).seed(1).build();
    String text = model.generate(prompt, options);
    out.accept(prompt + "|" + text);
    if (!text.isEmpty()) {
      Score score = model.score(List.of(new ScoreRequest("text", prompt, text))).get(0);
      out.accept(String.format("perplexity of what follows the bar: %.2f", score.perplexity()));
    }
  }

  /** The program: {@code RemoteModel SERVER [PROMPT]}. */
  public static void main(String[] args) {
    if (args.length == 0 || Arrays.asList(args).contains("--help")) {
      System.out.println("RemoteModel SERVER [PROMPT]: continues a text, such as by a vLLM at");
      System.out.println("http://localhost:8000. OPENAI_API_KEY has the key, if it needs one.");
      return;
    }
    Builder builder = at(URI.create(args[0]));
    Optional.ofNullable(System.getenv("OPENAI_API_KEY")).ifPresent(builder::apiKey);
    try (RemoteModel model = builder.open()) {
      show(model, args.length > 1 ? args[1] : "Once upon a time", System.out::println);
    }
  }
}
