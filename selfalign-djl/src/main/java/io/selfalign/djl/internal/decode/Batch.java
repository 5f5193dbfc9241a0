package io.selfalign.djl.internal.decode;

import io.selfalign.djl.internal.program.DecoderProgram;
import io.selfalign.djl.internal.program.KvCache;
import io.selfalign.djl.internal.program.LogitEdits;
import io.selfalign.djl.internal.program.NativeValue;
import io.selfalign.djl.internal.program.Sampling;
import io.selfalign.djl.internal.program.SegmentView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one call that generate at the same time. A row that ends leaves at once, and another
 * may take its place. Used under the model's lock.
 *
 * <p>A row's own keys/values are in a cache that the batch owns. The segments before them belong to
 * the row's prompt, which lets go of them when the row leaves; if the call fails, the caller
 * releases the prompts.
 */
final class Batch implements AutoCloseable {
  private final DecoderProgram program;
  private final Prefiller prefiller;
  private final Sampling sampling;
  private final KvCache cache;
  private final List<Row> rows = new ArrayList<>();
  private @Nullable SegmentView view;

  Batch(DecoderProgram program, Prefiller prefiller, Sampling sampling) {
    this.program = program;
    this.prefiller = prefiller;
    this.sampling = sampling;
    this.cache = program.newRowCache();
  }

  int size() {
    return rows.size();
  }

  /** How many tokens the rows may come to hold in all, segments counted for each row. */
  long tokensAtMost(int maxNewTokens) {
    return rows.stream().mapToLong(row -> row.prompt().tokens.length + (long) maxNewTokens).sum();
  }

  /** Prefills rows and gives them their first token; those that don't end with it join. */
  List<Row> join(List<Row> joining) {
    List<Row> finished = new ArrayList<>();
    Iterator<Row> next = joining.iterator();
    prefiller.run(
        joining.stream().map(Row::prompt).toList(),
        pass -> {
          List<Row> passRows = new ArrayList<>();
          pass.prompts().forEach(prompt -> passRows.add(next.next()));
          sample(pass.result().hidden(), passRows);
          makeRoom(passRows);
          int offset = 0;
          for (Row row : passRows) {
            int length = row.prompt().restLength();
            if (row.finished()) {
              leave(row, finished);
            } else {
              cache.put(rows.size(), 0, pass.result().keyValues(), offset, length);
              rows.add(row);
            }
            offset += length;
          }
        });
    forgetView();
    return finished;
  }

  private void makeRoom(List<Row> joining) {
    int slots =
        joining.stream().filter(row -> !row.finished()).mapToInt(Row::ownLength).max().orElse(0);
    long count = joining.stream().filter(row -> !row.finished()).count();
    cache.ensure(rows.size() + (int) count, slots);
  }

  /** Gives every row its next token; those that end with it leave and are returned. */
  List<Row> step() {
    int n = rows.size();
    int[] tokens = new int[n];
    int[] positions = new int[n];
    int[] lengths = new int[n];
    for (int i = 0; i < n; i++) {
      Row row = rows.get(i);
      tokens[i] = row.lastToken();
      positions[i] = row.lastPosition();
      lengths[i] = row.ownLength();
    }
    cache.ensure(n, Arrays.stream(lengths).max().orElse(0));
    try (NativeValue hidden = program.decode(tokens, positions, lengths, cache, view())) {
      sample(hidden, rows);
    }
    List<Row> finished = new ArrayList<>();
    for (int i = n - 1; i >= 0; i--) {
      if (rows.get(i).finished()) {
        keep(i);
        leave(rows.get(i), finished);
        int last = rows.size() - 1;
        if (i < last) {
          // The last step wrote all but the token it chose.
          cache.move(last, i, rows.get(last).ownLength() - 1);
          rows.set(i, rows.get(last));
        }
        rows.remove(last);
      }
    }
    if (!finished.isEmpty()) {
      forgetView();
    }
    return finished;
  }

  /** Keeps what a row has run, for later prompts that repeat it and go on from there. */
  private void keep(int i) {
    Row row = rows.get(i);
    int start = row.prompt().restStart();
    prefiller.keepCompletion(
        row.tokensRun(), start, (from, to) -> cache.slice(i, from - start, to - from, from));
  }

  private static void leave(Row row, List<Row> finished) {
    row.prompt().close();
    finished.add(row);
  }

  private void sample(NativeValue hidden, List<Row> sampled) {
    LogitEdits edits = new LogitEdits();
    double[] draws = new double[sampling.greedy() ? 0 : sampled.size() * Sampling.DRAWS];
    for (int i = 0; i < sampled.size(); i++) {
      sampled.get(i).edit(i, edits);
      if (!sampling.greedy()) {
        sampled.get(i).draw(draws, i * Sampling.DRAWS);
      }
    }
    int[] chosen = program.sample(hidden, edits, sampling, draws);
    for (int i = 0; i < chosen.length; i++) {
      sampled.get(i).append(chosen[i]);
    }
  }

  /** Which rows see which segments, until rows join or leave. */
  private SegmentView view() {
    if (view == null) {
      Map<Segment, List<Integer>> users = new LinkedHashMap<>();
      for (int i = 0; i < rows.size(); i++) {
        for (Segment segment : rows.get(i).prompt().segments()) {
          users.computeIfAbsent(segment, s -> new ArrayList<>()).add(i);
        }
      }
      List<SegmentView.Use> uses = new ArrayList<>();
      users.forEach(
          (segment, indices) ->
              uses.add(
                  indices.size() == rows.size()
                      ? SegmentView.Use.byAll(segment.keyValues())
                      : SegmentView.Use.by(
                          segment.keyValues(),
                          indices.stream().mapToInt(Integer::intValue).toArray())));
      view = program.segmentView(uses);
    }
    return view;
  }

  private void forgetView() {
    if (view != null) {
      view.close();
      view = null;
    }
  }

  @Override
  public void close() {
    forgetView();
    rows.clear();
    cache.close();
  }
}
