package io.selfalign.djl.internal.decode;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.selfalign.djl.internal.program.DecoderProgram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The prompts of running calls and the keys/values kept of earlier ones, as a radix tree over
 * tokens: a node is a run of tokens that follows its parent's, and prompts that share a prefix
 * share its nodes.
 *
 * <p>A node's keys/values, its segment, may be there or not. They live in a cache bounded by bytes
 * that evicts what is not used; rows that run keep what they need until they end. A node without a
 * segment is only a plan: it tells how many prompts that have not started pass through it, which is
 * how a prefix is found that is worth computing once.
 *
 * <p>Used under the model's lock.
 */
final class PrefixTree {
  /** A run of tokens after its parent's. */
  static final class Node {
    private @Nullable Node parent;
    private int[] tokens;
    private final int start;
    private int waiting;

    /** The last segment computed, which rows may hold after the cache has let go of it. */
    private @Nullable Segment latest;

    private final Map<Integer, Node> children = new HashMap<>();

    private Node(@Nullable Node parent, int[] tokens, int start) {
      this.parent = parent;
      this.tokens = tokens;
      this.start = start;
    }

    /** The position of the first token. */
    int start() {
      return start;
    }

    int length() {
      return tokens.length;
    }

    /** The position after the last token. */
    int end() {
      return start + tokens.length;
    }

    /** How many prompts that have not started pass through this node. */
    int waiting() {
      return waiting;
    }
  }

  private final DecoderProgram program;
  private final int maxRun;
  private final Node root = new Node(null, new int[0], 0);
  private final Cache<Node, Segment> segments;

  /** The nodes of completions, the oldest first. */
  private final Set<Node> completions = new LinkedHashSet<>();

  private final long maxCompletionTokens;
  private long completionTokens;

