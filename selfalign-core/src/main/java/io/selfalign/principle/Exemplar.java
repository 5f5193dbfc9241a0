package io.selfalign.principle;

import com.google.common.base.Splitter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A conversation that shows the model how to think and answer under the principles.
 *
 * <p>Thoughts are sentences. <code>{principle: candor}</code> in them stands for the principle of
 * that name and is written with the number that it has in the prompt's {@link PrincipleSet}: {@code
 * principle 7 (candor)}. A sentence that speaks of a principle which the set doesn't have is left
 * out, so that one exemplar serves sets that lack a few principles. <code>
 * {principles: dated knowledge, candor}</code> stands for a list, in the order given: {@code 12
 * (dated knowledge), 7 (candor)}. A list loses the names that the set doesn't have, and its
 * sentence is left out where none remains; a name with a comma in it can't stand in a list. <code>
 * {persona}</code>, anywhere in an exemplar, stands for the assistant's name, and {@code {cutoff}}
 * for the date up to which the model has read ({@link PromptFrame#cutoff}).
 *
 * @param id identifies the exemplar
 * @param turns what is asked and answered, in order; at least one
 */
public record Exemplar(String id, List<Turn> turns) {
  /** Group 1 is one name, group 2 a list of them. */
  static final Pattern PRINCIPLE =
      Pattern.compile(
          "\\{principle:\\s*([^(){}\\r\\n]+?)\\s*}|\\{principles:\\s*([^(){}\\r\\n]+?)\\s*}");

  /**
   * A question with its answer.
   *
   * @param query what the user writes
   * @param thoughts what the assistant writes for itself before it answers, sentence by sentence,
   *     without the self-identification, which the prompt's frame puts first
   * @param answer what the assistant answers
   */
  public record Turn(String query, List<String> thoughts, String answer) {
    /**
     * Checks the texts, and copies the list.
     *
     * @throws IllegalArgumentException if a text is blank, or there are no thoughts
     */
    public Turn {
      checkText("query", query);
      thoughts = List.copyOf(thoughts);
      if (thoughts.isEmpty()) {
        throw new IllegalArgumentException("field 'thoughts' is empty; write what is thought");
      }
      thoughts.forEach(thought -> checkText("thoughts", thought));
      checkText("answer", answer);
    }
  }

  /**
   * Checks the exemplar, and copies the list.
   *
   * @throws IllegalArgumentException if the id is blank or there is no turn
   */
  public Exemplar {
    checkText("id", id);
    turns = List.copyOf(turns);
    if (turns.isEmpty()) {
      throw new IllegalArgumentException("field 'turns' is empty; write at least one turn");
    }
  }

  /** The names of the principles that the thoughts speak of, as they spell them, in their order. */
  public Set<String> principles() {
    Set<String> principles = new LinkedHashSet<>();
    for (Turn turn : turns) {
      for (String thought : turn.thoughts()) {
        Matcher matcher = PRINCIPLE.matcher(thought);
        while (matcher.find()) {
          principles.addAll(names(matcher.toMatchResult()));
        }
      }
    }
    return principles;
  }

  /** The names in a match of {@link #PRINCIPLE}. */
  static List<String> names(MatchResult principle) {
    return principle.group(2) == null
        ? List.of(principle.group(1))
        : Splitter.on(',').trimResults().omitEmptyStrings().splitToList(principle.group(2));
  }

  private static void checkText(String field, String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("field '" + field + "' is blank; write its text");
    }
  }
}
