package io.selfalign.internal.data;

import tools.jackson.core.JacksonException;

/** What is wrong with JSON, in words for whoever wrote the JSON. */
public final class JsonErrors {
  private JsonErrors() {}

  /**
   * Jackson's message on one line, without its remarks on the source, on its own switches and on
   * the Java methods that set its limits.
   */
  public static String inWords(JacksonException e) {
    String message = e.getOriginalMessage();
    if (message == null) {
      return e.getClass().getSimpleName();
    }
    return message
        .replaceAll("\\s+", " ")
        .replaceAll(", from `[^`]*`", "")
        .replaceAll(" ?\\([^()]*[Ss]ource: .*\\)$", "")
        .replaceAll(" ?\\([^()]*Feature '[^']*'[^()]*\\)$", "")
        .replaceAll("[:;]? enable `[^`]*`.*$", "");
  }
}
