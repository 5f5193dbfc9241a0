package io.selfalign.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * How a line of a journal guards itself: its last field is the CRC-32C of the previous line's
 * checksum and of the line up to that field. A line that was changed, moved, doubled or taken out
 * is thereby noticed at once.
 */
final class JournalLine {
  /** What stands for the previous line's checksum in the first line. */
  static final String NO_CHECKSUM = "00000000";

  private static final Pattern GUARDED =
      Pattern.compile("(\\{.*),\"crc32c\":\"([0-9a-f]{8})\"}", Pattern.DOTALL);

  private JournalLine() {}

  /** The line, with its end, for an object's JSON without checksum. */
  static String guard(String json, String previousChecksum) {
    String body = json.substring(0, json.length() - 1);
    return body + ",\"crc32c\":\"" + checksum(body, previousChecksum) + "\"}\n";
  }

  /** The checksum at the end of a line, if it is the right one. */
  static Optional<String> checksumOf(String line, String previousChecksum) {
    Matcher matcher = GUARDED.matcher(line);
    return matcher.matches()
            && checksum(matcher.group(1), previousChecksum).equals(matcher.group(2))
        ? Optional.of(matcher.group(2))
        : Optional.empty();
  }

  /** A checksum in the form in which journals have it. */
  static String hex(CRC32C checksum) {
    return HexFormat.of().toHexDigits((int) checksum.getValue());
  }

  private static String checksum(String body, String previousChecksum) {
    CRC32C checksum = new CRC32C();
    checksum.update(previousChecksum.getBytes(UTF_8));
    checksum.update(body.getBytes(UTF_8));
    return hex(checksum);
  }
}
