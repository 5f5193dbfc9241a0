package io.selfalign.trial;

import com.google.common.collect.ImmutableSortedMap;
import io.selfalign.eval.Interval;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a model follows one frame.
 *
 * @param frame the frame's name
 * @param trial what all frames of the trial have in common
 * @param frameSha256 the SHA-256 of everything that decides the frame's prompts, by which frames
 *     are told apart
 * @param promptTokens how many tokens its prompts have, by tokenizer
 * @param replies how many questions were answered
 * @param answers how many of the replies have an answer
 * @param skipped how many questions were not asked, by reason
 * @param medianCharacters the median length of the answers in characters (Unicode code points); 0
 *     if there are none
 * @param medianTokens the median length of the replies in tokens generated; 0 if there are none
 * @param shares the measures, of all questions and of each kind; those without a reply are absent
 * @param differences the paired differences to the trial's first frame; none for that itself
 */
public record FrameResult(
    String frame,
    TrialSetting trial,
    String frameSha256,
    List<PromptTokens> promptTokens,
    int replies,
    int answers,
    Map<String, Long> skipped,
    double medianCharacters,
    double medianTokens,
    List<Share> shares,
    List<Difference> differences) {
  /**
   * The length of a frame's prompts in tokens.
   *
   * @param tokenizer whose tokens these are
   * @param shortest of the prompt of a query of one word
   * @param longest of the longest prompt of the questions
   */
  public record PromptTokens(String tokenizer, int shortest, int longest) {}

  /**
   * The share of replies of which a measure holds.
   *
   * @param measure what is measured
   * @param kind the kind of question; none for all
   * @param replies how many replies it is a share of
   * @param interval the share with Wilson's 95% interval
   */
  public record Share(
      Measure measure, Optional<QuestionKind> kind, int replies, Interval interval) {}

  /**
   * How a share differs from the first frame's, on the questions of which both have it.
   *
   * @param measure what is measured
   * @param kind the kind of question; none for all
   * @param against the first frame's name
   * @param pairs how many questions both have a reply to that can be measured
   * @param interval this frame's share less the first frame's, with the 95% interval of {@link
   *     Interval#ofShareDifference}
   */
  public record Difference(
      Measure measure, Optional<QuestionKind> kind, String against, int pairs, Interval interval) {
    /** Whether the interval does not have 0 in it. */
    public boolean isSignificant() {
      return interval.low() > 0 || interval.high() < 0;
    }
  }

  /** Copies the collections. */
  public FrameResult {
    promptTokens = List.copyOf(promptTokens);
    skipped = ImmutableSortedMap.copyOf(skipped);
    shares = List.copyOf(shares);
    differences = List.copyOf(differences);
  }

  /**
   * The share of all replies of which a measure holds, or of those on the one kind of question that
   * it {@linkplain Measure#kind is for}; empty if there is no such reply.
   */
  public Optional<Share> share(Measure measure) {
    return share(measure, measure.kind());
  }

  /** The share of the replies on a kind of question; empty if there is no such reply. */
  public Optional<Share> share(Measure measure, QuestionKind kind) {
    return share(measure, Optional.of(kind));
  }

  /** The difference that goes with {@link #share(Measure)}; empty for the first frame. */
  public Optional<Difference> difference(Measure measure) {
    return difference(measure, measure.kind());
  }

  /** The difference that goes with {@link #share(Measure, QuestionKind)}. */
  public Optional<Difference> difference(Measure measure, QuestionKind kind) {
    return difference(measure, Optional.of(kind));
  }

  private Optional<Share> share(Measure measure, Optional<QuestionKind> kind) {
    return shares.stream()
        .filter(share -> share.measure() == measure && share.kind().equals(kind))
        .findFirst();
  }

  private Optional<Difference> difference(Measure measure, Optional<QuestionKind> kind) {
    return differences.stream()
        .filter(difference -> difference.measure() == measure && difference.kind().equals(kind))
        .findFirst();
  }
}
