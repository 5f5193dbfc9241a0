package io.selfalign.djl.internal.decode;

import java.util.List;
import java.util.Optional;

/**
 * The text of a generation while its tokens come, for finding stop strings wherever token borders
 * fall.
 *
 * <p>A token's text depends on its neighbours (a space is dropped at the start, the bytes of a
 * character may be spread over tokens), so a few tokens are decoded together, once without and once
 * with the new ones, and what the second has more is the new text. Text that ends in an incomplete
 * character is held back until it is complete.
 */
final class TextStream {
  private static final int CONTEXT = 8;
  private static final char REPLACEMENT = '\uFFFD';

  private final PromptTokenizer tokenizer;
  private final List<String> stops;
  private final int longestStop;
  private final StringBuilder text = new StringBuilder();
  private int contextStart = -1;
  private int read;

  /**
   * Starts after the prompt.
   *
   * @param promptLength how many of the tokens that {@link #append} is given are the prompt's
   */
  TextStream(PromptTokenizer tokenizer, List<String> stops, int promptLength) {
    this.tokenizer = tokenizer;
    this.stops = stops;
    this.longestStop = stops.stream().mapToInt(String::length).max().orElse(0);
    this.read = promptLength;
  }

  /**
   * Where to start decoding, some tokens before the new ones: not amid the bytes of a character,
   * which would spoil what follows, and not behind the last visible token, for a space is dropped
   * at the start of a text.
   */
  private int contextBefore(int[] tokens, int end) {
    int size = CONTEXT;
    while (size < end) {
      String context = tokenizer.decode(tokens, end - size, end);
      if (!context.isEmpty() && context.charAt(0) != REPLACEMENT) {
        return end - size;
      }
      size *= 2;
    }
    return 0;
  }

  /**
   * Takes in the tokens since the last call.
   *
   * @param tokens prompt and generated tokens; only the first {@code length} count
   * @return the stop string that the text now contains, the earliest of several
   */
  Optional<String> append(int[] tokens, int length) {
    if (contextStart < 0) {
      contextStart = contextBefore(tokens, read);
    }
    String before = tokenizer.decode(tokens, contextStart, read);
    String with = tokenizer.decode(tokens, contextStart, length);
    if (with.length() <= before.length() || with.charAt(with.length() - 1) == REPLACEMENT) {
      return Optional.empty();
    }
    int searchFrom = Math.max(0, text.length() - longestStop + 1);
    text.append(with, before.length(), with.length());
    contextStart = read;
    read = length;
    return firstStop(text, searchFrom);
  }

  /** The stop string that a text contains first; of several at one place, the longest. */
  private Optional<String> firstStop(StringBuilder text, int from) {
    String first = null;
    int firstIndex = Integer.MAX_VALUE;
    for (String stop : stops) {
      int index = text.indexOf(stop, from);
      if (index >= 0
          && (first == null
              || index < firstIndex
              || (index == firstIndex && stop.length() > first.length()))) {
        first = stop;
        firstIndex = index;
      }
    }
    return Optional.ofNullable(first);
  }
}
