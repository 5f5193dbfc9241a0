package io.selfalign.report;

import io.selfalign.data.Answered;
import io.selfalign.data.Demonstration;
import io.selfalign.data.VerboseAnswer;
import io.selfalign.internal.text.TextMeasures;
import io.selfalign.pipeline.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** How long answers are, in words, before stage 4 and after it. */
final class LengthsSection implements Section {
  private static final int MOST_BINS = 30;

  /** Up to this share of the longer answers the bins go on; the last bin has the rest. */
  private static final double SHOWN = 0.99;

  /**
   * The data.
   *
   * @param width the width of the bins, in words; the first begins at 0, the last has no end
   */
  record Data(int width, List<Answers> answers) {}

  /** The answers of a stage. */
  record Answers(
      String what, long count, double mean, int p10, int median, int p90, List<Long> bins) {}

  @Override
  public String name() {
    return "lengths";
  }

  @Override
  public Record collect(RunData run) {
    Optional<WordCounts> before = run.last(Demonstration.class).map(LengthsSection::words);
    Optional<WordCounts> after = run.last(VerboseAnswer.class).map(LengthsSection::words);
    int longest =
        Stream.of(before, after)
            .flatMap(Optional::stream)
            .mapToInt(words -> words.quantile(SHOWN))
            .max()
            .orElse(0);
    if (before.isEmpty() && after.isEmpty()) {
      return new Missing("This run has no answers.");
    }
    int width = width(longest);
    int bins = longest / width + 2;
    List<Answers> answers = new ArrayList<>();
    before.ifPresent(
        words -> answers.add(answers("stage 2, under principles", words, bins, width)));
    after.ifPresent(words -> answers.add(answers("stage 4, extensive", words, bins, width)));
    return new Data(width, answers);
  }

  private static WordCounts words(Dataset<? extends Answered> answers) {
    WordCounts words = new WordCounts();
    try (Stream<? extends Answered> all = answers.stream()) {
      all.forEach(answer -> words.add(TextMeasures.countWords(answer.answer())));
    }
    return words;
  }

  /** A round number of words, so that the bins reach the longest answer. */
  private static int width(int longest) {
    for (int decade = 1; ; decade *= 10) {
      for (int step : new int[] {1, 2, 5}) {
        if (step * decade * (MOST_BINS - 1) >= longest) {
          return step * decade;
        }
      }
    }
  }

  private static Answers answers(String what, WordCounts words, int bins, int width) {
    return new Answers(
        what,
        words.count(),
        words.mean(),
        words.quantile(0.1),
        words.quantile(0.5),
        words.quantile(0.9),
        words.bins(bins, width));
  }
}
