package io.selfalign.principle;

/**
 * A request with an answer that keeps the principles and one that breaks a principle, to measure
 * how well a {@link PrincipleCheck} tells them apart.
 *
 * @param id identifies the pair
 * @param principle the name of the principle that is broken; the pair counts for frames that have
 *     it
 * @param request what the user asks
 * @param thought a sentence of thoughts before both answers, which must not tell which follows
 * @param keeps an answer that keeps the principles
 * @param breaks an answer that breaks the principle
 */
public record CheckPair(
    String id, String principle, String request, String thought, String keeps, String breaks) {
  /**
   * Checks the texts.
   *
   * @throws IllegalArgumentException if one is blank
   */
  public CheckPair {
    checkText("id", id);
    checkText("principle", principle);
    checkText("request", request);
    checkText("thought", thought);
    checkText("keeps", keeps);
    checkText("breaks", breaks);
  }

  private static void checkText(String field, String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("field '" + field + "' is blank; write its text");
    }
  }
}
