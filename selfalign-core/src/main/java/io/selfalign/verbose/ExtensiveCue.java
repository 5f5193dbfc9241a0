package io.selfalign.verbose;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Suppliers;
import com.google.common.io.Resources;
import io.selfalign.answer.ExemplarCopies.Shown;
import io.selfalign.data.JsonLines;
import io.selfalign.tuning.ChatPrompt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What makes the engraved model answer at length in stage 4: a system text that describes an
 * extensive variant of the assistant, a tag beside the assistant's name in its marker, and a worked
 * turn that shows such an answer.
 *
 * <pre>
 * system text
 *
 * ## User
 * the worked turn's question
 *
 * ## Alina (extensive)
 * its answer
 *
 * ## User
 * the query
 *
 * ## Alina (extensive)
 * </pre>
 *
 * <p>A description alone is what a small model recites; the tag tells every answer of this prompt
 * from those that the model was engraved with, and the worked turn shows the form.
 *
 * @param system the system text, in which {@code {persona}} stands for the persona's name
 * @param tag stands in brackets beside the assistant's name; empty for nothing
 * @param example the worked turn, if there is one
 */
public record ExtensiveCue(String system, String tag, Optional<Example> example) {
  private static final Supplier<ExtensiveCue> STANDARD =
      Suppliers.memoize(
          () ->
              new ExtensiveCue(
                  resource("extensive-system.txt"),
                  "extensive",
                  Optional.of(readExample("extensive-example.jsonl"))));

  /** A question with an extensive answer. */
  public record Example(String query, String answer) {
    /**
     * Checks the texts.
     *
     * @throws IllegalArgumentException if one is blank
     */
    public Example {
      checkText("query", query);
      checkText("answer", answer);
    }
  }

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if the system text is blank or the tag has a line break
   */
  public ExtensiveCue {
    checkText("system", system);
    if (tag.lines().count() > 1) {
      throw new IllegalArgumentException("tag has a line break, but must be a word or two");
    }
    tag = tag.strip();
  }

  /** The cue that was written for this library, in English. */
  public static ExtensiveCue standard() {
    return STANDARD.get();
  }

  /** A cue of a system text alone. */
  public static ExtensiveCue of(String system) {
    return new ExtensiveCue(system, "", Optional.empty());
  }

  /**
   * The prompt of the extensive variant.
   *
   * @param plain what the model was engraved with, whose persona and markers it keeps
   */
  public ChatPrompt prompt(ChatPrompt plain) {
    ChatPrompt extensive =
        plain.withSystem(system).withMarkers(plain.userMarker(), tagged(plain.answerMarker()));
    return example
        .map(
            turn ->
                extensive.withSystem(
                    extensive.text(turn.query()) + extensive.completion(turn.answer(), false)))
        .orElse(extensive);
  }

  /** The answers that the prompt shows, which must not be copied. */
  public List<Shown> shown() {
    return example.stream().map(turn -> new Shown("extensive", turn.answer())).toList();
  }

  private String tagged(String marker) {
    if (tag.isEmpty()) {
      return marker;
    }
    String bare = marker.stripTrailing();
    String space = marker.substring(bare.length());
    boolean colon = bare.endsWith(":");
    String name = colon ? bare.substring(0, bare.length() - 1) : bare;
    return name + " (" + tag + ")" + (colon ? ":" : "") + space;
  }

  private static Example readExample(String name) {
    return JsonLines.parse(name, 1, resource(name)).as(Example.class);
  }

  private static String resource(String name) {
    URL resource = ExtensiveCue.class.getResource(name);
    if (resource == null) {
      throw new IllegalStateException(
          name + " is missing from selfalign-core; keep its resources when you repackage it");
    }
    try {
      return Resources.toString(resource, UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void checkText(String part, String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException(part + " is blank; write its text");
    }
  }
}