  /**
   * Creates an empty tree.
   *
   * @param program makes copies of keys/values when a node is split
   * @param maxRun the most tokens of a node
   * @param maxBytes how many bytes of keys/values to keep when no row uses them
   */
  PrefixTree(DecoderProgram program, int maxRun, long maxBytes) {
    this.program = program;
    this.maxRun = maxRun;
    maxCompletionTokens = maxBytes / program.bytesPerToken() / 2;
    segments =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes / program.bytesPerToken())
            .<Node, Segment>weigher((node, segment) -> node.length())
            // Eviction happens on the calling thread, under the model's lock, like everything here.
            .executor(Runnable::run)
            .removalListener(this::removed)
            .build();
  }

  private void removed(@Nullable Node node, @Nullable Segment segment, RemovalCause cause) {
    if (segment != null) {
      segment.release();
    }
    if (node != null && cause != RemovalCause.REPLACED && completions.remove(node)) {
      completionTokens -= node.length();
    }
    if (node != null && cause.wasEvicted()) {
      prune(node);
    }
  }

  /** Notes that a prompt with these tokens will come: splits nodes so that the prompt is a path. */
  void plan(int[] prompt, int length) {
    Node node = root;
    int at = 0;
    while (at < length) {
      Node child = node.children.get(prompt[at]);
      if (child == null) {
        int end = Math.min(length, at + maxRun);
        child = new Node(node, Arrays.copyOfRange(prompt, at, end), at);
        node.children.put(prompt[at], child);
      }
      int common = commonLength(child.tokens, prompt, at, length);
      if (common < child.tokens.length) {
        child = split(child, common);
      } else {
        child.waiting++;
      }
      node = child;
      at += common;
    }
  }

  /** Takes back a {@link #plan}: the prompt has started, or won't. */
  void unplan(int[] prompt, int length) {
    List<Node> path = path(prompt, length);
    for (Node node : path) {
      node.waiting--;
    }
    if (!path.isEmpty()) {
      prune(path.get(path.size() - 1));
    }
  }

  /** The nodes of a planned prompt, from the first token on. */
  List<Node> path(int[] prompt, int length) {
    List<Node> path = new ArrayList<>();
    Node node = root;
    for (int at = 0; at < length; at = node.end()) {
      node = child(node, prompt[at]);
      path.add(node);
    }
    return path;
  }

  /** A node's segment, retained for the caller, or null if it is not in memory. */
  @Nullable Segment segment(Node node) {
    Segment segment = segments.getIfPresent(node);
    if (segment == null) {
      segment = node.latest;
    }
    return segment == null || !segment.inUse() ? null : segment.retain();
  }

  /** Whether a node's segment is in memory. */
  boolean holds(Node node) {
    Segment latest = node.latest;
    return latest != null && latest.inUse();
  }

  /** Keeps a segment of a node for later prompts, for as long as there is room. */
  void keep(Node node, Segment segment) {
    node.latest = segment;
    segments.put(node, segment.retain());
  }

  /**
   * Keeps a segment of a completion. Completions have at most half of the room, and a new one takes
   * the place of the oldest: the cache's own order would rather keep the old ones than let in what
   * has not been asked for yet, but whoever goes on from a completion does so soon.
   */
  void keepCompletion(Node node, Segment segment) {
    keep(node, segment);
    noteCompletion(node);
    while (completionTokens > maxCompletionTokens) {
      Node oldest = completions.iterator().next();
      segments.invalidate(oldest);
      prune(oldest);
    }
  }

  /** Whether a completion of so many tokens could be kept. */
  boolean hasRoomForCompletion(int tokens) {
    return tokens <= maxCompletionTokens;
  }

  private void noteCompletion(Node node) {
    // It may have been evicted at once.
    if (segments.asMap().containsKey(node) && completions.add(node)) {
      completionTokens += node.length();
    }
  }

  /** Lets go of all segments; rows that run keep theirs until they end. */
  void clear() {
    segments.invalidateAll();
    segments.cleanUp();
  }

  /** The tokens whose keys/values are kept. */
  long keptTokens() {
    segments.cleanUp();
    return segments.asMap().keySet().stream().mapToLong(Node::length).sum();
  }

  private static Node child(Node node, int token) {
    Node child = node.children.get(token);
    if (child == null) {
      throw new IllegalStateException("a prompt that was not planned");
    }
    return child;
  }

  private static int commonLength(int[] run, int[] prompt, int at, int length) {
    int mismatch = Arrays.mismatch(run, 0, run.length, prompt, at, length);
    return mismatch < 0 ? run.length : mismatch;
  }

  /**
   * Splits a node after {@code count} tokens and returns the first part, for which one prompt more
   * waits than for the node: the one that is being planned.
   */
  private Node split(Node node, int count) {
    Node parent = node.parent;
    if (parent == null) {
      throw new IllegalStateException("the root has no tokens to split");
    }
    Node first = new Node(parent, Arrays.copyOf(node.tokens, count), node.start);
    Node second =
        new Node(first, Arrays.copyOfRange(node.tokens, count, node.length()), node.start + count);
    // Keeping the halves may evict others and prune what nobody waits for: not these, until the
    // caller, whose prompt passes through both or ends between them, has taken its place.
    first.waiting = node.waiting + 1;
    second.waiting = node.waiting + 1;
    second.children.putAll(node.children);
    second.children.values().forEach(child -> child.parent = second);
    first.children.put(second.tokens[0], second);
    parent.children.put(first.tokens[0], first);
    Segment whole = segment(node);
    if (whole != null) {
      try {
        boolean completion = completions.contains(node);
        // First, so that the halves find the room.
        segments.invalidate(node);
        keepPart(first, whole, 0);
        keepPart(second, whole, count);
        if (completion) {
          noteCompletion(first);
          noteCompletion(second);
        }
      } finally {
        whole.release();
      }
    }
    second.waiting--;
    prune(second);
    return first;
  }

  private void keepPart(Node part, Segment whole, int from) {
    Segment copy = new Segment(program.slice(whole.keyValues(), from, part.length(), part.start()));
    keep(part, copy);
    copy.release();
  }

  /** Removes a node, and then its ancestors, if it neither holds nor leads to anything. */
  private void prune(Node node) {
    Node at = node;
    while (at.parent != null
        && at.waiting == 0
        && at.children.isEmpty()
        && !segments.asMap().containsKey(at)) {
      at.parent.children.remove(at.tokens[0], at);
      at = at.parent;
    }
  }
}
