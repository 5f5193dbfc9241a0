package io.selfalign.data;

import java.util.List;
import java.util.Optional;

/**
 * What a user asks: the input of stage 2.
 *
 * @param id identifies the query; what is sampled for it derives from it
 * @param parents the ids of the records it was made from; none for what came from outside
 * @param text the whole question or task, with its input if it has one
 * @param source what made it, such as {@code self-instruct}; statistics are kept for each
 * @param questionType its kind, as in topic-guided instructions; statistics are kept for each
 */
public record Query(
    String id,
    List<String> parents,
    String text,
    Optional<String> source,
    Optional<String> questionType)
    implements Traceable {
  /**
   * Checks the query, and copies the list.
   *
   * @throws IllegalArgumentException if a text is blank or has an unpaired surrogate
   */
  public Query {
    FieldChecks.checkText("id", id);
    parents = List.copyOf(parents);
    FieldChecks.checkText("text", text);
    source.ifPresent(value -> FieldChecks.checkText("source", value));
    questionType.ifPresent(value -> FieldChecks.checkText("question_type", value));
  }

  /** A query from outside, of no known source or type. */
  public static Query of(String id, String text) {
    return new Query(id, List.of(), text, Optional.empty(), Optional.empty());
  }

  /**
   * An instruction and what it is about as one text: the input follows after a blank line.
   *
   * @param input is left out if it is blank
   */
  public static String textOf(String instruction, Optional<String> input) {
    return input
        .filter(text -> !text.isBlank())
        .map(text -> instruction.strip() + "\n\n" + text.strip())
        .orElseGet(instruction::strip);
  }
}
