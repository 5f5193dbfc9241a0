package io.selfalign.verbose;

import io.selfalign.answer.ExemplarCopies;
import io.selfalign.answer.FrameSpeech;
import io.selfalign.answer.Loops;
import io.selfalign.internal.text.AnswerOpenings;
import io.selfalign.internal.text.Repetition;
import io.selfalign.pipeline.Settings;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The filters of stage 4. */
public final class VerboseFilters {
  /** The fewest characters of an answer: shorter ones are not at length. */
  public static final int DEFAULT_MIN_CHARACTERS = 160;

  /** The ROUGE-L F with a shown answer over which an answer is a copy of it. */
  public static final double DEFAULT_LEAK_THRESHOLD = 0.7;

  /** So many words in a row from a shown answer are a copy of them. */
  public static final int DEFAULT_LEAK_RUN = 20;

  /** A sentence of so many words from a shown answer is a copy of it. */
  public static final int DEFAULT_LEAK_SENTENCE = 8;

  /** The share of an answer that may have been written before. */
  public static final double DEFAULT_REPETITIVE_THRESHOLD = 0.2;

  /** The share of an answer's words that may come from the query if it begins like it. */
  public static final double DEFAULT_ECHO_THRESHOLD = 0.9;

  /** The share of an answer's sentences from which on it rather asks than answers. */
  public static final double DEFAULT_ASKING_THRESHOLD = 0.5;

  private static final Pattern SENTENCE_END =
      Pattern.compile("(?<=[.!?…])[\"'”’)\\]]*(?=\\s)|(?<=[。！？])|\\R");

  private static final Pattern QUESTION = Pattern.compile("(?s).*[?？][\"'”’)\\]]*$");

  private static final Pattern ASKED_FOR =
      Pattern.compile("(?i)\\bquestion|\\bask|\\bquiz|\\binterview|\\bsurvey|\\briddle|\\bFAQ");

  private record Filter(
      String name, Settings settings, Function<VerboseCandidate, Optional<String>> rejection)
      implements VerboseFilter {
    @Override
    public Optional<String> reject(VerboseCandidate candidate) {
      return rejection.apply(candidate);
    }
  }

  private VerboseFilters() {}

  /**
   * Those of stage 4 in their order: {@link #unclosed}, {@link #apology}, {@link #frameSpeech},
   * {@link #exemplarLeak}, {@link #echo}, {@link #loop}, {@link #asksBack}, {@link #repetitive},
   * {@link #tooShort}, with their default thresholds. Before them, the stage itself drops what is
   * empty.
   */
  public static List<VerboseFilter> standard() {
    return List.of(
        unclosed(),
        apology(),
        frameSpeech(),
        exemplarLeak(DEFAULT_LEAK_THRESHOLD, DEFAULT_LEAK_RUN, DEFAULT_LEAK_SENTENCE),
        echo(DEFAULT_ECHO_THRESHOLD),
        loop(),
        asksBack(DEFAULT_ASKING_THRESHOLD),
        repetitive(DEFAULT_REPETITIVE_THRESHOLD),
        tooShort(DEFAULT_MIN_CHARACTERS));
  }

  /**
   * {@code unclosed}: an answer that the limit on new tokens cut off. A model that learnt it would
   * learn to stop in the middle of a sentence.
   */
  public static VerboseFilter unclosed() {
    return new Filter(
        "unclosed", Settings.none(), c -> reason(!c.closed(), "no end within the limit"));
  }

  /**
   * {@code apology}: an answer that opens by saying sorry for what the assistant can't or won't do,
   * unless the query asks for an apology. English.
   */
  public static VerboseFilter apology() {
    return new Filter(
        "apology",
        Settings.none(),
        c ->
            AnswerOpenings.apology(c.query().text(), c.answer())
                .map(apology -> "'" + apology + "'"));
  }

  /**
   * {@code frame_speech}: an answer that speaks of its prompt: turn markers, the system text, and
   * what stage 2 has in its frame, if the stage knows it. See {@link FrameSpeech}.
   */
  public static VerboseFilter frameSpeech() {
    return new Filter(
        "frame_speech", Settings.none(), c -> c.speech().find(c.query().text(), c.answer()));
  }

  /** {@code loop}: an answer that was written in a loop. See {@link Loops}. */
  public static VerboseFilter loop() {
    return new Filter("loop", Settings.none(), c -> Loops.find(c.query().text(), c.answer()));
  }

