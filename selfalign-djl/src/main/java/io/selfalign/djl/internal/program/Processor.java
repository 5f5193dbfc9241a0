package io.selfalign.djl.internal.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What Linux says of an x86-64 processor; on other systems nothing is known.
 *
 * @param vendor such as {@code GenuineIntel}, empty if unknown
 * @param family the vendor's number of the generation, 0 if unknown
 * @param features the names that Linux gives to instruction sets
 */
record Processor(String vendor, int family, Set<String> features) {
  private static final Processor UNKNOWN = new Processor("", 0, Set.of());

  static Processor read() {
    if (!System.getProperty("os.name").equals("Linux")
        || !System.getProperty("os.arch").equals("amd64")) {
      return UNKNOWN;
    }
    try {
      List<String> lines = Files.readAllLines(Path.of("/proc/cpuinfo"));
      String family = value(lines, "cpu family");
      return new Processor(
          value(lines, "vendor_id"),
          family.matches("\\d{1,4}") ? Integer.parseInt(family) : 0,
          Set.copyOf(List.of(value(lines, "flags").split("\\s+"))));
    } catch (IOException e) {
      return UNKNOWN;
    }
  }

  boolean known() {
    return !vendor.isEmpty();
  }

  boolean has(String feature) {
    return features.contains(feature);
  }

  boolean isAmd() {
    return vendor.equals("AuthenticAMD");
  }

  /** The first line's value for a key of the form {@code key : value}. */
  private static String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).trim())
        .findFirst()
        .orElse("");
  }
}
