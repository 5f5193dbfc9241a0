package io.selfalign.principle;

import io.selfalign.model.FinishReason;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes exemplars as conversations, with the numbers that principles have in a set. */
record ExemplarText(PrincipleSet principles, String selfIdentification, TurnMarkers markers) {
  /** What thoughts call a principle. */
  static final String PRINCIPLE_WORD = "rule";

  private static final Pattern LINE_END = Pattern.compile("[ \\t]*\\R");

  /**
   * An exemplar's conversation, which ends in a blank line.
   *
   * @param leftOut gets the sentences, and the names in lists, that speak of principles that the
   *     set doesn't have
   * @throws IllegalArgumentException if it would not be read as it is written
   */
  String of(Exemplar exemplar, List<String> leftOut) {
    StringBuilder text = new StringBuilder(markers.conversationText());
    for (Exemplar.Turn turn : exemplar.turns()) {
      String thoughts = thoughts(exemplar, turn, leftOut);
      String answer = turn.answer().strip();
      String reply = markers.reply(thoughts, answer);
      checkQuery(exemplar, turn.query());
      checkReply(exemplar, reply, thoughts, answer);
      text.append(markers.user().text())
          .append(turn.query().strip())
          .append("\n\n")
          .append(markers.thoughts().text())
          .append(reply)
          .append("\n\n");
    }
    return text.toString();
  }

  /** What the assistant writes in an exemplar's first turn. */
  String firstReply(Exemplar exemplar) {
    Exemplar.Turn turn = exemplar.turns().get(0);
    return markers.reply(thoughts(exemplar, turn, new ArrayList<>()), turn.answer().strip());
  }

  private void checkQuery(Exemplar exemplar, String query) {
    query
        .lines()
        .filter(line -> markers.find(line).isPresent())
        .findFirst()
        .ifPresent(
            line -> {
              throw new IllegalArgumentException(
                  String.format(
                      "exemplar '%s' has a query with the line '%s', which begins another turn;"
                          + " change it or the frame's markers",
                      exemplar.id(), line));
            });
  }

  /** What a model imitates must be something that the parser reads. */
  private void checkReply(Exemplar exemplar, String reply, String thoughts, String answer) {
    Reply read = new ReplyParser(markers).parse(reply, FinishReason.STOP);
    if (!lines(read.thoughts()).equals(lines(thoughts))
        || !lines(read.answer()).equals(lines(answer))) {
      throw new IllegalArgumentException(
          String.format(
              "exemplar '%s' has thoughts or an answer that would be read otherwise than they are"
                  + " written: a line in them begins another turn, or a code block has no end;"
                  + " change that or the frame's markers",
              exemplar.id()));
    }
  }

  private static String lines(String text) {
    return LINE_END.matcher(text.strip()).replaceAll("\n");
  }

  private String thoughts(Exemplar exemplar, Exemplar.Turn turn, List<String> leftOut) {
    return (selfIdentification + " " + ownThoughts(exemplar, turn, leftOut)).strip();
  }

  /** A turn's thoughts without the self-identification. */
  String ownThoughts(Exemplar exemplar, Exemplar.Turn turn) {
    return ownThoughts(exemplar, turn, new ArrayList<>());
  }

  private String ownThoughts(Exemplar exemplar, Exemplar.Turn turn, List<String> leftOut) {
    List<String> sentences = new ArrayList<>();
    for (String thought : turn.thoughts()) {
      List<MatchResult> named = Exemplar.PRINCIPLE.matcher(thought).results().toList();
      if (named.stream().anyMatch(principle -> written(principle).isEmpty())) {
        leftOut.add("exemplar '" + exemplar.id() + "': " + thought);
        continue;
      }
      named.stream()
          .flatMap(principle -> Exemplar.names(principle).stream())
          .filter(name -> principles.number(name).isEmpty())
          .forEach(
              name -> leftOut.add("exemplar '" + exemplar.id() + "': '" + name + "' of a list"));
      Matcher matcher = Exemplar.PRINCIPLE.matcher(thought);
      sentences.add(matcher.replaceAll(r -> Matcher.quoteReplacement(written(r))).strip());
    }
    return String.join(" ", sentences);
  }

  /** A principle, or a list of those that the set has, with their numbers; empty if it has none. */
  private String written(MatchResult principle) {
    String numbered =
        Exemplar.names(principle).stream()
            .flatMap(name -> principles.number(name).stream())
            .map(number -> number + " (" + principles.find(number).orElseThrow().name() + ")")
            .collect(Collectors.joining(", "));
    boolean list = principle.group(2) != null;
    return list || numbered.isEmpty() ? numbered : PRINCIPLE_WORD + " " + numbered;
  }
}
