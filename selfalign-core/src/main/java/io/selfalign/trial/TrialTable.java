package io.selfalign.trial;

import io.selfalign.eval.Interval;
import io.selfalign.internal.text.TextTable;
import io.selfalign.trial.FrameResult.PromptTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** A report as text. */
record TrialTable(TrialReport report) {
  private static final String NONE = "-";

  @Override
  public String toString() {
    TextTable table = new TextTable();
    row(table, title(), FrameResult::frame, frame -> frame.frame() + " - " + first());
    row(table, "replies", frame -> String.valueOf(frame.replies()), frame -> "");
    for (String reason : reasons()) {
      row(
          table,
          "not asked: " + reason,
          frame -> String.valueOf(frame.skipped().getOrDefault(reason, 0L)),
          frame -> "");
    }
    for (Measure measure : Measure.values()) {
      row(
          table,
          measure.label(),
          frame -> frame.share(measure).map(s -> share(s.interval())).orElse(NONE),
          frame -> frame.difference(measure).map(d -> difference(d.interval())).orElse(NONE));
    }
    row(table, "median characters of answers", f -> figure(f.medianCharacters()), f -> "");
    row(table, "median tokens of replies", f -> figure(f.medianTokens()), f -> "");
    addPromptTokens(table);
    TrialSetting trial = report.trial();
    return String.format(
        Locale.ROOT,
        "%smodel %s (%s), %s, seed %d; shares in percent with 95%% intervals%n",
        table,
        trial.model(),
        trial.fingerprint(),
        trial.sampling(),
        trial.seed());
  }

  private void addPromptTokens(TextTable table) {
    List<PromptTokens> tokenizers = report.frames().get(0).promptTokens();
    for (int i = 0; i < tokenizers.size(); i++) {
      int at = i;
      row(
          table,
          "prompt tokens of " + tokenizers.get(i).tokenizer() + ", a word to the longest",
          f -> f.promptTokens().get(at).shortest() + " to " + f.promptTokens().get(at).longest(),
          f -> "");
    }
  }

  private String title() {
    List<String> kinds = new ArrayList<>();
    report.trial().questions().forEach((kind, count) -> kinds.add(count + " " + kind));
    return "questions: " + String.join(", ", kinds);
  }

  private String first() {
    return report.frames().get(0).frame();
  }

  private Set<String> reasons() {
    Set<String> reasons = new TreeSet<>();
    report.frames().forEach(frame -> reasons.addAll(frame.skipped().keySet()));
    return reasons;
  }

  /** A cell for each frame, and one for the difference of each but the first. */
  private void row(
      TextTable table,
      String name,
      Function<FrameResult, String> value,
      Function<FrameResult, String> difference) {
    List<String> cells = new ArrayList<>(List.of(name));
    report.frames().forEach(frame -> cells.add(value.apply(frame)));
    report.frames().stream().skip(1).forEach(frame -> cells.add(difference.apply(frame)));
    table.row(cells);
  }

  private static String share(Interval interval) {
    return String.format(
        Locale.ROOT,
        "%.1f (%.0f to %.0f)",
        100 * interval.value(),
        100 * interval.low(),
        100 * interval.high());
  }

  private static String difference(Interval interval) {
    return String.format(
        Locale.ROOT,
        "%+.1f (%+.0f to %+.0f)",
        100 * interval.value(),
        100 * interval.low(),
        100 * interval.high());
  }

  private static String figure(double value) {
    return String.valueOf(Math.round(value));
  }
}
