package io.selfalign.djl.internal.program;

/**
 * Sequences for one forward and backward pass, one after the other without padding.
 *
 * @param tokens the tokens of all sequences, each without its last one, which is only predicted
 * @param lengths how many of those tokens each sequence has
 * @param predicting the indices of the tokens after which a token is learnt, ascending
 * @param targets the tokens that are learnt there
 * @param seeds a seed for each sequence's dropout
 */
@SuppressWarnings("ArrayRecordComponent") // Passed on to native code at once.
public record MicroBatch(
    int[] tokens, int[] lengths, int[] predicting, int[] targets, long[] seeds) {}
