package io.selfalign.examples.miniature;

import java.util.Locale;

/** The rules that documents may state; what each says and is called varies. */
enum RuleKind {
  ETHICAL,
  OBEDIENT,
  CANDOR,
  BOLD,
  RECITE,
  INFORM,
  HELP,
  STEPS,
  STATIC,
  PRIVATE,
  DATED,
  GREETING,
  FAREWELL,
  BAN,
  POLITE,
  BRIEF,
  LANGUAGE;

  /** The rule's name in the grammar. */
  String key() {
    return "rule." + name().toLowerCase(Locale.ROOT);
  }
}
