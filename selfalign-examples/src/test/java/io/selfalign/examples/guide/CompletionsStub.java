package io.selfalign.examples.guide;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.selfalign.data.RecordRandom;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers as vLLM's endpoints do, as far as {@link RemoteModel} asks, on a port of this machine.
 * Its model is small and exact: a character is a token, and how likely the next is depends on the
 * three before it.
 */
public final class CompletionsStub implements AutoCloseable {
  static final String END_OF_SEQUENCE = "</s>";
  static final int CONTEXT = 512;

  private static final int END = Character.MAX_CODE_POINT + 1;
  private static final String ALPHABET = " abcdefghijklmnopqrstuvwxyz.,!'";
  private static final double UNKNOWN = -30;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** What is answered in place of a completion. */
  record Fault(int status, String body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);

  /** The bodies of all requests for completions, in the order in which they came. */
  final List<JsonNode> asked = Collections.synchronizedList(new ArrayList<>());

  /** The Authorization headers of all requests. */
  final List<String> keys = Collections.synchronizedList(new ArrayList<>());

  /** What the next completions are answered with, before others are as usual. */
  final Queue<Fault> faults = new ConcurrentLinkedQueue<>();

  /** How many completions are not answered while the stub is open. */
  final AtomicInteger held = new AtomicInteger();

  /** Starts it on a free port. */
  public CompletionsStub() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/models", exchange -> reply(exchange, 200, models().toString()));
    server.createContext("/tokenize", exchange -> reply(exchange, 200, tokenize(read(exchange))));
    server.createContext("/v1/completions", this::complete);
    server.start();
  }

  /** Where it is. */
  public URI address() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  private static ObjectNode models() {
    ObjectNode models = JSON.createObjectNode().put("object", "list");
    ArrayNode data = models.putArray("data");
    ObjectNode letters = data.addObject().put("id", "letters").put("root", "models/letters");
    letters.put("max_model_len", CONTEXT);
    ObjectNode adapter = data.addObject().put("id", "polite").put("root", "adapters/polite");
    adapter.put("parent", "letters").putNull("max_model_len");
    return models;
  }

  private static String tokenize(JsonNode body) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode tokens = answer.putArray("tokens");
    String text = body.get("prompt").stringValue();
    if (text.equals(END_OF_SEQUENCE)) {
      tokens.add(END);
    } else {
      text.codePoints().forEach(tokens::add);
    }
    return answer.put("count", tokens.size()).put("max_model_len", CONTEXT).toString();
  }

  private void complete(HttpExchange exchange) throws IOException {
    JsonNode body = read(exchange);
    asked.add(body);
    Fault fault = faults.poll();
    if (fault != null) {
      reply(exchange, fault.status(), fault.body());
      return;
    }
    if (held.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      try {
        closing.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    List<Integer> prompt = new ArrayList<>();
    body.get("prompt").forEach(token -> prompt.add(token.intValue()));
    if (prompt.size() + Math.max(1, body.get("max_tokens").intValue()) > CONTEXT) {
      reply(exchange, 400, "{\"error\": {\"message\": \"maximum context length is 512\"}}");
      return;
    }
    ObjectNode answer = JSON.createObjectNode().put("object", "text_completion");
    ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
    if (body.path("echo").asBoolean(false)) {
      choice.put("text", "").put("finish_reason", "length");
      score(prompt, choice.putObject("logprobs"));
    } else {
      generate(prompt, body, choice);
    }
    reply(exchange, 200, answer.toString());
  }

  private static void generate(List<Integer> prompt, JsonNode body, ObjectNode choice) {
    List<Integer> tokens = new ArrayList<>(prompt);
    StringBuilder text = new StringBuilder();
    RecordRandom random = RecordRandom.of(body.get("seed").longValue(), "stub", "");
    double temperature = body.get("temperature").doubleValue();
    ArrayNode generated = choice.putArray("token_ids");
    choice.put("finish_reason", "length").putNull("stop_reason");
    while (generated.size() < body.get("max_tokens").intValue()) {
      Map<Integer, Double> logits = logits(tokens);
      body.get("logit_bias")
          .properties()
          .forEach(
              bias ->
                  logits.computeIfPresent(
                      Integer.valueOf(bias.getKey()),
                      (token, logit) -> logit + bias.getValue().doubleValue()));
      int next = draw(logits, temperature, random.uniform(generated.size()));
      generated.add(next);
      tokens.add(next);
      if (next == END) {
        choice.put("finish_reason", "stop");
        break;
      }
      text.appendCodePoint(next);
      for (JsonNode stop : body.get("stop")) {
        int place = text.indexOf(stop.stringValue());
        if (place >= 0) {
          text.setLength(place);
          choice.put("finish_reason", "stop").put("stop_reason", stop.stringValue());
          choice.put("text", text.toString());
          return;
        }
      }
    }
    choice.put("text", text.toString());
  }

  private static int draw(Map<Integer, Double> logits, double temperature, double uniform) {
    double highest = Collections.max(logits.values());
    double total = 0;
    for (double logit : logits.values()) {
      total += Math.exp((logit - highest) / Math.max(temperature, 1e-9));
    }
    double left = uniform * total;
    int last = END;
    for (Map.Entry<Integer, Double> entry : logits.entrySet()) {
      double weight = Math.exp((entry.getValue() - highest) / Math.max(temperature, 1e-9));
      last = weight > 0 ? entry.getKey() : last;
      left -= weight;
      if (left < 0) {
        break;
      }
    }
    return last;
  }

  private static void score(List<Integer> text, ObjectNode logprobs) {
    ArrayNode own = logprobs.putArray("token_logprobs").addNull();
    ArrayNode likely = logprobs.putArray("top_logprobs").addNull();
    for (int i = 1; i < text.size(); i++) {
      Map<Integer, Double> logits = logits(text.subList(0, i));
      double highest = Collections.max(logits.values());
      double total = logits.values().stream().mapToDouble(Math::exp).sum();
      double logit = logits.getOrDefault(text.get(i), UNKNOWN);
      own.add(logit - Math.log(total));
      ObjectNode top = likely.addObject();
      top.put("token_id:" + text.get(i), logit - Math.log(total));
      logits.forEach(
          (token, value) -> {
            if (value == highest) {
              top.put("token_id:" + token, value - Math.log(total));
            }
          });
    }
  }

  /** The logits after a text, in the order of the alphabet. */
  private static Map<Integer, Double> logits(List<Integer> tokens) {
    String last = tokens.subList(Math.max(0, tokens.size() - 3), tokens.size()).toString();
    RecordRandom random = RecordRandom.of(1, "letters", last);
    Map<Integer, Double> logits = new LinkedHashMap<>();
    ALPHABET.codePoints().forEach(letter -> logits.put(letter, 4 * random.uniform(letter)));
    logits.put(END, 1.0);
    return logits;
  }

  private JsonNode read(HttpExchange exchange) throws IOException {
    keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    return JSON.readTree(exchange.getRequestBody().readAllBytes());
  }

  private static void reply(HttpExchange exchange, int status, String body) throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