  /**
   * {@code exemplar_leak}: an answer that copies one that the prompt showed. See {@link
   * ExemplarCopies}.
   *
   * @param threshold between 0 and 1
   * @param run at least 1
   * @param sentence the fewest words of a sentence, at least 1
   * @throws IllegalArgumentException if one of them isn't
   */
  public static VerboseFilter exemplarLeak(double threshold, int run, int sentence) {
    ExemplarCopies copies = new ExemplarCopies(threshold, run, sentence);
    return new Filter(
        "exemplar_leak",
        copies.settings(),
        c -> copies.find(c.query().text(), c.answer(), c.shown()));
  }

  /**
   * {@code asks_back}: an answer whose first sentence is a question and of which at least a share
   * of sentences are: one that wants to know more and does not answer. Not where the query asks for
   * questions, in English.
   *
   * @param threshold between 0 and 1
   * @throws IllegalArgumentException if it isn't
   */
  public static VerboseFilter asksBack(double threshold) {
    checkShare(threshold);
    return new Filter(
        "asks_back",
        Settings.builder().add("threshold", threshold).build(),
        c -> {
          double share = askingShare(c.answer());
          boolean asked = ASKED_FOR.matcher(c.query().text()).find();
          return reason(!asked && share >= threshold && share > 0, figure(share) + " questions");
        });
  }

  /**
   * {@code echo}: an answer that begins with the query's first five words and of which more than a
   * share of words occurs in the query: the question, asked again.
   *
   * @param threshold between 0 and 1
   * @throws IllegalArgumentException if it isn't
   */
  public static VerboseFilter echo(double threshold) {
    checkShare(threshold);
    return new Filter(
        "echo",
        Settings.builder().add("threshold", threshold).build(),
        c -> {
          double share = AnswerOpenings.echo(c.query().text(), c.answer()).orElse(0);
          return reason(share > threshold, figure(share) + " of its words are the query's");
        });
  }

  /**
   * {@code repetitive}: an answer of which more than a share has been written before: whole lines,
   * or sentences in prose, as models do that are to write more than they know.
   *
   * @param threshold between 0 and 1
   * @throws IllegalArgumentException if it isn't
   */
  public static VerboseFilter repetitive(double threshold) {
    checkShare(threshold);
    return new Filter(
        "repetitive",
        Settings.builder().add("threshold", threshold).build(),
        c -> {
          int cut = Repetition.cut(c.answer(), c.closed()).cut().length();
          double share =
              Math.max((double) cut / c.answer().length(), Repetition.repeatedShare(c.answer()));
          return reason(share > threshold, "share " + figure(share));
        });
  }

  /**
   * {@code too_short}: an answer with fewer characters (Unicode code points) than this, or than the
   * answer of stage 2 to the same query: there is nothing extensive to learn from it.
   *
   * @throws IllegalArgumentException if the number is negative
   */
  public static VerboseFilter tooShort(int minCharacters) {
    if (minCharacters < 0) {
      throw new IllegalArgumentException(
          "minCharacters is " + minCharacters + ", but must be 0 up");
    }
    return new Filter(
        "too_short",
        Settings.builder().add("min_characters", minCharacters).build(),
        c -> {
          int characters = characters(c.answer());
          int engraved = c.engraved().map(VerboseFilters::characters).orElse(0);
          return reason(characters < minCharacters, characters + " characters")
              .or(
                  () ->
                      reason(
                          characters < engraved,
                          characters + " characters, the answer of stage 2 has " + engraved));
        });
  }

  /** The share of sentences that ask, if the first does; else 0. */
  private static double askingShare(String answer) {
    List<String> sentences =
        SENTENCE_END.splitAsStream(answer).map(String::strip).filter(s -> !s.isEmpty()).toList();
    long questions = sentences.stream().filter(VerboseFilters::isQuestion).count();
    return sentences.isEmpty() || !isQuestion(sentences.get(0))
        ? 0
        : (double) questions / sentences.size();
  }

  private static boolean isQuestion(String sentence) {
    return QUESTION.matcher(sentence).matches();
  }

  private static int characters(String text) {
    return text.codePointCount(0, text.length());
  }

  private static Optional<String> reason(boolean rejected, String reason) {
    return rejected ? Optional.of(reason) : Optional.empty();
  }

  /** A figure between 0 and 1 for people. */
  private static String figure(double value) {
    return String.valueOf(Math.round(value * 1000) / 1000.0);
  }

  private static void checkShare(double threshold) {
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "threshold is " + threshold + ", but must be between 0 and 1");
    }
  }
}
