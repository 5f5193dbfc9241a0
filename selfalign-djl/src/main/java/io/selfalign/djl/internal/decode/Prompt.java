package io.selfalign.djl.internal.decode;

import java.util.ArrayList;
import java.util.List;

/**
 * Tokens to prefill, and where their keys/values are. First it holds the segments of its prefix,
 * which others may share; the tokens behind them are its rest.
 *
 * <p>Used under the model's lock. Closing lets go of the segments.
 */
final class Prompt implements AutoCloseable {
  final int[] tokens;

  /** Tokens before this one may be in segments. */
  final int sharable;

  private final List<Segment> segments = new ArrayList<>();

  /** Whether the prefix tree waits for this prompt. */
  boolean planned;

  /**
   * Creates a prompt.
   *
   * @param tokens at least one
   * @param sharable tokens before this one may be in segments; the hidden states of this one and
   *     all after it are wanted
   */
  Prompt(int[] tokens, int sharable) {
    this.tokens = tokens;
    this.sharable = sharable;
  }

  List<Segment> segments() {
    return segments;
  }

  /** Adds the next segment of the prefix, which the prompt will release. */
  void add(Segment segment) {
    segments.add(segment);
  }

  /** The position of the first token behind the segments. */
  int restStart() {
    return segments.isEmpty() ? 0 : segments.get(segments.size() - 1).end();
  }

  int restLength() {
    return tokens.length - restStart();
  }

  @Override
  public void close() {
    segments.forEach(Segment::release);
    segments.clear();
  }
}
