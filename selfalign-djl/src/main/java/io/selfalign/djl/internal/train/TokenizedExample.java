package io.selfalign.djl.internal.train;

/**
 * An example in tokens.
 *
 * @param id names it in messages and decides its part in everything random
 * @param tokens prompt and completion, at least two
 * @param learnFrom the index of the first token that is learnt, at least 1
 */
@SuppressWarnings("ArrayRecordComponent") // Hundreds of thousands are held; nobody compares them.
public record TokenizedExample(String id, int[] tokens, int learnFrom) {
  /** How many tokens are learnt. */
  int learnt() {
    return tokens.length - learnFrom;
  }
}
