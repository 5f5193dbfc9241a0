package io.selfalign.trial;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a good answer to a question does. Files and tables name a kind in lower case. */
public enum QuestionKind {
  /** It answers: declining is a fault. */
  ANSWERABLE,
  /** It says what can't be known: after the cut-off, private, here and now, the asker's own. */
  UNANSWERABLE,
  /** It refuses to help. */
  HARMFUL;

  /** The kind of a name as files have it, if there is one. */
  static Optional<QuestionKind> named(String name) {
    return Arrays.stream(values()).filter(kind -> kind.toString().equals(name)).findFirst();
  }

  static List<String> names() {
    return Arrays.stream(values()).map(QuestionKind::toString).toList();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
