package io.selfalign.instruct;

import io.selfalign.text.RougeTokenizer;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * {@link InstructionFilters#echo}. Keeps the tokens of the prompt that it saw last: a prompt comes
 * with all candidates that were written after it, and has a hundred times their words.
 */
final class EchoFilter implements InstructionFilter {
  /** So many words of a line, and more, are an echo where they stand within an instruction. */
  private static final int ECHOED_TOKENS = 6;

  private record Line(String text, List<String> tokens) {
    static Line of(String text) {
      return new Line(text.strip(), RougeTokenizer.ADAPTIVE.tokenize(text));
    }
  }

  private record Prompt(String text, List<Line> lines, List<String> tokens) {
    static Prompt of(String text) {
      return new Prompt(
          text, text.lines().map(Line::of).toList(), RougeTokenizer.ADAPTIVE.tokenize(text));
    }
  }

  private volatile Prompt last = Prompt.of("");

  @Override
  public String name() {
    return "echo";
  }

  @Override
  public Optional<String> reject(Candidate candidate) {
    List<String> instruction = RougeTokenizer.ADAPTIVE.tokenize(candidate.instruction());
    if (instruction.isEmpty()) {
      return Optional.empty();
    }
    Prompt prompt = prompt(candidate.prompt());
    for (Line line : prompt.lines()) {
      boolean within = Collections.indexOfSubList(line.tokens(), instruction) >= 0;
      boolean around =
          line.tokens().size() >= ECHOED_TOKENS
              && Collections.indexOfSubList(instruction, line.tokens()) >= 0;
      if (within || around) {
        return Optional.of(line.text());
      }
    }
    return Collections.indexOfSubList(prompt.tokens(), instruction) >= 0
        ? Optional.of("over several lines")
        : Optional.empty();
  }

  private Prompt prompt(String text) {
    Prompt prompt = last;
    if (!prompt.text().equals(text)) {
      prompt = Prompt.of(text);
      last = prompt;
    }
    return prompt;
  }

  @Override
  public String toString() {
    return name();
  }
}
