package io.selfalign.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A training's steps in bounded memory: when there are too many points, each two neighbours become
 * their mean, and from then on twice as many steps make a point.
 */
final class Curve {
  private static final int MOST_POINTS = 600;

  /** The mean of some steps, at the last of them. */
  record Point(long step, double loss, double learningRate) {}

  /** The loss of the validation split after a step. */
  record Loss(long step, double loss) {}

  private final List<Point> points = new ArrayList<>();
  private final List<Loss> validation = new ArrayList<>();
  private int stepsPerPoint = 1;
  private int pending;
  private double lossSum;
  private double rateSum;
  private double tokens;
  private double seconds;

  /** A line of the log; what is not in it is ignored. */
  void add(ObjectNode line) {
    long step = line.path("step").asLong(-1);
    if (step < 0) {
      return;
    }
    if (line.path("validation_loss").isNumber()) {
      validation.add(new Loss(step, line.path("validation_loss").asDouble()));
      if (validation.size() > MOST_POINTS) {
        thin(validation);
      }
    }
    if (line.path("loss").isNumber()) {
      add(step, line.path("loss").asDouble(), line.path("learning_rate").asDouble(0));
      double speed = line.path("tokens_per_second").asDouble(0);
      if (speed > 0) {
        tokens += line.path("tokens").asDouble(0);
        seconds += line.path("tokens").asDouble(0) / speed;
      }
    }
  }

  private void add(long step, double loss, double rate) {
    lossSum += loss;
    rateSum += rate;
    if (++pending == stepsPerPoint) {
      points.add(new Point(step, lossSum / pending, rateSum / pending));
      pending = 0;
      lossSum = 0;
      rateSum = 0;
    }
    if (points.size() == MOST_POINTS) {
      List<Point> halved = new ArrayList<>();
      for (int i = 0; i < MOST_POINTS; i += 2) {
        Point a = points.get(i);
        Point b = points.get(i + 1);
        halved.add(
            new Point(
                b.step(), (a.loss() + b.loss()) / 2, (a.learningRate() + b.learningRate()) / 2));
      }
      points.clear();
      points.addAll(halved);
      stepsPerPoint *= 2;
    }
  }

  private static void thin(List<Loss> losses) {
    List<Loss> kept = new ArrayList<>();
    for (int i = 0; i < losses.size(); i += 2) {
      kept.add(losses.get(i));
    }
    losses.clear();
    losses.addAll(kept);
  }

  boolean isEmpty() {
    return points.isEmpty() && validation.isEmpty();
  }

  List<Point> points() {
    return List.copyOf(points);
  }

  List<Loss> validation() {
    return List.copyOf(validation);
  }

  Optional<Double> tokensPerSecond() {
    return seconds > 0 ? Optional.of(tokens / seconds) : Optional.empty();
  }
}
