package io.selfalign.djl.decode;

import io.selfalign.djl.program.DecoderProgram;
import io.selfalign.djl.program.DecoderProgram.Prefilled;
import io.selfalign.djl.program.SegmentView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tokens of a pass through the model: runs of prompts, each behind its prompt's segments.
 *
 * <p>Where runs are packed, tokens that a run begins with as the run before it are in the pass
 * once: runs in the order of their tokens become trees, each token before those that grow from it.
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

  /** Lays out runs, at least one; {@code packed} runs that are sorted. */
  PassTokens(List<Run> runs, boolean packed) {
    this.runs = runs;
    int most = runs.stream().mapToInt(Run::length).sum();
    tokens = new int[most];
    positions = new int[most];
    ends = new int[most];
    for (int i = 0; i < runs.size(); i++) {
      int common = packed && i > 0 ? runs.get(i).common(runs.get(i - 1)) : 0;
      add(runs.get(i), common);
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
