package io.selfalign.principle;

import io.selfalign.answer.ExemplarCopies;
import io.selfalign.answer.FrameSpeech;
import io.selfalign.answer.Loops;
import io.selfalign.internal.text.AnswerOpenings;
import io.selfalign.pipeline.Settings;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The filters of SELF-ALIGN (arXiv 2305.03047, section 3.2 and its released pipeline), and some
 * more.
 */
public final class AnswerFilters {
  /** The fewest characters of an answer that came to its end: more than a word. */
  public static final int DEFAULT_MIN_CHARACTERS = 10;

  /** The fewest of one that did not, as in the released pipeline. */
  public static final int DEFAULT_MIN_UNCLOSED_CHARACTERS = 160;

  /** The ROUGE-L F with an exemplar's answer over which an answer is a copy of it. */
  public static final double DEFAULT_LEAK_THRESHOLD = 0.7;

  /** So many words in a row from an exemplar's answer are a copy of them. */
  public static final int DEFAULT_LEAK_RUN = 20;

  /** A sentence of so many words from an exemplar's answer is a copy of it. */
  public static final int DEFAULT_LEAK_SENTENCE = 8;

  /** The share of an answer's words that may come from the query if it begins like it. */
  public static final double DEFAULT_ECHO_THRESHOLD = 0.9;

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
   * Those of stage 2 in their order: {@link #tooShort}, {@link #apology}, {@link #frameSpeech},
   * {@link #exemplarLeak}, {@link #echo}, {@link #loop}, with their default thresholds. Before
   * them, the stage itself drops what is empty, has no self-identification or no answer.
   */
  public static List<AnswerFilter> standard() {
    return List.of(
        tooShort(DEFAULT_MIN_CHARACTERS, DEFAULT_MIN_UNCLOSED_CHARACTERS),
        apology(),
        frameSpeech(),
        exemplarLeak(DEFAULT_LEAK_THRESHOLD, DEFAULT_LEAK_RUN, DEFAULT_LEAK_SENTENCE),
        echo(DEFAULT_ECHO_THRESHOLD),
        loop());
  }

  /**
   * {@code too_short}: an answer with fewer characters (Unicode code points) than this. One that
   * came to its end may be as short as the question allows; a fragment is worth keeping only if
   * there is enough of it.
   *
   * @param closed the fewest of an answer that came to its end
   * @param unclosed the fewest of one that did not
   * @throws IllegalArgumentException if a number is negative
   */
  public static AnswerFilter tooShort(int closed, int unclosed) {
    checkCharacters("closed", closed);
    checkCharacters("unclosed", unclosed);
    return new Filter(
        "too_short",
        Settings.builder()
            .add("min_characters", closed)
            .add("min_unclosed_characters", unclosed)
            .build(),
        candidate -> {
          String answer = candidate.answer();
          int characters = answer.codePointCount(0, answer.length());
          int least = candidate.reply().closed() ? closed : unclosed;
          return reason(characters < least, characters + " characters");
        });
  }

  /** {@link #tooShort(int, int)} with one number for both. */
  public static AnswerFilter tooShort(int minCharacters) {
    return tooShort(minCharacters, minCharacters);
  }

  private static void checkCharacters(String name, int characters) {
    if (characters < 0) {
      throw new IllegalArgumentException(
          "the least of " + name + " answers is " + characters + ", but must be 0 up");
    }
  }

  /**
   * {@code frame_speech}: an answer that speaks of the frame in which it was asked for: turn
   * markers, introduction, self-identification, principles, thoughts. See {@link FrameSpeech}.
   */
  public static AnswerFilter frameSpeech() {
    return new Filter(
        "frame_speech", Settings.none(), c -> c.speech().find(c.query().text(), c.answer()));
  }

  /**
   * {@code loop}: an answer that was written in a loop, and still is one without the sentences that
   * it repeats, which the stage cuts. See {@link Loops}.
   */
  public static AnswerFilter loop() {
    return new Filter("loop", Settings.none(), c -> Loops.find(c.query().text(), c.answer()));
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
        c ->
            AnswerOpenings.apology(c.query().text(), c.answer())
                .map(apology -> "'" + apology + "'"));
  }

  /**
   * {@code exemplar_leak}: an answer that copies an exemplar's of the prompt: their ROUGE-L F is
   * over a threshold, they have so many words in a row in common, or it has a whole sentence of the
   * other. What an exemplar is about is no matter, so that good answers on its subject stay. See
   * {@link ExemplarCopies}.
   *
   * @param threshold between 0 and 1
   * @param run at least 1
   * @param sentence the fewest words of a sentence, at least 1
   * @throws IllegalArgumentException if one of them isn't
   */
  public static AnswerFilter exemplarLeak(double threshold, int run, int sentence) {
    ExemplarCopies copies = new ExemplarCopies(threshold, run, sentence);
    return new Filter(
        "exemplar_leak",
        copies.settings(),
        c -> copies.find(c.query().text(), c.answer(), shown(c.exemplars())));
  }

  private static List<ExemplarCopies.Shown> shown(List<Exemplar> exemplars) {
    return exemplars.stream()
        .flatMap(
            exemplar ->
                exemplar.turns().stream()
                    .map(turn -> new ExemplarCopies.Shown(exemplar.id(), turn.answer())))
        .toList();
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
          double share = AnswerOpenings.echo(c.query().text(), c.answer()).orElse(0);
          return reason(share > threshold, figure(share) + " of its words are the query's");
        });
  }

  /** {@code unclosed}: an answer that did not come to its end. Not among the standard ones. */
  public static AnswerFilter unclosed() {
    return new Filter(
        "unclosed", Settings.none(), c -> reason(!c.reply().closed(), "no end within the limit"));
  }

  /**
   * {@code no_principle}: thoughts that name no principle of the set. Not among the standard ones.
   */
  public static AnswerFilter noPrinciple() {
    return new Filter(
        "no_principle",
        Settings.none(),
        c -> reason(c.mentions().known().isEmpty(), "no principle named"));
  }

  /**
   * {@code unknown_principle}: thoughts that name a principle there isn't. Not among the standard
   * ones.
   */
  public static AnswerFilter unknownPrinciple() {
    return new Filter(
        "unknown_principle",
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
