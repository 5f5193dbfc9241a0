package io.selfalign.examples.guide;

import io.selfalign.model.GenerationOptions;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@link GenerationOptions} in the words of a completions server. */
final class SamplingParameters {
  /** Servers take biases between this and 100. */
  private static final double FORBIDDEN = -100;

  private SamplingParameters() {}

  /**
   * What a request has besides model, prompt and seed.
   *
   * @param endOfSequence the text of the end-of-sequence token, if it is known
   * @param firstToken the id of a text's first token
   * @throws IllegalArgumentException if no server can do what an option wants, naming the option
   */
  static ObjectNode of(
      GenerationOptions options, Optional<String> endOfSequence, UnaryOperator<String> firstToken) {
    refusePenalties(options);
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("max_tokens", options.maxNewTokens()).put("temperature", options.temperature());
    body.put("top_p", options.topP()).put("top_k", options.topK()).put("min_p", options.minP());
    // Else the checkpoint's generation_config.json decides it.
    body.put("repetition_penalty", 1.0);
    options.stop().forEach(body.putArray("stop")::add);
    body.put("return_token_ids", true);
    ObjectNode bias = body.putObject("logit_bias");
    for (Map.Entry<String, Double> entry : options.logitBias().entrySet()) {
      double bounded = Math.max(FORBIDDEN, Math.min(-FORBIDDEN, entry.getValue()));
      bias.put(firstToken.apply(entry.getKey()), bounded);
    }
    if (options.forbidEndOfSequence()) {
      String token =
          endOfSequence.orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "forbidEndOfSequence needs the text of the model's end-of-sequence token;"
                          + " set RemoteModel.Builder.endOfSequence, such as to '</s>'"));
      bias.put(firstToken.apply(token), FORBIDDEN);
    }
    return body;
  }

  private static void refusePenalties(GenerationOptions options) {
    for (int n = 1; n <= GenerationOptions.MAX_NGRAM; n++) {
      if (options.ngramPenalty(n) != 0) {
        throw new IllegalArgumentException(
            String.format(
                "ngramPenalty(%d) is %s, but a completions server has no n-gram penalties; leave it"
                    + " out, or take a model that runs in this process",
                n, options.ngramPenalty(n)));
      }
    }
  }
}
