package io.selfalign.model;

import java.util.List;

/**
 * How likely a model finds a continuation.
 *
 * @param id the request's id
 * @param tokenIds the continuation's tokens
 * @param tokenLogProbabilities for each token its natural-log probability given all before it
 * @param greedy whether every token is the model's most likely one at its place
 */
public record Score(
    String id, List<Integer> tokenIds, List<Double> tokenLogProbabilities, boolean greedy) {
  /** Copies the lists, and refuses a log-probability that is not a finite number. */
  public Score {
    tokenIds = List.copyOf(tokenIds);
    tokenLogProbabilities = List.copyOf(tokenLogProbabilities);
    if (tokenIds.isEmpty() || tokenIds.size() != tokenLogProbabilities.size()) {
      throw new IllegalArgumentException(
          tokenIds.size() + " tokens with " + tokenLogProbabilities.size() + " log-probabilities");
    }
    for (double logProbability : tokenLogProbabilities) {
      if (!Double.isFinite(logProbability)) {
        throw new IllegalArgumentException(
            "a token's log-probability is " + logProbability + ", but must be a finite number");
      }
    }
  }

  /** The natural-log probability of the whole continuation: the sum over its tokens. */
  public double logProbability() {
    double sum = 0;
    for (double logProbability : tokenLogProbabilities) {
      sum += logProbability;
    }
    return sum;
  }

  /** The continuation's perplexity: {@code exp(-logProbability / tokens)}. */
  public double perplexity() {
    return Math.exp(-logProbability() / tokenIds.size());
  }
}
