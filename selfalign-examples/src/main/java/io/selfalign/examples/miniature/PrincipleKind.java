package io.selfalign.examples.miniature;

import java.util.Locale;

/** The principles that documents may state; what each says and is called varies. */
enum PrincipleKind {
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

  /** The principle's name in the grammar. */
  String key() {
    return "rule." + name().toLowerCase(Locale.ROOT);
  }
}
