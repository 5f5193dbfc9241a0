package io.selfalign.djl.checkpoint;

import io.selfalign.error.CancelledException;
import io.selfalign.error.ModelLoadException;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where the files of a Hugging Face checkpoint are, and what is said when one is not there. */
public final class CheckpointFolder {
  static final String CONFIG = "config.json";
  static final String GENERATION_CONFIG = "generation_config.json";
  static final String TOKENIZER = "tokenizer.json";

  static final long MAX_CONFIG_BYTES = 16L << 20;

  /** For tokenizer.json and the index of shards. The largest published ones have some 35 MB. */
  static final long MAX_LARGE_JSON_BYTES = 256L << 20;

  private CheckpointFolder() {}

  /**
   * {@code folder/tokenizer.json}, which exists and holds one JSON object. What is in it is for the
   * tokenizer to judge.
   *
   * @throws ModelLoadException if it is missing, too large or not valid JSON
   */
  public static Path tokenizer(Path folder) {
    Path file = check(folder).resolve(TOKENIZER);
    if (!Files.exists(file)) {
      String found =
          Files.exists(folder.resolve("tokenizer.model"))
              ? "; the SentencePiece file tokenizer.model is there, but is not read"
              : "";
      throw new ModelLoadException(
          String.format(
              "%s: file not found%s; write it in Python with transformers:"
                  + " AutoTokenizer.from_pretrained(folder).save_pretrained(folder)",
              file, found));
    }
    JsonFields.checkSyntax(file, MAX_LARGE_JSON_BYTES);
    return file;
  }

  static Path config(Path folder) {
    Path file = check(folder).resolve(CONFIG);
    if (!Files.exists(file)) {
      throw new ModelLoadException(
          file + ": file not found; a model is a Hugging Face checkpoint folder with " + CONFIG);
    }
    return file;
  }

  static Optional<Path> generationConfig(Path folder) {
    return Optional.of(folder.resolve(GENERATION_CONFIG)).filter(Files::exists);
  }

  /** The folder, which exists and is one. */
  static Path check(Path folder) {
    if (!Files.exists(folder)) {
      throw new ModelLoadException(folder + ": folder not found");
    }
    if (!Files.isDirectory(folder)) {
      throw new ModelLoadException(
          folder + ": is a file, but must be a Hugging Face checkpoint folder");
    }
    return folder;
  }

  /** Refuses what can't be read to its end: directories, pipes, devices, huge files. */
  static void checkFile(Path file, long maxBytes) {
    if (!Files.isRegularFile(file)) {
      throw new ModelLoadException(
          file + (Files.exists(file) ? ": not a regular file" : ": file not found"));
    }
    try {
      long size = Files.size(file);
      if (size > maxBytes) {
        throw new ModelLoadException(
            String.format(
                "%s: the file has %,d bytes, but must have at most %,d", file, size, maxBytes));
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** What a failed read becomes: an interrupted thread is no fault of the file. */
  static SelfAlignException unreadable(Path file, IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return new CancelledException("reading " + file + " was interrupted");
    }
    return new ModelLoadException(file + ": can't be read: " + e, e);
  }

  /** The names in a folder that end in one of some suffixes, sorted. */
  static List<String> namesEndingIn(Path folder, List<String> suffixes) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (suffixes.stream().anyMatch(name::endsWith)) {
          names.add(name);
        }
      }
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
    names.sort(null);
    return names;
  }
}
