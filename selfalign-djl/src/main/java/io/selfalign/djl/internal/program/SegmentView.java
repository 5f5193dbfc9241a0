package io.selfalign.djl.internal.program;

import java.util.Arrays;
import java.util.List;

/**
 * Which tokens of a forward pass see which segments. Closing it does not close the segments.
 *
 * <p>Segments lie wholly before the tokens that see them.
 */
public final class SegmentView implements AutoCloseable {
  /** One segment and the tokens of the pass that see it. */
  public static final class Use {
    private final KvBlock segment;
    private final long[] tokens;
    private final boolean all;

    private Use(KvBlock segment, long[] tokens, boolean all) {
      this.segment = segment;
      this.tokens = tokens;
      this.all = all;
    }

    /** All tokens of the pass see the segment. */
    public static Use byAll(KvBlock segment) {
      return new Use(segment, new long[0], true);
    }

    /** The tokens with these indices see the segment; at least one. */
    public static Use by(KvBlock segment, int... tokens) {
      return new Use(segment, Arrays.stream(tokens).asLongStream().toArray(), false);
    }
  }

  final NativeValue segments;
  final long[] starts;
  final long[] rows;
  final long[] counts;

  SegmentView(NativeValue segments, List<Use> uses) {
    this.segments = segments;
    starts = uses.stream().mapToLong(use -> use.segment.start()).toArray();
    counts = uses.stream().mapToLong(use -> use.all ? -1 : use.tokens.length).toArray();
    rows = uses.stream().flatMapToLong(use -> Arrays.stream(use.tokens)).toArray();
  }

  static NativeValue[] values(List<Use> uses) {
    return uses.stream().map(use -> use.segment.value).toArray(NativeValue[]::new);
  }

  @Override
  public void close() {
    segments.close();
  }
}
