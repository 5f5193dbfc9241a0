package io.selfalign.instruct;

import io.selfalign.instruct.Piece.Line;
import io.selfalign.internal.text.TextMeasures;
import java.util.Optional;

/**
 * What a topic must be like. The reasons, in their order: {@code stray_text} (no line of the list),
 * {@code cut_off}, {@code empty}, {@code too_long} (over 3 words, unless set otherwise), {@code
 * no_capital} (doesn't begin with a capital, or a letter of a script without case), {@code
 * final_punctuation} (doesn't end in a letter or digit).
 */
final class TopicScreen {
  private TopicScreen() {}

  /**
   * The first reason that a topic breaks.
   *
   * @param piece where it stands
   * @param name the topic itself
   */
  static Optional<InstructionScreen.Verdict> reject(Piece piece, String name, int maxWords) {
    if (!(piece instanceof Line line)) {
      return verdict(DropReasons.STRAY_TEXT, "");
    }
    if (line.cutOff()) {
      return verdict(DropReasons.CUT_OFF, "");
    }
    if (name.isBlank()) {
      return verdict(DropReasons.EMPTY, "");
    }
    int words = TextMeasures.countWords(name);
    if (words > maxWords) {
      return verdict("too_long", words + " words");
    }
    int first = name.codePointAt(0);
    if (!Character.isLetter(first) || Character.isLowerCase(first)) {
      return verdict("no_capital", Character.toString(first));
    }
    int last = name.codePointBefore(name.length());
    boolean mark = Character.getType(last) == Character.NON_SPACING_MARK;
    boolean spacing = Character.getType(last) == Character.COMBINING_SPACING_MARK;
    if (!Character.isLetterOrDigit(last) && !mark && !spacing) {
      return verdict("final_punctuation", Character.toString(last));
    }
    return Optional.empty();
  }

  private static Optional<InstructionScreen.Verdict> verdict(String reason, String detail) {
    return Optional.of(new InstructionScreen.Verdict(reason, detail));
  }
}
