package io.selfalign.text;

import java.util.Arrays;

/**
 * One token sequence, prepared for finding the length of its longest common subsequence with many
 * others. Comparing allocates nothing.
 *
 * <p>Bit i of the state is 0 where the common subsequence of the tokens so far with the pattern's
 * first i+1 tokens is longer by one than with its first i. A token of the other sequence that
 * stands in the pattern at the places {@code mask} changes the state to {@code (state + (state &
 * mask)) | (state & ~mask)}, where the addition carries from word to word; bits beyond the pattern
 * stay 1. Words without such a place and without a carry stay as they are, and so do words of ones,
 * through which a carry passes; they are not visited. A pattern's masks are stored by word, in
 * memory proportional to its length.
 *
 * <p>Not safe for use by several threads: the state belongs to the pattern.
 */
final class LcsPattern {
  private final TokenSlots slots;
  private final long[] state;

  /** The highest word that a token has changed: all ones above. */
  private int highest;

  /** For each slot, where its words begin; one more at the end. */
  private final int[] starts;

  private final int[] words;
  private final long[] masks;

  /** Prepares a sequence, of which {@code slots} are the slots. Negative tokens match nothing. */
  LcsPattern(int[] sequence, TokenSlots slots) {
    this.slots = slots;
    state = new long[Math.max(1, (sequence.length + 63) >>> 6)];
    starts = starts(sequence, slots);
    words = new int[starts[slots.size()]];
    masks = new long[words.length];
    int[] next = starts.clone();
    for (int i = 0; i < sequence.length; i++) {
      int slot = slots.slot(sequence[i]);
      if (slot >= 0) {
        int word = i >>> 6;
        int last = next[slot] - 1;
        if (last < starts[slot] || words[last] != word) {
          last = next[slot]++;
          words[last] = word;
        }
        masks[last] |= 1L << i;
      }
    }
  }

  private static int[] starts(int[] sequence, TokenSlots slots) {
    int[] starts = new int[slots.size() + 1];
    int[] lastWords = new int[slots.size()];
    Arrays.fill(lastWords, -1);
    for (int i = 0; i < sequence.length; i++) {
      int slot = slots.slot(sequence[i]);
      if (slot >= 0 && lastWords[slot] != i >>> 6) {
        lastWords[slot] = i >>> 6;
        starts[slot + 1]++;
      }
    }
    for (int slot = 0; slot < lastWords.length; slot++) {
      starts[slot + 1] += starts[slot];
    }
    return starts;
  }

  /** The length of the longest common subsequence with another sequence. */
  int lcs(int[] other) {
    return state.length == 1 ? lcsInOneWord(other) : lcsInWords(other);
  }

  private int lcsInOneWord(int[] other) {
    long current = -1;
    for (int token : other) {
      int slot = slots.slot(token);
      if (slot >= 0) {
        long mask = masks[slot]; // each has one word
        current = (current + (current & mask)) | (current & ~mask);
      }
    }
    return Long.bitCount(~current);
  }

  private int lcsInWords(int[] other) {
    Arrays.fill(state, -1);
    highest = -1;
    for (int token : other) {
      int slot = slots.slot(token);
      if (slot >= 0) {
        step(starts[slot], starts[slot + 1]);
      }
    }
    int common = 0;
    for (long word : state) {
      common += Long.bitCount(~word);
    }
    return common;
  }

  private void step(int from, int to) {
    int next = from;
    int word = words[from];
    long carry = 0;
    while (word < state.length) {
      long mask = 0;
      if (next < to && words[next] == word) {
        mask = masks[next++];
      }
      long before = state[word];
      long places = before & mask;
      long sum = before + places + carry;
      state[word] = sum | (before & ~mask);
      carry = ((before & places) | ((before | places) & ~sum)) >>> 63;
      if (mask != 0) {
        highest = Math.max(highest, word);
      }
      if (carry != 0 && word < highest) {
        word++;
      } else if (next < to) {
        word = words[next]; // a carry passes words of ones unchanged
      } else {
        return;
      }
    }
  }
}
