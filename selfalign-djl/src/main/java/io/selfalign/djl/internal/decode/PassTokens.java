package io.selfalign.djl.internal.decode;

import io.selfalign.djl.internal.program.DecoderProgram;
import io.selfalign.djl.internal.program.DecoderProgram.Prefilled;
import io.selfalign.djl.internal.program.SegmentView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tokens of a pass through the model: runs of prompts, each behind its prompt's segments.
 *
 * <p>Where runs are packed, tokens that a run begins with as the run before it are in the pass
 * once, if that saves more than the attention to a tree costs: runs in the order of their tokens
 * become trees, each token before those that grow from it.
 */
final class PassTokens {
  /** A run of tokens of a prompt, behind segments. */
  record Run(Prompt prompt, int from, int to, List<Segment> segments) {
    int length() {
      return to - from;
    }

    /** How many tokens it begins with as another run, behind the same segments. */
    int common(Run other) {
      if (from != other.from || !segments.equals(other.segments)) {
        return 0;
      }
      int mismatch =
          Arrays.mismatch(prompt.tokens, from, to, other.prompt.tokens, other.from, other.to);
      return mismatch < 0 ? length() : mismatch;
    }

    /**
     * How many tokens to share with the run before it, which ends a piece of so many tokens; 0 if a
     * piece of its own costs less.
     *
     * <p>Attention with a tree's mask scores all pairs of its tokens, so that each token added
     * costs two for each one there. A shared token saves a layer's products, of about {@code 12 *
     * width * width} weights, and a pair takes {@code 2 * width} multiplications: 6 pairs for each
     * unit of the model's width. Counted are 2, as attention makes fewer multiplications a second.
     */
    int shared(Run before, int piece, int width) {
      int common = common(before);
      long pairs = 2L * piece * (length() - common);
      return 2L * width * common >= pairs ? common : 0;
    }
  }

  private final List<Run> runs;
  private final List<int[]> places = new ArrayList<>();
  private final int[] tokens;
  private final int[] positions;
  private final int[] ends;
  private final List<Integer> pieceLengths = new ArrayList<>();
  private final List<Integer> selected = new ArrayList<>();
  private final Map<Segment, List<int[]>> uses = new LinkedHashMap<>();
  private boolean branches;
  private int size;

  /** Lays out runs, at least one; {@code packed} runs that are sorted, of a model so wide. */
  PassTokens(List<Run> runs, boolean packed, int width) {
    this.runs = runs;
    int most = runs.stream().mapToInt(Run::length).sum();
    tokens = new int[most];
    positions = new int[most];
    ends = new int[most];
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      int common = 0;
      if (packed && i > 0) {
        int piece = pieceLengths.get(pieceLengths.size() - 1);
        common = run.shared(runs.get(i - 1), piece, width);
      }
      add(run, common);
    }
    end(0);
  }

  private void add(Run run, int common) {
    int[] place = new int[run.length()];
    if (common == 0) {
      end(0);
      pieceLengths.add(run.length());
    } else {
      int[] before = places.get(places.size() - 1);
      branches |= common < before.length && common < place.length;
      end(common);
      System.arraycopy(before, 0, place, 0, common);
      int piece = pieceLengths.size() - 1;
      pieceLengths.set(piece, pieceLengths.get(piece) + run.length() - common);
    }
    int start = size;
    for (int i = common; i < place.length; i++) {
      tokens[size] = run.prompt().tokens[run.from() + i];
      positions[size] = run.from() + i;
      place[i] = size++;
    }
    for (int i = Math.max(0, run.prompt().sharable - run.from()); i < place.length; i++) {
      selected.add(place[i]);
    }
    if (size > start) {
      int[] range = {start, size};
      for (Segment segment : run.segments()) {
        uses.computeIfAbsent(segment, s -> new ArrayList<>()).add(range);
      }
    }
    places.add(place);
  }

  /** No token from here on sees the last run's tokens behind the first ones. */
  private void end(int kept) {
    if (!places.isEmpty()) {
      int[] last = places.get(places.size() - 1);
      for (int i = kept; i < last.length; i++) {
        ends[last[i]] = size;
      }
    }
  }

  /** The runs, in order. */
  List<Run> runs() {
    return runs;
  }

  /** Where a run's tokens are in the pass. */
  int[] place(int run) {
    return places.get(run);
  }

  /** How many tokens the pass has. */
  int size() {
    return size;
  }

  /**
   * Runs them through the model, and selects the tokens of each run that are not sharable, one run
   * after the other.
   */
  Prefilled run(DecoderProgram program) {
    List<SegmentView.Use> views = new ArrayList<>();
    uses.forEach((segment, ranges) -> views.add(use(segment, ranges)));
    try (SegmentView view = program.segmentView(views)) {
      return program.prefill(
          Arrays.copyOf(tokens, size),
          Arrays.copyOf(positions, size),
          ints(pieceLengths),
          branches ? Arrays.copyOf(ends, size) : new int[0],
          view,
          ints(selected));
    }
  }

  private SegmentView.Use use(Segment segment, List<int[]> ranges) {
    int count = ranges.stream().mapToInt(range -> range[1] - range[0]).sum();
    if (count == size) {
      return SegmentView.Use.byAll(segment.keyValues());
    }
    int[] users = new int[count];
    int at = 0;
    for (int[] range : ranges) {
      for (int token = range[0]; token < range[1]; token++) {
        users[at++] = token;
      }
    }
    return SegmentView.Use.by(segment.keyValues(), users);
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
