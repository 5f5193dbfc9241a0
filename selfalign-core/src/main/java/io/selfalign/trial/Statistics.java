package io.selfalign.trial;

import io.selfalign.eval.Interval;
import io.selfalign.trial.FrameResult.Difference;
import io.selfalign.trial.FrameResult.Share;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** Shares, differences and medians of replies. */
final class Statistics {
  private Statistics() {}

  /** All measures of all replies, then of each kind of question, but for those of no reply. */
  static List<Share> shares(List<TrialReply> replies) {
    List<Share> shares = new ArrayList<>();
    for (Optional<QuestionKind> kind : kinds()) {
      for (Measure measure : Measure.values()) {
        double[] values =
            replies.stream()
                .filter(reply -> isOf(kind, reply))
                .flatMap(reply -> reply.value(measure).stream())
                .mapToDouble(Double::doubleValue)
                .toArray();
        if (values.length > 0) {
          shares.add(new Share(measure, kind, values.length, Interval.ofMean(values)));
        }
      }
    }
    return shares;
  }

  /** How the measures of a frame's replies differ from those of another's, in the same order. */
  static List<Difference> differences(
      String against, List<TrialReply> first, List<TrialReply> second) {
    Map<String, TrialReply> byId = new LinkedHashMap<>();
    first.forEach(reply -> byId.put(reply.id(), reply));
    List<Difference> differences = new ArrayList<>();
    for (Optional<QuestionKind> kind : kinds()) {
      for (Measure measure : Measure.values()) {
        List<Double> before = new ArrayList<>();
        List<Double> after = new ArrayList<>();
        for (TrialReply reply : second) {
          Optional<Double> own = reply.value(measure);
          Optional<Double> other =
              Optional.ofNullable(byId.get(reply.id())).flatMap(r -> r.value(measure));
          if (isOf(kind, reply) && own.isPresent() && other.isPresent()) {
            before.add(other.get());
            after.add(own.get());
          }
        }
        if (!before.isEmpty()) {
          Interval interval = Interval.ofShareDifference(array(before), array(after));
          differences.add(new Difference(measure, kind, against, before.size(), interval));
        }
      }
    }
    return differences;
  }

  /** The median, of two middle values their mean; 0 if there are none. */
  static double median(List<TrialReply> replies, ToIntFunction<TrialReply> value) {
    int[] sorted = replies.stream().mapToInt(value).sorted().toArray();
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return 0;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
  }

  private static boolean isOf(Optional<QuestionKind> kind, TrialReply reply) {
    return kind.isEmpty() || kind.get() == reply.kind();
  }

  private static List<Optional<QuestionKind>> kinds() {
    List<Optional<QuestionKind>> kinds = new ArrayList<>(List.of(Optional.empty()));
    Arrays.stream(QuestionKind.values()).map(Optional::of).forEach(kinds::add);
    return kinds;
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
