package io.selfalign.eval;

import io.selfalign.data.Drop;
import io.selfalign.data.Traceable;
import io.selfalign.error.ContextLengthException;
import io.selfalign.model.BaseModel;
import io.selfalign.model.Score;
import io.selfalign.model.ScoreRequest;
import io.selfalign.pipeline.Unit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Scores continuations that belong together, for many items in one call: continuations of the same
 * prompt then share the work on it. An item of which one does not fit the context is left out.
 */
final class Scoring {
  /** The reason of items that do not fit the model's context. */
  static final String TOO_LONG = "too_long";

  /** A prompt with a continuation to score. */
  record Continuation(String prompt, String continuation) {}

  /** The scores of the items that fit, in nats, and the others with why they don't. */
  record Result(Map<String, List<Double>> scores, Map<String, String> tooLong) {
    /** A record of each item that has scores, and a line of the ledger for the others. */
    <I extends Traceable, O extends Traceable> Unit<O> unit(
        List<I> batch, Function<I, String> text, BiFunction<I, List<Double>, O> record) {
      Unit.Builder<O> unit = Unit.builder();
      for (I item : batch) {
        String id = item.id();
        List<Double> scored = scores.get(id);
        if (scored == null) {
          String detail = tooLong.getOrDefault(id, "");
          unit.drop(new Drop(id, List.of(id), TOO_LONG, detail, text.apply(item)));
        } else {
          unit.keep(record.apply(item, scored));
        }
      }
      return unit.build();
    }
  }

  private final BaseModel model;
  private final Map<String, List<Continuation>> items = new LinkedHashMap<>();

  Scoring(BaseModel model) {
    this.model = model;
  }

  /** Adds an item, whose id is its own. */
  void add(String id, List<Continuation> continuations) {
    if (items.putIfAbsent(id, List.copyOf(continuations)) != null) {
      throw new IllegalArgumentException("two items have the id '" + id + "'; ids must be unique");
    }
  }

  Result run() {
    Map<String, String> tooLong = new LinkedHashMap<>();
    while (true) {
      try {
        return new Result(score(), tooLong);
      } catch (ContextLengthException e) {
        // Nothing was scored. Lengths are counted only now, for they cost what tokenising does.
        Map<String, String> found = tooLong();
        if (found.isEmpty()) {
          throw e;
        }
        found.keySet().forEach(items::remove);
        tooLong.putAll(found);
      }
    }
  }

  private Map<String, List<Double>> score() {
    List<ScoreRequest> requests = new ArrayList<>();
    items.forEach(
        (id, continuations) -> {
          for (Continuation c : continuations) {
            String requestId = String.valueOf(requests.size());
            requests.add(new ScoreRequest(requestId, c.prompt(), c.continuation()));
          }
        });
    List<Score> scores = requests.isEmpty() ? List.of() : model.score(requests);
    Map<String, List<Double>> byItem = new LinkedHashMap<>();
    int next = 0;
    for (Map.Entry<String, List<Continuation>> item : items.entrySet()) {
      int end = next + item.getValue().size();
      byItem.put(
          item.getKey(), scores.subList(next, end).stream().map(Score::logProbability).toList());
      next = end;
    }
    return byItem;
  }

  private Map<String, String> tooLong() {
    int limit = model.contextLength();
    Map<String, String> found = new LinkedHashMap<>();
    items.forEach(
        (id, continuations) -> {
          int longest = 0;
          for (Continuation c : continuations) {
            longest = Math.max(longest, model.countTokens(c.prompt() + c.continuation()));
          }
          if (longest > limit) {
            found.put(id, String.format(Locale.ROOT, "%d tokens, at most %d", longest, limit));
          }
        });
    return found;
  }
}
