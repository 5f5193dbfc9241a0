package io.selfalign.djl;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a training has left in its folder. */
final class FolderContents {
  private FolderContents() {}

  /** Every file below a folder and its bytes, but for the speed. */
  static Map<String, String> of(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file, ISO_8859_1);
        contents.put(
            folder.relativize(file).toString(), text.replaceAll("\"tokens_per_second\":[^}]*", ""));
      }
    }
    return contents;
  }
}
