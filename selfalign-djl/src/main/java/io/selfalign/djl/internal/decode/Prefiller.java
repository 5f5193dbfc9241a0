package io.selfalign.djl.internal.decode;

import io.selfalign.djl.internal.decode.PassTokens.Run;
import io.selfalign.djl.internal.program.DecoderProgram;
import io.selfalign.djl.internal.program.DecoderProgram.Prefilled;
import io.selfalign.djl.internal.program.KvBlock;
import java.util.ArrayList;
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

  /**
   * The same for prompts that are packed, which share what they have in common within a pass
   * without any segment: only a pass more has to compute it again, at most this of {@link
   * #PASS_TOKENS}. A segment costs each layer of each pass an attention of its own.
   */
  private static final int MIN_SHARED_WHEN_PACKED = 64;

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
   * What a pass computed of consecutive prompts' rests: keys/values, one rest after the other
   * unless they are packed, and the hidden states of the tokens that are not sharable, one prompt
   * after the other. A rest longer than {@link #PASS_TOKENS} comes in several passes.
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
    run(prompts, false, consumer);
  }

  /**
   * The same for prompts of which only hidden states are wanted, sorted by their tokens: what
   * neighbours among them begin with runs once.
   */
  void runPacked(List<Prompt> prompts, PassConsumer consumer) {
    run(prompts, reuse, consumer);
  }

  private void run(List<Prompt> prompts, boolean packed, PassConsumer consumer) {
    if (reuse) {
      addSharedSegments(prompts, packed ? MIN_SHARED_WHEN_PACKED : MIN_SHARED);
    }
    prompts.forEach(this::addOwnSegments);
    List<Run> rests = new ArrayList<>();
    for (Prompt prompt : prompts) {
      if (prompt.restLength() > PASS_TOKENS) {
        runRests(rests, packed, consumer);
        rests.clear();
        runLongRest(prompt, consumer);
      }
      rests.add(new Run(prompt, prompt.restStart(), prompt.tokens.length, prompt.segments()));
    }
    runRests(rests, packed, consumer);
    prompts.forEach(this::unplan);
  }

  private void runRests(List<Run> rests, boolean packed, PassConsumer consumer) {
    inPasses(
        rests,
        packed,
        group -> {
          PassTokens tokens = new PassTokens(group, packed, width());
          try (Prefilled result = pass(tokens)) {
            consumer.accept(new Pass(group.stream().map(Run::prompt).toList(), result));
            if (reuse) {
              keepRests(tokens, result);
            }
          }
        });
  }

  /** Runs what is too long for a pass of a rest, which becomes segments; less than that is left. */
  private void runLongRest(Prompt prompt, PassConsumer consumer) {
    while (prompt.restLength() > PASS_TOKENS) {
      int from = prompt.restStart();
      Run run = new Run(prompt, from, from + PASS_TOKENS, List.copyOf(prompt.segments()));
      try (Prefilled result = pass(List.of(run))) {
        consumer.accept(new Pass(List.of(prompt), result));
        prompt.add(slice(result, 0, PASS_TOKENS, from));
      }
    }
  }

  private interface Group {
    void run(List<Run> runs);
  }

  /** Groups runs, in order, so that each group fits one pass. */
  private void inPasses(List<Run> runs, boolean packed, Group group) {
    int from = 0;
    int tokens = 0;
    int piece = 0;
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      int common = packed && i > from ? run.shared(runs.get(i - 1), piece, width()) : 0;
      if (i > from && tokens + run.length() - common > PASS_TOKENS) {
        group.run(runs.subList(from, i));
        from = i;
        tokens = 0;
        common = 0;
      }
      tokens += run.length() - common;
      piece = run.length() + (common > 0 ? piece - common : 0);
    }
    if (from < runs.size()) {
      group.run(runs.subList(from, runs.size()));
    }
  }

  private int width() {
    return program.config().hiddenSize();
  }

  /** Gives prompts the segments of their prefixes that are there, or worth computing. */
  private void addSharedSegments(List<Prompt> prompts, int minShared) {
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
      List<PrefixTree.Node> missing = worthComputing(path.subList(present, path.size()), minShared);
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
   * or that is long, if they are long enough together.
   */
  private static List<PrefixTree.Node> worthComputing(List<PrefixTree.Node> nodes, int minShared) {
    int end = 0;
    int length = 0;
    for (int i = 0; i < nodes.size(); i++) {
      PrefixTree.Node node = nodes.get(i);
      boolean isLong = node.length() >= LONG_RUN;
      if (node.waiting() < 2 && !isLong) {
        break;
      }
      length += node.length();
      if (length >= minShared) {
        end = i + 1;
        length = 0;
      }
    }
    return nodes.subList(0, end);
  }

  private void compute(Map<PrefixTree.Node, List<Prompt>> level) {
    List<Run> runs = new ArrayList<>();
    level.forEach(
        (node, users) -> {
          // What is before a node is the same for all its users.
          Prompt any = users.get(0);
          runs.add(new Run(any, node.start(), node.end(), List.copyOf(any.segments())));
        });
    Iterator<Map.Entry<PrefixTree.Node, List<Prompt>>> next = level.entrySet().iterator();
    inPasses(
        runs,
        false,
        group -> {
          try (Prefilled result = pass(group)) {
            int offset = 0;
            for (Run run : group) {
              Map.Entry<PrefixTree.Node, List<Prompt>> entry = next.next();
              Segment segment = slice(result, offset, run.length(), run.from());
              tree.keep(entry.getKey(), segment);
              entry.getValue().forEach(prompt -> prompt.add(segment.retain()));
              reusedTokens += (entry.getValue().size() - 1L) * run.length();
              segment.release();
              offset += run.length();
            }
          }
        });
  }

  /** Cuts what is long of a prompt's rest into segments of its own. */
  private void addOwnSegments(Prompt prompt) {
    while (prompt.restLength() > LONG_RUN && prompt.restStart() < prompt.sharable) {
      int from = prompt.restStart();
      int to = Math.min(from + PASS_TOKENS, prompt.sharable);
      Run run = new Run(prompt, from, to, List.copyOf(prompt.segments()));
      try (Prefilled result = pass(List.of(run))) {
        prompt.add(slice(result, 0, to - from, from));
      }
    }
  }

  private Segment slice(Prefilled result, int offset, int length, int position) {
    return new Segment(program.slice(result.keyValues(), offset, length, position));
  }

  /** Keeps copies of rests, for later calls whose prompts begin in the same way. */
  private void keepRests(PassTokens tokens, Prefilled result) {
    for (int i = 0; i < tokens.runs().size(); i++) {
      Run run = tokens.runs().get(i);
      Prompt prompt = run.prompt();
      if (!prompt.planned || prompt.sharable - run.from() < MIN_KEPT) {
        continue;
      }
      int[] place = tokens.place(i);
      for (PrefixTree.Node node : tree.path(prompt.tokens, prompt.sharable)) {
        if (node.start() < run.from() || tree.holds(node)) {
          continue;
        }
        int first = place[node.start() - run.from()];
        // Not so where another prompt branches off behind its own sharable tokens.
        if (place[node.end() - 1 - run.from()] == first + node.length() - 1) {
          Segment copy = slice(result, first, node.length(), node.start());
          tree.keep(node, copy);
          copy.release();
        }
      }
    }
  }

  /** Copies keys/values of the tokens in a range of positions. */
  interface KeyValuesCopier {
    KvBlock copy(int from, int to);
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

  private Prefilled pass(List<Run> runs) {
    return pass(new PassTokens(runs, false, width()));
  }

  private Prefilled pass(PassTokens tokens) {
    beforePass.run();
    computedTokens += tokens.size();
    reusedTokens += tokens.runs().stream().mapToInt(Run::length).sum() - tokens.size();
    return tokens.run(program);
  }
}
