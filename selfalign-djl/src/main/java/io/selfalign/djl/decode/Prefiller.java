package io.selfalign.djl.decode;

import io.selfalign.djl.program.DecoderProgram;
import io.selfalign.djl.program.DecoderProgram.Prefilled;
import io.selfalign.djl.program.KeyValues;
import io.selfalign.djl.program.SegmentView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs prompts through the model: prefixes that several prompts share once, then each prompt's own
 * rest, many of them in one pass. Used under the model's lock.
 */
final class Prefiller {
  /** The most tokens of one forward pass. */
  static final int PASS_TOKENS = 2048;

  /** A shared prefix shorter than this is computed by each prompt for itself. */
  private static final int MIN_SHARED = 16;

  /** A run at least this long is a segment even if only one prompt needs it. */
  private static final int LONG_RUN = 512;

  /** Rests at least this long are kept for prompts of later calls. */
  private static final int MIN_KEPT = 64;

  private final DecoderProgram program;
  private final PrefixTree tree;
  private final boolean reuse;
  private final Runnable beforePass;
  private long computedTokens;
  private long reusedTokens;

  /**
   * Creates a prefiller.
   *
   * @param reuse whether prompts share prefixes
   * @param beforePass called before each pass through the model; ends the run by an exception
   */
  Prefiller(DecoderProgram program, PrefixTree tree, boolean reuse, Runnable beforePass) {
    this.program = program;
    this.tree = tree;
    this.reuse = reuse;
    this.beforePass = beforePass;
  }

  /** How many tokens prefills have run through the model. */
  long computedTokens() {
    return computedTokens;
  }

  /** How many tokens prefills had not to run, because their keys/values were there. */
  long reusedTokens() {
    return reusedTokens;
  }

  /** Announces prompts, so that what they share is known before the first of them runs. */
  void plan(List<Prompt> prompts) {
    if (reuse) {
      for (Prompt prompt : prompts) {
        tree.plan(prompt.tokens, prompt.sharable);
        prompt.planned = true;
      }
    }
  }

  /** Ends the use of prompts: takes back their announcement if they have not run. */
  void release(List<Prompt> prompts) {
    for (Prompt prompt : prompts) {
      unplan(prompt);
      prompt.close();
    }
  }

  private void unplan(Prompt prompt) {
    if (prompt.planned) {
      prompt.planned = false;
      tree.unplan(prompt.tokens, prompt.sharable);
    }
  }

  /**
   * What a pass computed of consecutive prompts' rests: keys/values, one rest after the other, and
   * the hidden states of the tokens that are not sharable, one prompt after the other. A rest
   * longer than {@link #PASS_TOKENS} comes in several passes.
   */
  record Pass(List<Prompt> prompts, Prefilled result) {}

  /** Receives what a pass computed; the pass is closed afterwards. */
  interface PassConsumer {
    void accept(Pass pass);
  }

  /** How many tokens of a prompt have to run, if it runs next and no other one with it. */
  int missingTokens(Prompt prompt) {
    int missing = prompt.tokens.length;
    if (prompt.planned) {
      for (PrefixTree.Node node : tree.path(prompt.tokens, prompt.sharable)) {
        if (!tree.holds(node)) {
          break;
        }
        missing -= node.length();
      }
    }
    return missing;
  }

  /**
   * Prefills prompts; each then holds its segments, and the consumer gets the rests in order. If a
   * pass fails, the prompts may hold segments: {@link #release} them.
   */
  void run(List<Prompt> prompts, PassConsumer consumer) {
    if (reuse) {
      addSharedSegments(prompts);
    }
    prompts.forEach(this::addOwnSegments);
    List<Piece> pieces = new ArrayList<>();
    for (Prompt prompt : prompts) {
      if (prompt.restLength() > PASS_TOKENS) {
        runRests(pieces, consumer);
        pieces.clear();
        runLongRest(prompt, consumer);
      }
      pieces.add(new Piece(prompt, prompt.restStart(), prompt.tokens.length, prompt.segments()));
    }
    runRests(pieces, consumer);
    prompts.forEach(this::unplan);
  }

  private void runRests(List<Piece> pieces, PassConsumer consumer) {
    inPasses(
        pieces,
        group -> {
          try (Prefilled result = pass(group)) {
            consumer.accept(new Pass(group.stream().map(Piece::prompt).toList(), result));
            if (reuse) {
              keepRests(group, result);
            }
          }
        });
  }

