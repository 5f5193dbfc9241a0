package io.selfalign.tuning;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import io.selfalign.internal.text.CodeBlocks;
import io.selfalign.internal.text.TurnMarker;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The prompt of a tuned model: a short text on who it is and the query, without principles,
 * exemplars and thoughts (arXiv 2305.03047, section 3.3).
 *
 * <pre>
 * system text
 *
 * ## User
 * the query
 *
 * ## Alina
 * </pre>
 *
 * <p>What a model is trained to write after it is the answer and what closes it: the marker of the
 * user's next turn, or the model's end-of-sequence token. In the system text and the markers {@code
 * {persona}} stands for the persona's name; a query is shown as it is.
 *
 * <p>A marker is a line of its own, with a line break at its end, or the beginning of the first
 * line, with a space at its end. Such a space belongs to the completion, because tokenizers keep it
 * in the token that begins a word.
 *
 * @param persona the assistant's name
 * @param system what the prompt begins with; empty for nothing
 * @param userMarker what comes before the user's text
 * @param answerMarker what comes before the answer
 * @param endOfSequence whether an answer is closed by the model's end-of-sequence token and not by
 *     the user's marker
 */
public record ChatPrompt(
    String persona, String system, String userMarker, String answerMarker, boolean endOfSequence) {
  private static final String PERSONA = "{persona}";

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if the persona is blank or has a line break, or a marker is
   *     blank, has several lines or is the other
   */
  public ChatPrompt {
    if (persona.isBlank() || persona.lines().count() > 1) {
      throw new IllegalArgumentException("persona is '" + persona + "', but must be a name");
    }
    TurnMarker user = marker("userMarker", userMarker, persona);
    if (user.core().equalsIgnoreCase(marker("answerMarker", answerMarker, persona).core())) {
      throw new IllegalArgumentException(
          "both markers are '" + user.core() + "'; make them different");
    }
  }

  /**
   * The standard prompt, with the markers of stage 2's standard frame and closed by the user's.
   *
   * @param persona the assistant's name, the same as in stage 2
   */
  public static ChatPrompt of(String persona) {
    return new ChatPrompt(
        persona,
        "{persona} is an AI assistant that reads and writes text. It wants to be useful, honest and"
            + " harmless.",
        "## User\n",
        "## {persona}\n",
        false);
  }

  /** The standard prompt, with a persona named Alina as in stage 2's standard frame. */
  public static ChatPrompt standard() {
    return of("Alina");
  }

  /** The same with another system text. */
  public ChatPrompt withSystem(String newSystem) {
    return new ChatPrompt(persona, newSystem, userMarker, answerMarker, endOfSequence);
  }

  /** The same with other markers. */
  public ChatPrompt withMarkers(String newUserMarker, String newAnswerMarker) {
    return new ChatPrompt(persona, system, newUserMarker, newAnswerMarker, endOfSequence);
  }

  /** The same with answers that are closed by the model's end-of-sequence token. */
  public ChatPrompt closedByEndOfSequence() {
    return new ChatPrompt(persona, system, userMarker, answerMarker, true);
  }

  /** The system text with the persona's name in it; empty if there is none. */
  public Optional<String> systemText() {
    return system.isBlank() ? Optional.empty() : Optional.of(named(system, persona).strip());
  }

  /** The prompt of a query, for a model to continue with the answer. */
  public String text(String query) {
    String head = systemText().map(text -> text + "\n\n").orElse("");
    TurnMarker answer = answer();
    return head
        + user().text()
        + query.strip()
        + "\n\n"
        + (answer.isLine() ? answer.text() : answer.text().stripTrailing());
  }

  /** The SHA-256 of a query's prompt in UTF-8, in hexadecimal. */
  public String sha256(String query) {
    return Hashing.sha256().hashString(text(query), UTF_8).toString();
  }

  /**
   * What is to be learnt after the prompt.
   *
   * @param closed whether the answer came to its end; only then is it closed
   */
  public String completion(String answer, boolean closed) {
    TurnMarker marker = answer();
    String space =
        marker.isLine() ? "" : marker.text().substring(marker.text().stripTrailing().length());
    boolean marked = closed && !endOfSequence;
    String closing = user().isLine() ? user().text() : user().core();
    return space + answer.strip() + (marked ? "\n\n" + closing : "");
  }

  /**
   * What ends an answer besides the model's end-of-sequence token: the user's next turn, with which
   * a tuned model closes it, and the assistant's own marker, with which a model goes on that has
   * not learnt to close.
   */
  public List<String> stop() {
    List<String> stop = new ArrayList<>(List.of(user().stop()));
    stop.addAll(answer().stops());
    return stop;
  }

  /** The markers with the persona's name in them, without the white space around them. */
  public List<String> markers() {
    return List.of(user().core(), answer().core());
  }

  /**
   * What of a text that a model wrote is its answer: what stands before the first line that begins
   * a turn, outside of code; all of it if there is none.
   */
  public String beforeNextTurn(String text) {
    List<String> lines = text.lines().toList();
    BitSet code = CodeBlocks.closed(lines, 0);
    for (int i = 0; i < lines.size(); i++) {
      if (!code.get(i) && beginsTurn(lines.get(i))) {
        return String.join("\n", lines.subList(0, i)).strip();
      }
    }
    return text.strip();
  }

  /** A line of a text that would be taken for a turn's beginning, if there is one. */
  public Optional<String> markedLine(String text) {
    return text.lines().filter(this::beginsTurn).findFirst();
  }

  private boolean beginsTurn(String line) {
    return user().after(line).isPresent() || answer().after(line).isPresent();
  }

  /** Whether a generation of this text would stop before its end. */
  boolean stopsWithin(String answer) {
    String text = "\n" + answer.strip() + "\n";
    return stop().stream().anyMatch(text::contains);
  }

  private TurnMarker user() {
    return marker("userMarker", userMarker, persona);
  }

  private TurnMarker answer() {
    return marker("answerMarker", answerMarker, persona);
  }

  private static TurnMarker marker(String component, String text, String persona) {
    try {
      return new TurnMarker(named(text, persona));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(component + " " + e.getMessage(), e);
    }
  }

  private static String named(String text, String persona) {
    return text.replace(PERSONA, persona);
  }
}
