package io.selfalign.instruct;

import io.selfalign.model.BaseModel;
import io.selfalign.model.GenerationOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Makes prompts that fit a model's context by showing fewer examples. The frame is never cut. */
final class PromptFit {
  private final BaseModel model;
  private final int newTokens;

  PromptFit(BaseModel model, GenerationOptions sampling) {
    this.model = model;
    newTokens = sampling.maxNewTokens();
  }

  /**
   * A prompt.
   *
   * @param shown the examples that are left, in their order
   * @param prompt nothing if none fits with one example
   * @param problem why none fits; else empty
   */
  record Fitted<E>(List<E> shown, Optional<String> prompt, String problem) {}

  /**
   * The prompt with as many examples as fit: the longest is left out first.
   *
   * @param text an example's text, by which its length is told
   */
  <E> Fitted<E> fit(List<E> examples, Function<E, String> text, Function<List<E>, String> render) {
    List<E> shown = new ArrayList<>(examples);
    while (true) {
      String prompt = render.apply(List.copyOf(shown));
      int tokens = model.countTokens(prompt);
      if (fits(tokens)) {
        return new Fitted<>(List.copyOf(shown), Optional.of(prompt), "");
      }
      if (shown.size() <= 1) {
        return new Fitted<>(List.copyOf(shown), Optional.empty(), problem(tokens));
      }
      shown.remove(longest(shown, text));
    }
  }

  /** The index of the longest example, the last of several. */
  private <E> int longest(List<E> examples, Function<E, String> text) {
    int longest = 0;
    int most = -1;
    for (int i = 0; i < examples.size(); i++) {
      int tokens = model.countTokens(text.apply(examples.get(i)));
      if (tokens >= most) {
        most = tokens;
        longest = i;
      }
    }
    return longest;
  }

  boolean fits(String prompt) {
    return fits(model.countTokens(prompt));
  }

  private boolean fits(int tokens) {
    return (long) tokens + newTokens <= model.contextLength();
  }

  /**
   * Checks that a prompt without examples fits.
   *
   * @throws IllegalArgumentException if it doesn't
   */
  void checkFrame(String frame) {
    int tokens = model.countTokens(frame);
    if (!fits(tokens)) {
      throw new IllegalArgumentException(
          "the prompt has no room: without any example it has "
              + problem(tokens)
              + "; lower maxNewTokens, use a shorter template, or a model with a longer context");
    }
  }

  private String problem(int tokens) {
    return String.format(
        "%d tokens, and with %d new ones exceeds the context of %d",
        tokens, newTokens, model.contextLength());
  }
}
