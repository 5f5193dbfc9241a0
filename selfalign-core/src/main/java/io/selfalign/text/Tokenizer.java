package io.selfalign.text;

import java.util.List;

/**
 * Splits a text into the tokens that texts are compared by. It has nothing to do with a model's
 * tokens. {@link RougeTokenizer} has those that ROUGE is computed with; one's own may stem words or
 * leave some out.
 *
 * <p>Implementations are pure functions of the text, and safe for use by several threads.
 */
@FunctionalInterface
public interface Tokenizer {
  /** The text's tokens, in the order of the text. May be empty. */
  List<String> tokenize(String text);
}
