package io.selfalign.principle;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/** Writes exemplars as conversations, with the numbers that rules have in a set. */
record ExemplarText(PrincipleSet principles, String selfIdentification, TurnMarkers markers) {
  /**
   * An exemplar's conversation, which ends in a blank line.
   *
   * @param leftOut gets the sentences that speak of rules that the set doesn't have
   */
  String of(Exemplar exemplar, List<String> leftOut) {
    StringBuilder text = new StringBuilder(markers.conversationText());
    for (Exemplar.Turn turn : exemplar.turns()) {
      text.append(markers.user().text())
          .append(turn.query().strip())
          .append("\n\n")
          .append(markers.thoughts().text())
          .append(thoughts(exemplar, turn, leftOut))
          .append("\n\n")
          .append(markers.answer().text())
          .append(turn.answer().strip())
          .append("\n\n");
    }
    return text.toString();
  }

  private String thoughts(Exemplar exemplar, Exemplar.Turn turn, List<String> leftOut) {
    List<String> sentences = new ArrayList<>(List.of(selfIdentification));
    for (String thought : turn.thoughts()) {
      Matcher matcher = Exemplar.RULE.matcher(thought);
      boolean known = matcher.results().allMatch(r -> principles.number(r.group(1)).isPresent());
      if (known) {
        sentences.add(Exemplar.RULE.matcher(thought).replaceAll(r -> rule(r.group(1))).strip());
      } else {
        leftOut.add("exemplar '" + exemplar.id() + "': " + thought);
      }
    }
    return String.join(" ", sentences);
  }

  private String rule(String name) {
    int number = principles.number(name).orElseThrow();
    String known = principles.applied(number).name();
    return Matcher.quoteReplacement("rule " + number + " (" + known + ")");
  }
}
