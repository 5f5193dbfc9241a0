package io.selfalign.djl.internal.decode;

import io.selfalign.data.RecordRandom;
import io.selfalign.djl.internal.program.LogitEdits;
import io.selfalign.djl.internal.program.Sampling;
import io.selfalign.model.FinishReason;
import io.selfalign.model.Generation;
import io.selfalign.model.GenerationOptions;
import io.selfalign.model.GenerationRequest;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request while it is generated: its tokens, its randomness, and when it ends. */
final class Row {
  private static final String STAGE = "generate";

  private final GenerationRequest request;
  private final GenerationPlan plan;
  private final Prompt prompt;
  private final RecordRandom random;
  private final @Nullable NgramCounts ngrams;
  private final @Nullable TextStream stream;
  private int[] tokens;
  private int length;
  private @Nullable FinishReason finishReason;
  private Optional<String> stop = Optional.empty();
  private boolean stoppedByToken;

  Row(GenerationRequest request, int[] promptTokens, GenerationPlan plan) {
    this.request = request;
    this.plan = plan;
    GenerationOptions options = plan.options();
    this.prompt = new Prompt(promptTokens, promptTokens.length - 1);
    this.random = RecordRandom.of(options.seed(), STAGE, request.id());
    this.ngrams = NgramCounts.needed(options) ? new NgramCounts(options) : null;
    this.stream =
        options.stop().isEmpty()
            ? null
            : new TextStream(plan.tokenizer(), options.stop(), promptTokens.length);
    this.tokens = Arrays.copyOf(promptTokens, promptTokens.length + 16);
    this.length = promptTokens.length;
  }

  Prompt prompt() {
    return prompt;
  }

  /** The token that the next step runs: the last one so far. */
  int lastToken() {
    return tokens[length - 1];
  }

  /** The position of {@link #lastToken()}. */
  int lastPosition() {
    return length - 1;
  }

  /** Prompt and completion without the last token, which no step has run. */
  int[] tokensRun() {
    return Arrays.copyOf(tokens, length - 1);
  }

  /** How many tokens are the row's own, behind its prompt's segments, with the last one. */
  int ownLength() {
    return length - prompt.restStart();
  }

  /** Adds what changes this row's logits for its next token. */
  void edit(int row, LogitEdits edits) {
    plan.bias().forEach((token, bias) -> edits.add(row, token, bias));
    if (ngrams != null) {
      ngrams.penalise(generated(), row, plan.tokenizer()::startsWord, edits);
    }
  }

  /** Writes the uniform numbers for the next token. */
  void draw(double[] draws, int offset) {
    int position = length - prompt.tokens.length;
    for (int draw = 0; draw < Sampling.DRAWS; draw++) {
      draws[offset + draw] = random.uniform(position, draw);
    }
  }

  /** Takes in the next token. */
  void append(int token) {
    if (length == tokens.length) {
      tokens = Arrays.copyOf(tokens, length + length / 2);
    }
    tokens[length++] = token;
    if (ngrams != null) {
      ngrams.count(generated());
    }
    String stopToken = plan.stopTokens().get(token);
    if (stopToken != null) {
      finish(FinishReason.STOP, Optional.of(stopToken));
      stoppedByToken = true;
    } else if (plan.endOfSequence().contains(token)) {
      finish(FinishReason.END_OF_SEQUENCE, Optional.empty());
    } else {
      Optional<String> found = stream == null ? Optional.empty() : stream.append(tokens, length);
      if (found.isPresent()) {
        finish(FinishReason.STOP, found);
      } else if (length - prompt.tokens.length == plan.options().maxNewTokens()) {
        finish(FinishReason.LENGTH, Optional.empty());
      }
    }
  }

  private void finish(FinishReason reason, Optional<String> stop) {
    this.finishReason = reason;
    this.stop = stop;
  }

  boolean finished() {
    return finishReason != null;
  }

  /** The result of a finished row. */
  Generation result() {
    if (finishReason == null) {
      throw new IllegalStateException("the row has not ended");
    }
    return new Generation(
        request.id(), text(), generated(), finishReason, stop, prompt.tokens.length);
  }

  private String text() {
    String text = plan.tokenizer().continuation(tokens, prompt.tokens.length, length);
    // A special token that stops is not part of the text.
    if (stop.isPresent() && !stoppedByToken) {
      int end = text.indexOf(stop.get());
      return end < 0 ? text : text.substring(0, end);
    }
    return text;
  }

  /** The tokens after the prompt, a view. */
  private List<Integer> generated() {
    int from = prompt.tokens.length;
    int size = length - from;
    int[] now = tokens;
    return new AbstractList<>() {
      @Override
      public Integer get(int index) {
        return now[from + index];
      }

      @Override
      public int size() {
        return size;
      }
    };
  }
}
