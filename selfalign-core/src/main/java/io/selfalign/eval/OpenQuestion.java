package io.selfalign.eval;

import io.selfalign.data.Traceable;
import java.util.List;
import java.util.Optional;

/**
 * A question to be answered in the model's own words.
 *
 * @param id identifies the question in its benchmark
 * @param group its category, if it has one
 * @param question what is asked
 * @param right reference answers that are true; may be empty
 * @param wrong reference answers that are false; may be empty
 */
public record OpenQuestion(
    String id, Optional<String> group, String question, List<String> right, List<String> wrong)
    implements Traceable {
  /**
   * Checks the question, and copies the lists.
   *
   * @throws IllegalArgumentException if a text is blank
   */
  public OpenQuestion {
    Texts.check("id", id);
    group.ifPresent(text -> Texts.check("group", text));
    Texts.check("question", question);
    right = List.copyOf(right);
    wrong = List.copyOf(wrong);
    right.forEach(text -> Texts.check("right", text));
    wrong.forEach(text -> Texts.check("wrong", text));
  }
}
