package io.selfalign.signatures;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The committed list of a module's public signatures, {@code api.txt} in the module's folder: a
 * paragraph for each type, its members indented.
 */
public final class SignatureList {
  /** What updates the lists of all modules. */
  static final String UPDATE =
      "mvn -pl selfalign-core,selfalign-djl test -Dtest='*PublicApiTest'"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dselfalign.api.update=true";

  private static final String HEADER =
      """
      # The public signatures of %s. A change of this file is a change of the API.
      # After a change that is meant, this command writes it again:
      # %s
      """;

  private SignatureList() {}

  /** Whether the command line asks for the list to be written instead of compared. */
  public static boolean isToBeUpdated() {
    return Boolean.getBoolean("selfalign.api.update");
  }

  /** Writes the list. */
  public static void write(Path file, String module, SortedMap<String, List<String>> signatures)
      throws IOException {
    StringBuilder text = new StringBuilder(HEADER.formatted(module, UPDATE));
    signatures.forEach(
        (type, lines) -> {
          text.append('\n').append(type).append('\n');
          lines.forEach(line -> text.append("  ").append(line).append('\n'));
        });
    Files.writeString(file, text);
  }

  /** Reads a list that was written; a file that is missing is an empty list. */
  public static SortedMap<String, List<String>> read(Path file) throws IOException {
    SortedMap<String, List<String>> signatures = new TreeMap<>();
    List<String> lines = Files.exists(file) ? Files.readAllLines(file, UTF_8) : List.of();
    List<String> members = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("  ")) {
        members.add(line.substring(2));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        members = new ArrayList<>();
        signatures.put(line, members);
      }
    }
    return signatures;
  }

  /**
   * What differs, for people: each type with the lines that are gone ({@code -}) and new ({@code
   * +}), and what to do about it. Empty if nothing differs.
   */
  public static String difference(
      String module,
      SortedMap<String, List<String>> committed,
      SortedMap<String, List<String>> now) {
    StringBuilder text = new StringBuilder();
    SortedSet<String> types = new TreeSet<>(committed.keySet());
    types.addAll(now.keySet());
    for (String type : types) {
      List<String> changes =
          changes(committed.getOrDefault(type, List.of()), now.getOrDefault(type, List.of()));
      if (!changes.isEmpty()) {
        text.append(type).append('\n');
        changes.forEach(change -> text.append("  ").append(change).append('\n'));
      }
    }
    return text.isEmpty()
        ? ""
        : """
          The public signatures of %s are not those of %s/api.txt:

          %s
          If the change is meant, name it in CHANGELOG.md and update the list:
            %s
          """
            .formatted(module, module, text, UPDATE);
  }

  private static List<String> changes(List<String> before, List<String> after) {
    SortedMap<String, String> changes = new TreeMap<>();
    before.stream().filter(line -> !after.contains(line)).forEach(line -> changes.put(line, "- "));
    after.stream().filter(line -> !before.contains(line)).forEach(line -> changes.put(line, "+ "));
    return changes.entrySet().stream()
        .map((Map.Entry<String, String> change) -> change.getValue() + change.getKey())
        .toList();
  }
}
