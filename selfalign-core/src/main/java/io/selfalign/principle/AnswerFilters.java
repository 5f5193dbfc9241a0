package io.selfalign.principle;

import io.selfalign.pipeline.Settings;
import io.selfalign.text.Openings;
import io.selfalign.text.Repetition;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The filters of SELF-ALIGN (arXiv 2305.03047, section 3.2 and its released pipeline), and some
 * more.
 */
public final class AnswerFilters {
  /** The fewest characters of an answer, as in the released pipeline. */
  public static final int DEFAULT_MIN_CHARACTERS = 160;

  /** The ROUGE-L F with an exemplar's answer over which an answer is a copy of it. */
  public static final double DEFAULT_LEAK_THRESHOLD = 0.7;

  /** So many words in a row from an exemplar's answer are a copy of them. */
  public static final int DEFAULT_LEAK_RUN = 20;

  /** The share of an answer's words that may come from the query if it begins like it. */
  public static final double DEFAULT_ECHO_THRESHOLD = 0.9;

  /** The share of an answer's letters in lines that it has written before. */
  public static final double DEFAULT_REPETITIVE_THRESHOLD = 0.5;

  private record Filter(
      String name, Settings settings, Function<Candidate, Optional<String>> rejection)
      implements AnswerFilter {
    @Override
    public Optional<String> reject(Candidate candidate) {
      return rejection.apply(candidate);
    }
  }

  private AnswerFilters() {}

  /**
   * Those of stage 2 in their order: {@link #tooShort}, {@link #apology}, {@link #exemplarLeak},
   * {@link #echo}, {@link #repetitive}, with their default thresholds. Before them, the stage
   * itself drops what is empty, has no self-identification or no answer.
   */
  public static List<AnswerFilter> standard() {
    return List.of(
        tooShort(DEFAULT_MIN_CHARACTERS),
        apology(),
        exemplarLeak(DEFAULT_LEAK_THRESHOLD, DEFAULT_LEAK_RUN),
        echo(DEFAULT_ECHO_THRESHOLD),
        repetitive(DEFAULT_REPETITIVE_THRESHOLD));
  }

  /**
   * {@code too_short}: an answer with fewer characters (Unicode code points) than this, whether it
   * came to its end or not.
   *
   * @throws IllegalArgumentException if the number is negative
   */
  public static AnswerFilter tooShort(int minCharacters) {
    if (minCharacters < 0) {
      throw new IllegalArgumentException(
          "minCharacters is " + minCharacters + ", but must be 0 up");
    }
    return new Filter(
        "too_short",
        Settings.builder().add("min_characters", minCharacters).build(),
        candidate -> {
          String answer = candidate.answer();
          int characters = answer.codePointCount(0, answer.length());
          return reason(characters < minCharacters, characters + " characters");
        });
  }

  /**
   * {@code apology}: an answer that opens by saying sorry for what the assistant can't or won't do,
   * in English. Sympathy ("I'm sorry to hear that") is none, and neither is an apology that the
   * user asked for.
   */
  public static AnswerFilter apology() {
    return new Filter(
        "apology",
        Settings.none(),
        c -> Openings.apology(c.query().text(), c.answer()).map(apology -> "'" + apology + "'"));
  }

  /**
   * {@code exemplar_leak}: an answer that is like an exemplar's of the prompt: their ROUGE-L F is
   * over a threshold, or they have so many words in a row in common. What an exemplar is about is
   * no matter, so that good answers on its subject stay.
   *
   * @param threshold between 0 and 1
   * @param run at least 1
   * @throws IllegalArgumentException if one of them isn't
   */
  public static AnswerFilter exemplarLeak(double threshold, int run) {
    checkShare(threshold);
    if (run < 1) {
      throw new IllegalArgumentException("run is " + run + ", but must be 1 up");
    }
    return new Filter(
        "exemplar_leak",
        Settings.builder().add("threshold", threshold).add("run", run).build(),
        new ExemplarLeak(threshold, run)::reject);
  }

  /**
   * {@code echo}: an answer that begins with the query's first five words and of which more than a
   * share of words occurs in the query: the question, asked again. An answer that only takes up the
   * question first, or gives back a text with corrections, is none.
   *
   * @param threshold between 0 and 1
   * @throws IllegalArgumentException if it isn't
   */
  public static AnswerFilter echo(double threshold) {
    checkShare(threshold);
    return new Filter(
        "echo",
        Settings.builder().add("threshold", threshold).build(),
        c -> {
          double share = Openings.echo(c.query().text(), c.answer()).orElse(0);
          return reason(share > threshold, figure(share) + " of its words are the query's");
        });
  }

  /**
   * {@code repetitive}: an answer of which more than a share of letters stands in lines that it has
   * written before, as in a loop within a list. Numbers at the beginning of lines don't count.
   *
   * @param threshold between 0 and 1
   * @throws IllegalArgumentException if it isn't
   */
  public static AnswerFilter repetitive(double threshold) {
    checkShare(threshold);
    return new Filter(
        "repetitive",
        Settings.builder().add("threshold", threshold).build(),
        c -> {
          double share = Repetition.repeatedShare(c.answer());
          return reason(share > threshold, "share " + figure(share));
        });
  }

  /** {@code unclosed}: an answer that did not come to its end. Not among the standard ones. */
  public static AnswerFilter unclosed() {
    return new Filter(
        "unclosed", Settings.none(), c -> reason(!c.reply().closed(), "no end within the limit"));
  }

  /** {@code no_rule}: thoughts that name no rule of the set. Not among the standard ones. */
  public static AnswerFilter noRule() {
    return new Filter(
        "no_rule", Settings.none(), c -> reason(c.mentions().known().isEmpty(), "no rule named"));
  }

  /** {@code unknown_rule}: thoughts that name a rule there isn't. Not among the standard ones. */
  public static AnswerFilter unknownRule() {
    return new Filter(
        "unknown_rule",
        Settings.none(),
        c -> reason(!c.mentions().unknown().isEmpty(), String.join(", ", c.mentions().unknown())));
  }

  static Optional<String> reason(boolean rejected, String reason) {
    return rejected ? Optional.of(reason) : Optional.empty();
  }

  /** A figure between 0 and 1 for people. */
  static String figure(double value) {
    return String.valueOf(Math.round(value * 1000) / 1000.0);
  }

  private static void checkShare(double threshold) {
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "threshold is " + threshold + ", but must be between 0 and 1");
    }
  }
}
