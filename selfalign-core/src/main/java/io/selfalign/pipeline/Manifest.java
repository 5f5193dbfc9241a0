package io.selfalign.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.selfalign.data.JsonLines;
import io.selfalign.error.InvalidDataException;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import tools.jackson.databind.node.ObjectNode;

/**
 * The configuration of a run: {@code manifest.json}.
 *
 * @param format the version of the run directory's format
 * @param library the version of the library that began the run
 * @param seed the run's seed
 * @param stages the stages in the order in which they run
 */
record Manifest(int format, String library, long seed, List<Entry> stages) {
  /** The version of the format that this library writes and reads. */
  static final int FORMAT = 1;

  static final String FILE = "manifest.json";

  private static final String CHECKSUM = "crc32c";

  /**
   * A stage.
   *
   * @param name the stage's name
   * @param inputs the stages whose output is its input
   * @param after the stages that it comes after besides
   * @param record the simple name of the type of its records
   * @param fields the components of that type
   * @param settings its settings
   * @param fingerprint of everything that decides its output
   */
  record Entry(
      String name,
      List<String> inputs,
      List<String> after,
      String record,
      List<String> fields,
      ObjectNode settings,
      String fingerprint) {
    Entry {
      inputs = List.copyOf(inputs);
      after = List.copyOf(after);
      fields = List.copyOf(fields);
    }

    List<String> upstream() {
      List<String> upstream = new ArrayList<>(inputs);
      upstream.addAll(after);
      return upstream;
    }
  }

  Manifest {
    stages = List.copyOf(stages);
  }

  Optional<Entry> stage(String name) {
    return stages.stream().filter(entry -> entry.name().equals(name)).findFirst();
  }

  List<String> names() {
    return stages.stream().map(Entry::name).toList();
  }

  Manifest withStages(List<Entry> newStages) {
    return new Manifest(format, library, seed, newStages);
  }

  /** The manifest of a run directory, if there is one. */
  static Optional<Manifest> read(Path directory) {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      String text = Files.readString(file);
      ObjectNode tree = parse(file, text);
      String checksum = tree.path(CHECKSUM).asString("");
      tree.remove(CHECKSUM);
      int found = tree.path("format").asInt(-1);
      if (found != FORMAT && tree.path("format").isIntegralNumber()) {
        throw new InvalidDataException(
            file
                + ": the run directory has format "
                + tree.path("format")
                + ", but this version of selfalign reads format "
                + FORMAT
                + "; use the version that began the run ("
                + tree.path("library")
                + "), or another directory");
      }
      if (found != FORMAT || !checksum(tree).equals(checksum)) {
        throw new InvalidDataException(
            file
                + ": the manifest was changed after it was written; restore it from a copy, or begin"
                + " the run in another directory");
      }
      return Optional.of(JsonLines.parse(file.toString(), 1, tree.toString()).as(Manifest.class));
    } catch (IOException e) {
      throw new SelfAlignException(file + ": can't be read: " + JsonLines.reason(e), e);
    }
  }

  private static ObjectNode parse(Path file, String text) {
    try {
      return JsonLines.parse(file.toString(), 1, text).object();
    } catch (InvalidDataException e) {
      throw new InvalidDataException(
          file
              + ": is no manifest of a run; restore it from a copy, or begin the run in another"
              + " directory",
          e);
    }
  }

  private static String checksum(ObjectNode tree) {
    CRC32C checksum = new CRC32C();
    checksum.update(tree.toString().getBytes(UTF_8));
    return JournalLine.hex(checksum);
  }

  void write(Storage storage, Path directory) {
    Path file = directory.resolve(FILE);
    String name = file.toString();
    ObjectNode tree = JsonLines.parse(name, 1, new String(JsonLines.encode(this), UTF_8)).object();
    tree.put(CHECKSUM, checksum(tree));
    try {
      storage.replace(file, (tree.toPrettyString() + "\n").getBytes(UTF_8));
    } catch (IOException e) {
      throw new SelfAlignException(Storage.unwritable(file, e), e);
    }
  }
}
