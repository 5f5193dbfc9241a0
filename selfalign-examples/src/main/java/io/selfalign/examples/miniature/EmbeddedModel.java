package io.selfalign.examples.miniature;

import com.google.common.io.Resources;
import io.selfalign.error.SelfAlignException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;

/** The trained miniature, which comes with this program. */
public final class EmbeddedModel {
  /** The folder of a run directory that it is unpacked to. */
  public static final String FOLDER = "base-model";

  private static final List<String> FILES =
      List.of("config.json", "tokenizer.json", "model.safetensors", "README.md");

  private EmbeddedModel() {}

  /**
   * Writes the checkpoint's files, but for those that are there as they should be.
   *
   * @param folder is made if it isn't there
   * @return the folder, for a model to be opened from
   * @throws SelfAlignException if it can't be written
   */
  public static Path unpack(Path folder) {
    try {
      Files.createDirectories(folder);
      for (String name : FILES) {
        byte[] bytes =
            Resources.toByteArray(Resources.getResource(EmbeddedModel.class, "model/" + name));
        Path file = folder.resolve(name);
        if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), bytes)) {
          // Of its own for each process: two may begin in one folder before one has the run's lock.
          Path part = folder.resolve(name + "." + ProcessHandle.current().pid() + ".part");
          try {
            Files.write(part, bytes);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
          } finally {
            Files.deleteIfExists(part);
          }
        }
      }
      return folder;
    } catch (IOException e) {
      throw new SelfAlignException(
          folder
              + ": the embedded model can't be written: "
              + e
              + "; free space, or choose another folder",
          e);
    }
  }
}
