package io.selfalign.djl.internal.checkpoint;

import io.selfalign.error.CancelledException;
import io.selfalign.error.ModelLoadException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * What tells two checkpoints apart. It is the SHA-256 of a list of the files that make the model
 * (config.json, generation_config.json and tokenizer.json where they are there, and the safetensors
 * files), in the order of their names, each with its own SHA-256. In a shell:
 *
 * <pre>{@code
 * LC_ALL=C sha256sum config.json generation_config.json model.safetensors tokenizer.json | sha256sum
 * }</pre>
 */
public final class CheckpointFingerprint {
  private static final int BUFFER_BYTES = 1 << 20;

  private CheckpointFingerprint() {}

  /**
   * Reads every byte of the checkpoint, in the calling thread.
   *
   * @return 64 hexadecimal digits, lower case
   * @throws ModelLoadException if a file can't be read
   * @throws CancelledException if the thread was interrupted
   */
  public static String of(Path folder, SafeTensors tensors) {
    List<Path> files =
        Stream.concat(
                Stream.of(
                        CheckpointFolder.CONFIG,
                        CheckpointFolder.GENERATION_CONFIG,
                        CheckpointFolder.TOKENIZER)
                    .map(folder::resolve)
                    .filter(Files::isRegularFile),
                tensors.files().stream())
            .sorted((a, b) -> name(a).compareTo(name(b)))
            .toList();
    return of(files);
  }

  /** The SHA-256 of the list of files, in the given order, each with its own SHA-256. */
  static String of(List<Path> files) {
    MessageDigest all = sha256();
    for (Path file : files) {
      String line = hex(digest(file)) + "  " + name(file) + "\n";
      all.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return hex(all.digest());
  }

  private static byte[] digest(Path file) {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (Thread.currentThread().isInterrupted()) {
          throw new CancelledException("reading " + file + " was interrupted");
        }
        digest.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw CheckpointFolder.unreadable(file, e);
    }
    return digest.digest();
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
