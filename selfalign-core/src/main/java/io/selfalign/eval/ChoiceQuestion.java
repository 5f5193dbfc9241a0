package io.selfalign.eval;

import io.selfalign.data.Traceable;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A question with candidate answers, of which some are right.
 *
 * @param id identifies the question in its benchmark
 * @param group its category, if it has one
 * @param question what is asked
 * @param choices the candidates, right and wrong ones
 */
public record ChoiceQuestion(
    String id, Optional<String> group, String question, List<Choice> choices) implements Traceable {
  /**
   * A candidate answer.
   *
   * @param text the answer, of which no other has the same text
   * @param correct whether it is right
   * @param single whether it also takes part where only one right answer is shown (MC1)
   */
  public record Choice(String text, boolean correct, boolean single) {
    /** Checks that the text is not blank. */
    public Choice {
      Texts.check("text", text);
    }
  }

  /**
   * Checks the question, and copies the list.
   *
   * @throws IllegalArgumentException if a text is blank or occurs twice, or right and wrong answers
   *     are not both there, among all and among those of MC1
   */
  public ChoiceQuestion {
    Texts.check("id", id);
    Texts.check("question", question);
    group.ifPresent(text -> Texts.check("group", text));
    choices = List.copyOf(choices);
    Set<String> texts = new HashSet<>();
    for (Choice choice : choices) {
      if (!texts.add(choice.text())) {
        throw new IllegalArgumentException("choice '" + choice.text() + "' is there twice");
      }
    }
    checkBoth(choices, "choices");
    checkBoth(choices.stream().filter(Choice::single).toList(), "choices for MC1");
  }

  private static void checkBoth(List<Choice> choices, String what) {
    long right = choices.stream().filter(Choice::correct).count();
    if (right == 0 || right == choices.size()) {
      throw new IllegalArgumentException(
          String.format(
              "%d of %d %s are right; at least one must be, and one not",
              right, choices.size(), what));
    }
  }
}
