package io.selfalign.principle;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import java.util.List;

/**
 * The prompt of a query.
 *
 * @param text the whole text for the model to continue
 * @param exemplars the exemplars that it shows, in its order, with the persona's name and the
 *     cut-off in them
 */
public record Prompt(String text, List<Exemplar> exemplars) {
  /** Copies the list. */
  public Prompt {
    exemplars = List.copyOf(exemplars);
  }

  /** The SHA-256 of the text in UTF-8, in hexadecimal. */
  public String sha256() {
    return Hashing.sha256().hashString(text, UTF_8).toString();
  }
}