  /** Runs what is too long for a pass of a rest, which becomes segments; less than that is left. */
  private void runLongRest(Prompt prompt, PassConsumer consumer) {
    while (prompt.restLength() > PASS_TOKENS) {
      int from = prompt.restStart();
      Piece piece = new Piece(prompt, from, from + PASS_TOKENS, List.copyOf(prompt.segments()));
      try (Prefilled result = pass(List.of(piece))) {
        consumer.accept(new Pass(List.of(prompt), result));
        prompt.add(slice(result, 0, PASS_TOKENS, from));
      }
    }
  }

  /** A run of tokens of a prompt, behind segments. */
  private record Piece(Prompt prompt, int from, int to, List<Segment> segments) {
    int length() {
      return to - from;
    }
  }

  private interface Group {
    void run(List<Piece> pieces);
  }

  /** Groups pieces, in order, so that each group fits one pass. */
  private static void inPasses(List<Piece> pieces, Group group) {
    int from = 0;
    while (from < pieces.size()) {
      int tokens = pieces.get(from).length();
      int to = from + 1;
      while (to < pieces.size() && tokens + pieces.get(to).length() <= PASS_TOKENS) {
        tokens += pieces.get(to).length();
        to++;
      }
      group.run(pieces.subList(from, to));
      from = to;
    }
  }

  /** Gives prompts the segments of their prefixes that are there, or worth computing. */
  private void addSharedSegments(List<Prompt> prompts) {
    List<Map<PrefixTree.Node, List<Prompt>>> levels = new ArrayList<>();
    for (Prompt prompt : prompts) {
      List<PrefixTree.Node> path = tree.path(prompt.tokens, prompt.sharable);
      int present = 0;
      while (present < path.size()) {
        Segment segment = tree.segment(path.get(present));
        if (segment == null) {
          break;
        }
        prompt.add(segment);
        reusedTokens += path.get(present).length();
        present++;
      }
      List<PrefixTree.Node> missing = worthComputing(path.subList(present, path.size()));
      for (int level = 0; level < missing.size(); level++) {
        if (level == levels.size()) {
          levels.add(new LinkedHashMap<>());
        }
        levels.get(level).computeIfAbsent(missing.get(level), n -> new ArrayList<>()).add(prompt);
      }
    }
    // The nodes of one level don't depend on each other, only on those of earlier levels.
    levels.forEach(this::compute);
  }

  /**
   * Of a path's nodes without segments, those up to the last one that other prompts wait for too,
   * or that is long.
   */
  private static List<PrefixTree.Node> worthComputing(List<PrefixTree.Node> nodes) {
    int end = 0;
    int length = 0;
    for (int i = 0; i < nodes.size(); i++) {
      PrefixTree.Node node = nodes.get(i);
      boolean isLong = node.length() >= LONG_RUN;
      if (node.waiting() < 2 && !isLong) {
        break;
      }
      length += node.length();
      if (length >= MIN_SHARED) {
        end = i + 1;
        length = 0;
      }
    }
    return nodes.subList(0, end);
  }

  private void compute(Map<PrefixTree.Node, List<Prompt>> level) {
    List<Piece> pieces = new ArrayList<>();
    level.forEach(
        (node, users) -> {
          // What is before a node is the same for all its users.
          Prompt any = users.get(0);
          pieces.add(new Piece(any, node.start(), node.end(), List.copyOf(any.segments())));
        });
    Iterator<Map.Entry<PrefixTree.Node, List<Prompt>>> next = level.entrySet().iterator();
    inPasses(
        pieces,
        group -> {
          try (Prefilled result = pass(group)) {
            int offset = 0;
            for (Piece piece : group) {
              Map.Entry<PrefixTree.Node, List<Prompt>> entry = next.next();
              Segment segment = slice(result, offset, piece.length(), piece.from());
              tree.keep(entry.getKey(), segment);
              entry.getValue().forEach(prompt -> prompt.add(segment.retain()));
              reusedTokens += (entry.getValue().size() - 1L) * piece.length();
              segment.release();
              offset += piece.length();
            }
          }
        });
  }

