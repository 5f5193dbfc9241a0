package io.selfalign.djl.internal.decode;

import io.selfalign.djl.internal.program.Sampling;
import io.selfalign.model.GenerationOptions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Generation options in a model's terms.
 *
 * @param bias what is added to the logits of tokens, forbidden ones with negative infinity
 * @param endOfSequence the tokens that end a generation
 * @param stopTokens special tokens that are stop strings as a whole, with their text
 */
record GenerationPlan(
    GenerationOptions options,
    PromptTokenizer tokenizer,
    Map<Integer, Double> bias,
    Set<Integer> endOfSequence,
    Map<Integer, String> stopTokens) {

  static GenerationPlan of(
      GenerationOptions options, PromptTokenizer tokenizer, List<Integer> endOfSequenceIds) {
    Map<Integer, Double> bias = new HashMap<>();
    options
        .logitBias()
        .forEach((text, value) -> bias.merge(tokenizer.tokenOf(text), value, Double::sum));
    if (options.forbidEndOfSequence()) {
      endOfSequenceIds.forEach(id -> bias.put(id, Double.NEGATIVE_INFINITY));
    }
    Map<Integer, String> stopTokens = new HashMap<>();
    for (String stop : options.stop()) {
      tokenizer.specialToken(stop).ifPresent(id -> stopTokens.put(id, stop));
    }
    return new GenerationPlan(
        options, tokenizer, bias, new HashSet<>(endOfSequenceIds), stopTokens);
  }

  Sampling sampling() {
    return new Sampling(options.temperature(), options.topK(), options.topP(), options.minP());
  }
}
