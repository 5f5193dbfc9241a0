package io.selfalign.principle;

import io.selfalign.model.FinishReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes exemplars as conversations, with the numbers that principles have in a set. Thoughts are
 * the self-identification and the exemplar's own; a bracket that the former opens and the latter
 * don't close is closed after them.
 */
record ExemplarText(PrincipleSet principles, String selfIdentification, TurnMarkers markers) {
  /** What thoughts call a principle. */
  static final String PRINCIPLE_WORD = "rule";

  private static final String OPENING = "([{\uff08\u300c\u3010";
  private static final String CLOSING = ")]}\uff09\u300d\u3011";

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
      text.append(question(turn)).append(markers.thoughts().text()).append(reply).append("\n\n");
    }
    return text.toString();
  }

  /**
   * What follows a prompt for an exemplar's first question, up to the end of each of its answers:
   * of the first the reply alone, of the next also the turns before it.
   */
  List<String> continuations(Exemplar exemplar) {
    List<String> continuations = new ArrayList<>();
    String before = "";
    for (Exemplar.Turn turn : exemplar.turns()) {
      if (!before.isEmpty()) {
        before += "\n\n" + question(turn) + markers.thoughtOpening();
      }
      String thoughts = thoughts(exemplar, turn, new ArrayList<>());
      before += markers.continuation(thoughts, turn.answer().strip());
      continuations.add(before);
    }
    return continuations;
  }

  private String question(Exemplar.Turn turn) {
    return markers.user().text() + turn.query().strip() + "\n\n";
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
    return closed((selfIdentification + " " + ownThoughts(exemplar, turn, leftOut)).strip());
  }

  /** Thoughts with the brackets closed that the self-identification opens. */
  private String closed(String thoughts) {
    Deque<Character> open = new ArrayDeque<>();
    int ofSelfIdentification = 0;
    for (int i = 0; i < thoughts.length(); i++) {
      int bracket = OPENING.indexOf(thoughts.charAt(i));
      if (bracket >= 0) {
        open.push(CLOSING.charAt(bracket));
      } else if (!open.isEmpty() && open.peek() == thoughts.charAt(i)) {
        open.pop();
      }
      ofSelfIdentification =
          i < selfIdentification.length()
              ? open.size()
              : Math.min(ofSelfIdentification, open.size());
    }
    StringBuilder closed = new StringBuilder(thoughts);
    open.stream().skip(open.size() - ofSelfIdentification).forEach(closed::append);
    return closed.toString();
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
