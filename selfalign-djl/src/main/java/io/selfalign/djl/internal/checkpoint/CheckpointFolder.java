package io.selfalign.djl.internal.checkpoint;

import io.selfalign.error.CancelledException;
import io.selfalign.error.ModelLoadException;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Where the files of a Hugging Face checkpoint are, and what is said when one is not there. */
final class CheckpointFolder {
  static final String CONFIG = "config.json";
  static final String GENERATION_CONFIG = "generation_config.json";
  static final String TOKENIZER = "tokenizer.json";

  /** How to make a tokenizer.json of whatever tokenizer a folder has. */
  static final String WITH_TRANSFORMERS =
      " in Python with transformers:"
          + " AutoTokenizer.from_pretrained(folder).save_pretrained(folder)";

  static final long MAX_CONFIG_BYTES = 16L << 20;

  /** For tokenizer.json and the index of shards. The largest published ones have some 35 MB. */
  static final long MAX_LARGE_JSON_BYTES = 256L << 20;

  private static final String GIT_LFS_POINTER = "version https://git-lfs.github.com/spec/";
  private static final int MAX_POINTER_BYTES = 1024;

  private CheckpointFolder() {}

  /** tokenizer.json. What is in it is for {@link TokenizerFile} to judge. */
  static Path tokenizer(Path folder) {
    Path file = check(folder).resolve(TOKENIZER);
    if (!isThere(file)) {
      String found =
          isThere(folder.resolve("tokenizer.model"))
              ? "; the SentencePiece file tokenizer.model is there, but is not read"
              : "";
      throw new ModelLoadException(
          file + ": file not found" + found + "; write it" + WITH_TRANSFORMERS);
    }
    return file;
  }

  static Path config(Path folder) {
    Path file = check(folder).resolve(CONFIG);
    if (!isThere(file)) {
      throw new ModelLoadException(
          file + ": file not found; a model is a Hugging Face checkpoint folder with " + CONFIG);
    }
    return file;
  }

  static Optional<Path> generationConfig(Path folder) {
    return Optional.of(folder.resolve(GENERATION_CONFIG)).filter(CheckpointFolder::isThere);
  }

  /** Also a link that leads nowhere is there: what it stands for is missing, not absent. */
  static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
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

  /**
   * Refuses what can't be read to its end (directories, pipes, devices, huge files), and what only
   * stands for a file that Git has not fetched yet.
   */
  static void checkFile(Path file, long maxBytes) {
    if (!Files.isRegularFile(file)) {
      throw new ModelLoadException(file + ": " + irregular(file));
    }
    try {
      long size = Files.size(file);
      if (size > maxBytes) {
        throw new ModelLoadException(
            String.format(
                "%s: the file has %,d bytes, but must have at most %,d", file, size, maxBytes));
      }
      if (size <= MAX_POINTER_BYTES && startsWith(file, GIT_LFS_POINTER)) {
        throw new ModelLoadException(
            file + ": is only a pointer of Git LFS to the file; run 'git lfs pull' in its folder");
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static String irregular(Path file) {
    if (Files.isDirectory(file)) {
      return "is a folder, but must be a file";
    }
    if (Files.exists(file)) {
      return "not a regular file";
    }
    return Files.isSymbolicLink(file) ? "is a link to a file that is not there" : "file not found";
  }

  private static boolean startsWith(Path file, String text) throws IOException {
    byte[] start = text.getBytes(StandardCharsets.UTF_8);
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(start.length), start);
    }
  }

  /**
   * Opens a text of JSON behind its byte order mark, if it has one.
   *
   * @throws ModelLoadException if it can't be UTF-8, in which no character has a byte that is 0
   */
  static InputStream openJson(Path file, long maxBytes) throws IOException {
    checkFile(file, maxBytes);
    PushbackInputStream in = new PushbackInputStream(Files.newInputStream(file), 4);
    try {
      byte[] start = in.readNBytes(4);
      if (start.length >= 3 && (start[0] & 0xff) == 0xef && (start[1] & 0xff) == 0xbb) {
        in.unread(start, 3, start.length - 3);
        return in;
      }
      for (byte b : start) {
        if (b == 0 || (b & 0xff) >= 0xfe) {
          throw new ModelLoadException(file + ": must be JSON in UTF-8, but is binary or UTF-16");
        }
      }
      in.unread(start);
      return in;
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
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