  /** Cuts what is long of a prompt's rest into segments of its own. */
  private void addOwnSegments(Prompt prompt) {
    while (prompt.restLength() > LONG_RUN && prompt.restStart() < prompt.sharable) {
      int from = prompt.restStart();
      int to = Math.min(from + PASS_TOKENS, prompt.sharable);
      Piece piece = new Piece(prompt, from, to, List.copyOf(prompt.segments()));
      try (Prefilled result = pass(List.of(piece))) {
        prompt.add(slice(result, 0, to - from, from));
      }
    }
  }

  private Segment slice(Prefilled result, int offset, int length, int position) {
    return new Segment(program.slice(result.keyValues(), offset, length, position));
  }

  /** Keeps copies of rests, for later calls whose prompts begin in the same way. */
  private void keepRests(List<Piece> pieces, Prefilled result) {
    int offset = 0;
    for (Piece piece : pieces) {
      Prompt prompt = piece.prompt();
      if (prompt.planned && prompt.sharable - piece.from() >= MIN_KEPT) {
        for (PrefixTree.Node node : tree.path(prompt.tokens, prompt.sharable)) {
          if (node.start() >= piece.from() && !tree.holds(node)) {
            Segment copy =
                slice(result, offset + node.start() - piece.from(), node.length(), node.start());
            tree.keep(node, copy);
            copy.release();
          }
        }
      }
      offset += piece.length();
    }
  }

  /** Copies keys/values of the tokens in a range of positions. */
  interface KeyValuesCopier {
    KeyValues copy(int from, int to);
  }

  /**
   * Keeps copies of what a row has run behind its segments, prompt and completion, for prompts of
   * later calls that contain both.
   *
   * @param tokens all of the row's tokens that have run
   * @param start how many of them are in the row's segments
   */
  void keepCompletion(int[] tokens, int start, KeyValuesCopier copier) {
    int own = tokens.length - start;
    if (!reuse || own < MIN_KEPT || !tree.hasRoomForCompletion(own)) {
      return;
    }
    tree.plan(tokens, tokens.length);
    try {
      List<PrefixTree.Node> missing =
          tree.path(tokens, tokens.length).stream().filter(node -> !tree.holds(node)).toList();
      int length = missing.stream().mapToInt(PrefixTree.Node::length).sum();
      if (length < MIN_SHARED || missing.get(0).start() < start) {
        return; // not worth a segment, or not to be reached without what comes before
      }
      for (PrefixTree.Node node : missing) {
        Segment copy = new Segment(copier.copy(node.start(), node.end()));
        tree.keepCompletion(node, copy);
        copy.release();
      }
    } finally {
      tree.unplan(tokens, tokens.length);
    }
  }

  private Prefilled pass(List<Piece> pieces) {
    beforePass.run();
    int total = pieces.stream().mapToInt(Piece::length).sum();
    int[] tokens = new int[total];
    int[] positions = new int[total];
    int[] selected = new int[total];
    int selectedCount = 0;
    Map<Segment, List<int[]>> uses = new LinkedHashMap<>();
    int offset = 0;
    for (Piece piece : pieces) {
      System.arraycopy(piece.prompt().tokens, piece.from(), tokens, offset, piece.length());
      for (int i = 0; i < piece.length(); i++) {
        positions[offset + i] = piece.from() + i;
        if (piece.from() + i >= piece.prompt().sharable) {
          selected[selectedCount++] = offset + i;
        }
      }
      int[] range = {offset, offset + piece.length()};
      for (Segment segment : piece.segments()) {
        uses.computeIfAbsent(segment, s -> new ArrayList<>()).add(range);
      }
      offset += piece.length();
    }
    computedTokens += total;
    int[] lengths = pieces.stream().mapToInt(Piece::length).toArray();
    List<SegmentView.Use> views = new ArrayList<>();
    uses.forEach((segment, tokenRanges) -> views.add(use(segment, tokenRanges, total)));
    try (SegmentView view = program.segmentView(views)) {
      return program.prefill(
          tokens, positions, lengths, view, Arrays.copyOf(selected, selectedCount));
    }
  }

  private static SegmentView.Use use(Segment segment, List<int[]> ranges, int total) {
    int count = ranges.stream().mapToInt(range -> range[1] - range[0]).sum();
    if (count == total) {
      return SegmentView.Use.byAll(segment.keyValues());
    }
    int[] tokens = new int[count];
    int at = 0;
    for (int[] range : ranges) {
      for (int token = range[0]; token < range[1]; token++) {
        tokens[at++] = token;
      }
    }
    return SegmentView.Use.by(segment.keyValues(), tokens);
  }
}
