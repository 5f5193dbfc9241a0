package io.selfalign.verbose;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.io.Resources;
import io.selfalign.tuning.ChatPrompt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;

/**
 * The persona of stage 4: a text that describes an extensive variant of the assistant. It speaks of
 * how to write and not of what to think, so that the engraved model keeps to what it has learnt.
 */
public final class ExtensivePersona {
  private static final String RESOURCE = "extensive-persona.txt";

  private ExtensivePersona() {}

  /** The text, in which {@code {persona}} stands for the persona's name. */
  public static String text() {
    URL resource = ExtensivePersona.class.getResource(RESOURCE);
    if (resource == null) {
      throw new IllegalStateException(
          RESOURCE + " is missing from selfalign-core; keep its resources when you repackage it");
    }
    try {
      return Resources.toString(resource, UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A prompt with this text instead of its own, and the same persona and markers. */
  public static ChatPrompt prompt(ChatPrompt plain) {
    return plain.withSystem(text());
  }
}
