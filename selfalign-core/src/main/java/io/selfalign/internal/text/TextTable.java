package io.selfalign.internal.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A table as text: the first column is aligned to the left, the others to the right. Not safe for
 * use by several threads.
 */
public final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();

  /** A table without rows. */
  public TextTable() {}

  /** Adds a row; rows may differ in length. */
  public void row(List<String> cells) {
    rows.add(List.copyOf(cells));
  }

  /** A share as a percentage with one decimal, such as {@code 22.6%}. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }

  /** The share of a part, or a dash if there is no whole. */
  public static String percent(long whole, long part) {
    return whole == 0 ? "-" : percent((double) part / whole);
  }

  /** The rows, each ended by a line feed. */
  @Override
  public String toString() {
    List<Integer> widths = new ArrayList<>();
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        int width = row.get(i).codePointCount(0, row.get(i).length());
        if (i == widths.size()) {
          widths.add(width);
        } else {
          widths.set(i, Math.max(widths.get(i), width));
        }
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        String cell = row.get(i);
        String space = " ".repeat(widths.get(i) - cell.codePointCount(0, cell.length()));
        line.append(i == 0 ? cell + space : "  " + space + cell);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
