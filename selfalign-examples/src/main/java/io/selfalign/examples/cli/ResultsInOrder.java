package io.selfalign.examples.cli;

import io.selfalign.data.JsonLinesWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes results in the order of their requests, each as soon as those before it are written. */
final class ResultsInOrder {
  private final JsonLinesWriter writer;
  private final Deque<String> awaited;
  private final Map<String, Object> early = new HashMap<>();

  ResultsInOrder(JsonLinesWriter writer, List<String> ids) {
    this.writer = writer;
    this.awaited = new ArrayDeque<>(ids);
  }

  void accept(String id, Object result) {
    early.put(id, result);
    while (!awaited.isEmpty() && early.containsKey(awaited.peek())) {
      writer.write(early.remove(awaited.remove()));
      writer.flush();
    }
  }
}
