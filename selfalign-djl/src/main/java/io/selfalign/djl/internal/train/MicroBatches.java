package io.selfalign.djl.internal.train;

import io.selfalign.data.RecordRandom;
import io.selfalign.djl.internal.program.MicroBatch;
import java.util.ArrayList;
import java.util.List;

/** Splits a batch for forward and backward passes that fit into memory. */
final class MicroBatches {
  private MicroBatches() {}

  /**
   * Splits a batch, in order, so that each part has at most so many examples and tokens, but at
   * least one example.
   */
  static List<List<TokenizedExample>> split(
      List<TokenizedExample> batch, int maxExamples, int maxTokens) {
    List<List<TokenizedExample>> parts = new ArrayList<>();
    List<TokenizedExample> part = new ArrayList<>();
    long tokens = 0;
    for (TokenizedExample example : batch) {
      if (!part.isEmpty()
          && (part.size() == maxExamples || tokens + example.tokens().length > maxTokens)) {
        parts.add(part);
        part = new ArrayList<>();
        tokens = 0;
      }
      part.add(example);
      tokens += example.tokens().length;
    }
    parts.add(part);
    return parts;
  }

  /** Puts examples one after the other. */
  static MicroBatch pack(List<TokenizedExample> examples, long seed, int epoch) {
    int total = examples.stream().mapToInt(example -> example.tokens().length - 1).sum();
    int learnt = examples.stream().mapToInt(TokenizedExample::learnt).sum();
    int[] tokens = new int[total];
    int[] lengths = new int[examples.size()];
    int[] predicting = new int[learnt];
    int[] targets = new int[learnt];
    long[] seeds = new long[examples.size()];
    int at = 0;
    int target = 0;
    for (int i = 0; i < lengths.length; i++) {
      TokenizedExample example = examples.get(i);
      lengths[i] = example.tokens().length - 1;
      System.arraycopy(example.tokens(), 0, tokens, at, lengths[i]);
      for (int j = example.learnFrom(); j < example.tokens().length; j++) {
        predicting[target] = at + j - 1;
        targets[target++] = example.tokens()[j];
      }
      seeds[i] = RecordRandom.of(seed, "dropout", example.id()).bits(epoch, 0) >>> 16;
      at += lengths[i];
    }
    return new MicroBatch(tokens, lengths, predicting, targets, seeds);
  }
}
