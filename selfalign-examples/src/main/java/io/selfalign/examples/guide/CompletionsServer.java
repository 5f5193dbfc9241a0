package io.selfalign.examples.guide;

import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The HTTP of {@link RemoteModel}: sends JSON, reads JSON, tries again when a server is busy, and
 * says what went wrong. It knows nothing of models. Safe for use by several threads; a thread that
 * is interrupted while it waits closes its connection, by which a server knows that it may stop.
 */
final class CompletionsServer {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int SHOWN = 300;

  private final URI base;
  private final Optional<String> apiKey;
  private final Duration timeout;
  private final int attempts;
  private final Duration firstPause;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  /**
   * @param timeout how long to wait for an answer
   * @param attempts how often a request is sent before a busy server is given up
   * @param firstPause how long to wait before the second attempt; twice as long before each further
   */
  CompletionsServer(
      URI base, Optional<String> apiKey, Duration timeout, int attempts, Duration firstPause) {
    this.base = base;
    this.apiKey = apiKey;
    this.timeout = timeout;
    this.attempts = attempts;
    this.firstPause = firstPause;
  }

  Answer get(String path) throws InterruptedException {
    return send(request(path).GET().build());
  }

  Answer post(String path, JsonNode body) throws InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()))
            .build());
  }

  /** The address of an endpoint, below the path of the server's own address if it has one. */
  private URI address(String path) {
    return URI.create(base.toString().replaceFirst("/+$", "") + path);
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(address(path)).timeout(timeout);
    apiKey.ifPresent(key -> request.header("Authorization", "Bearer " + key));
    return request;
  }

  private Answer send(HttpRequest request) throws InterruptedException {
    Duration pause = firstPause;
    for (int attempt = 1; ; attempt++) {
      HttpResponse<String> response = sendOnce(request);
      int status = response.statusCode();
      if (status == 200) {
        return answer(request, response.body());
      }
      boolean busy = status == 429 || status >= 500;
      if (!busy || attempt == attempts) {
        throw new SelfAlignException(
            String.format(
                "%s: status %d%s: %s",
                request.uri(),
                status,
                busy ? " after " + attempts + " attempts" : "",
                complaint(response.body())));
      }
      Thread.sleep(pause.toMillis());
      pause = pause.multipliedBy(2);
    }
  }

  private HttpResponse<String> sendOnce(HttpRequest request) throws InterruptedException {
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (HttpTimeoutException e) {
      throw new SelfAlignException(
          String.format(
              "%s: no answer within %s; ask for fewer tokens or fewer requests at once, or wait"
                  + " longer",
              request.uri(), timeout),
          e);
    } catch (ConnectException e) {
      throw new SelfAlignException(
          request.uri() + ": nobody answers there; start the server, or correct the address", e);
    } catch (IOException e) {
      throw new SelfAlignException(request.uri() + ": the connection failed: " + e, e);
    }
  }

  private static Answer answer(HttpRequest request, String body) {
    try {
      return new Answer(request.uri().toString(), JSON.readTree(body));
    } catch (JacksonException e) {
      throw new SelfAlignException(
          request.uri() + ": the answer is not JSON: " + shortened(body), e);
    }
  }

  /** What a server says of an error: {@code {"error": {"message": ...}}} or as it is. */
  private static String complaint(String body) {
    try {
      JsonNode message = JSON.readTree(body).at("/error/message");
      return message.isString() ? message.stringValue() : shortened(body);
    } catch (JacksonException e) {
      return shortened(body);
    }
  }

  private static String shortened(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }

  /**
   * What a server answered.
   *
   * @param place where it came from, for messages
   */
  record Answer(String place, JsonNode json) {
    /** A value by its JSON Pointer, such as {@code /choices/0/text}. */
    JsonNode at(String pointer) {
      JsonNode value = json.at(pointer);
      if (value.isMissingNode() || value.isNull()) {
        throw wrong("has no " + pointer);
      }
      return value;
    }

    String text(String pointer) {
      JsonNode value = at(pointer);
      if (!value.isString()) {
        throw wrong("has no text at " + pointer);
      }
      return value.stringValue();
    }

    int integer(String pointer) {
      JsonNode value = at(pointer);
      if (!value.canConvertToInt()) {
        throw wrong("has no integer at " + pointer);
      }
      return value.intValue();
    }

    List<Integer> integers(String pointer) {
      List<Integer> integers = new ArrayList<>();
      for (int i = 0; i < at(pointer).size(); i++) {
        integers.add(integer(pointer + "/" + i));
      }
      return integers;
    }

    double number(String pointer) {
      JsonNode value = at(pointer);
      if (!value.isNumber()) {
        throw wrong("has no number at " + pointer);
      }
      return value.doubleValue();
    }

    SelfAlignException wrong(String what) {
      return new SelfAlignException(
          place + ": the answer " + what + "; it is " + shortened(json.toString()));
    }
  }
}
