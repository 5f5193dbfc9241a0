package io.selfalign.principle;

import io.selfalign.internal.text.TurnMarker;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The markers of a frame's conversations. */
record TurnMarkers(
    TurnMarker user, TurnMarker thoughts, TurnMarker answer, Optional<TurnMarker> conversation) {
  /** What a marker begins. */
  enum Part {
    CONVERSATION,
    USER,
    THOUGHTS,
    ANSWER
  }

  /** A line that begins a part, and what of the line belongs to it. */
  record Found(Part part, String rest) {}

  TurnMarkers {
    Set<String> cores = new HashSet<>();
    for (TurnMarker marker : all(user, thoughts, answer, conversation)) {
      if (!cores.add(marker.core().toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException(
            "two markers are '" + marker.core() + "'; make each different from the others");
      }
    }
  }

  private static List<TurnMarker> all(
      TurnMarker user, TurnMarker thoughts, TurnMarker answer, Optional<TurnMarker> conversation) {
    List<TurnMarker> all = new ArrayList<>(List.of(user, thoughts, answer));
    conversation.ifPresent(all::add);
    return all;
  }

  List<TurnMarker> all() {
    return all(user, thoughts, answer, conversation);
  }

  /** Those that begin a turn. The conversation's alone is a heading that anybody may write. */
  List<TurnMarker> turns() {
    return List.of(user, thoughts, answer);
  }

  String conversationText() {
    return conversation.map(TurnMarker::text).orElse("");
  }

  /** Thoughts and answer with the answer's marker between them. */
  String reply(String thoughtText, String answerText) {
    return thoughtText + "\n\n" + answer.text() + answerText;
  }

  /**
   * What a prompt ends with for thoughts to follow. The space after an inline marker belongs to
   * what follows, because tokenizers keep it in the token that begins a word.
   */
  String thoughtOpening() {
    return opening(thoughts);
  }

  /** What a model writes after {@link #thoughtOpening}: thoughts and answer. */
  String continuation(String thoughtText, String answerText) {
    return space(thoughts) + reply(thoughtText, answerText);
  }

  /** Thoughts after {@link #thoughtOpening}, and the answer's marker for an answer to follow. */
  String answerOpening(String thoughtText) {
    return space(thoughts) + thoughtText + "\n\n" + opening(answer);
  }

  private static String opening(TurnMarker marker) {
    return marker.isLine() ? marker.text() : marker.text().stripTrailing();
  }

  private static String space(TurnMarker marker) {
    return marker.text().substring(opening(marker).length());
  }

  List<String> stop() {
    List<String> stop = new ArrayList<>(List.of(user.stop()));
    conversation.ifPresent(marker -> stop.add(marker.stop()));
    return stop;
  }

  /** What ends thoughts: a marker of any other part. */
  List<String> thoughtStop() {
    List<String> stop = new ArrayList<>(stop());
    stop.addAll(answer.stops());
    return stop;
  }

  /** What ends an answer: any marker. */
  List<String> answerStop() {
    List<String> stop = thoughtStop();
    stop.addAll(thoughts.stops());
    return stop;
  }

  boolean isAnswerStop(String stop) {
    return answer.stops().contains(stop);
  }

  /** What a line begins; of several markers that it may have, the longest counts. */
  Optional<Found> find(String line) {
    Optional<Found> best = Optional.empty();
    int longest = 0;
    for (Part part : Part.values()) {
      Optional<TurnMarker> marker = marker(part);
      Optional<String> rest = marker.flatMap(m -> m.after(line));
      int length = marker.map(m -> m.core().length()).orElse(0);
      if (rest.isPresent() && length > longest) {
        longest = length;
        best = Optional.of(new Found(part, rest.get()));
      }
    }
    return best;
  }

  /** Whether a line may be a marker that was cut off. */
  boolean mayBegin(String line) {
    for (Part part : Part.values()) {
      if (marker(part).filter(marker -> marker.mayBegin(line)).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private Optional<TurnMarker> marker(Part part) {
    return switch (part) {
      case CONVERSATION -> conversation;
      case USER -> Optional.of(user);
      case THOUGHTS -> Optional.of(thoughts);
      case ANSWER -> Optional.of(answer);
    };
  }
}
