package io.selfalign.internal.text;

import java.util.BitSet;
import java.util.List;

/** Where a text has code between lines of backticks or tildes. */
public final class CodeBlocks {
  private final BitSet closed = new BitSet();

  /** The line that opened a block which is not closed, or -1. */
  private int open = -1;

  private CodeBlocks(List<String> lines, int from) {
    String fence = "";
    for (int i = from; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (open < 0) {
        fence = fence(line);
        open = fence.isEmpty() ? -1 : i;
      } else if (fence(line).startsWith(fence) && line.equals(fence(line))) {
        closed.set(open, i + 1);
        open = -1;
      }
    }
  }

  /** From a line on, the lines of blocks that are closed, with those that open and close them. */
  public static BitSet closed(List<String> lines, int from) {
    return new CodeBlocks(lines, from).closed;
  }

  /** All lines of code, those of a block without an end included. */
  public static BitSet all(List<String> lines) {
    CodeBlocks blocks = new CodeBlocks(lines, 0);
    if (blocks.open >= 0) {
      blocks.closed.set(blocks.open, lines.size());
    }
    return blocks.closed;
  }

  /** Whether the last block has no end. */
  public static boolean endsOpen(List<String> lines) {
    return new CodeBlocks(lines, 0).open >= 0;
  }

  /** The three or more backticks or tildes that a line begins with, or nothing. */
  private static String fence(String line) {
    if (line.isEmpty() || (line.charAt(0) != '`' && line.charAt(0) != '~')) {
      return "";
    }
    int length = 1;
    while (length < line.length() && line.charAt(length) == line.charAt(0)) {
      length++;
    }
    return length < 3 ? "" : line.substring(0, length);
  }
}
