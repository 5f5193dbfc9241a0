package io.selfalign.internal.text;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A text that begins a part of a conversation: a line of its own, as {@code "## User\n"}, or the
 * beginning of the first line, as {@code "User: "}.
 *
 * @param text the marker with the white space that separates it from what follows
 */
public record TurnMarker(String text) {
  private static final Pattern LINE_BREAK_INSIDE = Pattern.compile("\\R(?s:.)*\\S");

  /**
   * Checks the text.
   *
   * @throws IllegalArgumentException if it is blank, has several lines or begins with white space
   */
  public TurnMarker {
    if (text.isBlank()) {
      throw new IllegalArgumentException("is blank");
    }
    if (Character.isWhitespace(text.charAt(0)) || LINE_BREAK_INSIDE.matcher(text).find()) {
      throw new IllegalArgumentException(
          "is '" + text.strip() + "', but must be one line that begins with a visible character");
    }
  }

  /** The marker without the white space that separates it from what follows. */
  public String core() {
    return text.strip();
  }

  /** Whether the marker is a line of its own. */
  public boolean isLine() {
    return text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
  }

  /** Ends a generation that begins such a part: the marker at the start of a line. */
  public String stop() {
    return "\n" + core() + (isLine() ? "\n" : "");
  }

  /**
   * As {@link #stop}, and for a line of its own also the marker with a colon, as models write it.
   */
  public List<String> stops() {
    return isLine() ? List.of(stop(), "\n" + core() + ":") : List.of(stop());
  }

  /**
   * What of a line belongs to the part that the marker begins, if the line has the marker. Case,
   * white space at the end and a colon do not matter, for models are not exact.
   */
  public Optional<String> after(String line) {
    String bare = line.stripTrailing();
    String core = core();
    if (!bare.toLowerCase(Locale.ROOT).startsWith(core.toLowerCase(Locale.ROOT))) {
      return Optional.empty();
    }
    String rest = bare.substring(core.length());
    if (!isLine()) {
      return Optional.of(rest.strip());
    }
    if (rest.isBlank()) {
      return Optional.of("");
    }
    return rest.startsWith(":") ? Optional.of(rest.substring(1).strip()) : Optional.empty();
  }

  /** Whether a line may be the beginning of the marker, cut off. */
  public boolean mayBegin(String line) {
    return !line.isBlank() && core().startsWith(line.strip());
  }
}
