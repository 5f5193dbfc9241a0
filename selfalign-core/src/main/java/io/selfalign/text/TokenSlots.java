package io.selfalign.text;

import java.util.Arrays;

/**
 * Numbers the distinct tokens of one sequence from 0, in order of appearance: a small table that
 * stays in the processor's nearest cache while thousands of other sequences are looked up in it.
 */
final class TokenSlots {
  private static final int EMPTY = -1;

  private final int[] tokens;
  private final int[] slots;
  private final int shift;
  private int size;

  private TokenSlots(int capacity) {
    int bits = 32 - Integer.numberOfLeadingZeros(Math.max(capacity, 2) * 2 - 1);
    tokens = new int[1 << bits];
    slots = new int[1 << bits];
    Arrays.fill(tokens, EMPTY);
    shift = 32 - bits;
  }

  /** The slots of a sequence's tokens; negative ones get none. */
  static TokenSlots of(int[] sequence) {
    TokenSlots all = new TokenSlots(sequence.length);
    for (int token : sequence) {
      if (token >= 0) {
        all.add(token);
      }
    }
    return all;
  }

  /** How many distinct tokens there are. */
  int size() {
    return size;
  }

  /** The token's slot, or -1 if the sequence doesn't have it. */
  int slot(int token) {
    int i = place(token);
    return tokens[i] == token && token >= 0 ? slots[i] : -1;
  }

  private void add(int token) {
    int i = place(token);
    if (tokens[i] == EMPTY) {
      tokens[i] = token;
      slots[i] = size++;
    }
  }

  /** Where the token stands, or the empty place where it would. */
  private int place(int token) {
    int i = (token * 0x9E3779B9) >>> shift;
    while (tokens[i] != token && tokens[i] != EMPTY) {
      i = (i + 1) & (tokens.length - 1);
    }
    return i;
  }
}
