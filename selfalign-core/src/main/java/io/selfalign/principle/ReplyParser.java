package io.selfalign.principle;

import io.selfalign.data.Cut;
import io.selfalign.data.Demonstration;
import io.selfalign.internal.text.CodeBlocks;
import io.selfalign.model.FinishReason;
import io.selfalign.principle.TurnMarkers.Found;
import io.selfalign.principle.TurnMarkers.Part;
import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Tells thoughts and answer apart in what a model wrote after a frame's prompt, which ends where
 * thoughts begin. Markers count at the start of a line and outside of code blocks.
 *
 * <p>Thoughts are all that stands before the first answer; an answer ends at the next marker of any
 * kind. Markers with nothing after them are passed over.
 */
record ReplyParser(TurnMarkers markers) {
  /** A part of the reply: its marker's line, and its text from one line to before another. */
  private record Section(Part part, String rest, int from, int to) {
    String text(List<String> lines) {
      String body = String.join("\n", lines.subList(from, to));
      return (rest.isEmpty() ? body : rest + "\n" + body).strip();
    }
  }

  Reply parse(String text, FinishReason reason) {
    List<String> lines = List.of(text.replace("\r\n", "\n").split("\n", -1));
    List<Section> sections = sections(lines, reason);
    StringBuilder thoughts = new StringBuilder();
    for (int i = 0; i < sections.size(); i++) {
      Section section = sections.get(i);
      String content = section.text(lines);
      if (section.part() == Part.USER || section.part() == Part.CONVERSATION) {
        break; // the model speaks as the user before it has answered
      }
      if (section.part() == Part.ANSWER && !content.isEmpty()) {
        boolean last = i == sections.size() - 1;
        String after = last ? "" : String.join("\n", lines.subList(section.to(), lines.size()));
        return reply(thoughts.toString(), content, !last || ended(content, reason), after);
      }
      if (!content.isEmpty()) {
        thoughts.append(thoughts.isEmpty() ? "" : "\n").append(content);
      }
    }
    return new Reply(thoughts.toString(), "", false, List.of());
  }

  /** Whether thoughts are followed by an answer's marker in a text. */
  boolean beginsAnswer(String text) {
    return parts(text).contains(Part.ANSWER);
  }

  /** Whether an answer stands at the end of a text. */
  boolean endsInAnswer(String text) {
    List<Part> parts = parts(text);
    return !parts.isEmpty() && parts.get(parts.size() - 1) == Part.ANSWER;
  }

  private List<Part> parts(String text) {
    return text.lines().flatMap(line -> markers.find(line).stream()).map(Found::part).toList();
  }

  private static Reply reply(String thoughts, String answer, boolean closed, String after) {
    List<Cut> cuts = new ArrayList<>();
    if (!after.isBlank()) {
      cuts.add(new Cut(Reply.NEXT_TURN, after));
    }
    if (closed) {
      return new Reply(thoughts, answer, true, cuts);
    }
    String whole = withoutLastWord(answer);
    if (whole.length() < answer.length()) {
      cuts.add(new Cut(Demonstration.TRIMMED, answer.substring(whole.length())));
    }
    return new Reply(thoughts, whole, false, cuts);
  }

  private List<Section> sections(List<String> lines, FinishReason reason) {
    BitSet code = new BitSet(); // in thoughts, ``` is a slip; it must not hide the answer
    List<Section> sections = new ArrayList<>();
    Part part = Part.THOUGHTS;
    String rest = "";
    int from = 0;
    boolean answering = false;
    for (int i = 0; i < lines.size(); i++) {
      Optional<Found> found = code.get(i) ? Optional.empty() : markers.find(lines.get(i));
      if (found.isPresent()) {
        sections.add(new Section(part, rest, from, i));
        part = found.get().part();
        rest = found.get().rest();
        from = i + 1;
        answering = part == Part.ANSWER;
        code = answering ? CodeBlocks.closed(lines, from) : new BitSet();
      }
    }
    int end = lines.size();
    boolean cutOff = reason == FinishReason.LENGTH && end > from;
    if (cutOff && answering && markers.mayBegin(lines.get(end - 1))) {
      end--;
      sections.add(new Section(part, rest, from, end));
      sections.add(new Section(Part.USER, "", end, lines.size()));
    } else {
      sections.add(new Section(part, rest, from, end));
    }
    return sections;
  }

  /** A stop string within a code block that is still open is rather part of the code. */
  private static boolean ended(String answer, FinishReason reason) {
    return switch (reason) {
      case END_OF_SEQUENCE -> true;
      case STOP -> !CodeBlocks.endsOpen(answer.lines().toList());
      case LENGTH -> false;
    };
  }

  /**
   * A text without its last word, which may not be whole. In scripts that put no spaces between
   * words, without its last character.
   */
  static String withoutLastWord(String text) {
    int end = text.length();
    while (end > 0 && !Character.isWhitespace(text.charAt(end - 1))) {
      int previous = text.codePointBefore(end);
      boolean whole = isWholeWord(previous);
      if (whole && end < text.length()) {
        break;
      }
      end -= Character.charCount(previous);
      if (whole) {
        break;
      }
    }
    return text.substring(0, end).stripTrailing();
  }

  private static boolean isWholeWord(int codePoint) {
    return switch (UnicodeScript.of(codePoint)) {
      case HAN, HIRAGANA, KATAKANA, BOPOMOFO, THAI, LAO, KHMER, MYANMAR -> true;
      default -> false;
    };
  }
}
